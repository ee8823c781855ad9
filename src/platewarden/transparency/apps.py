"""The transparency app."""

from django.apps import AppConfig


class TransparencyConfig(AppConfig):
    """The portal for the public, and what people do before figures stand on it."""

    name = "platewarden.transparency"
    label = "transparency"
