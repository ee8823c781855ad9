"""The devices app."""

from django.apps import AppConfig


class DevicesConfig(AppConfig):
    """Boxes that read for cameras."""

    name = "platewarden.devices"
    label = "devices"
