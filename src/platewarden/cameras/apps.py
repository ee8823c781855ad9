"""The cameras app."""

from django.apps import AppConfig


class CamerasConfig(AppConfig):
    """The camera register."""

    name = "platewarden.cameras"
    label = "cameras"
