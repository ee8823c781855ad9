"""The duty app."""

from django.apps import AppConfig


class DutyConfig(AppConfig):
    """Shifts."""

    name = "platewarden.duty"
    label = "duty"
