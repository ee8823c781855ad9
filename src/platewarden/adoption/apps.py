"""The adoption app."""

from django.apps import AppConfig


class AdoptionConfig(AppConfig):
    """Adopted policy values."""

    name = "platewarden.adoption"
    label = "adoption"
