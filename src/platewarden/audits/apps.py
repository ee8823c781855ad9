"""The app's name."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    """The weekly review of searches."""

    name = "platewarden.audits"
