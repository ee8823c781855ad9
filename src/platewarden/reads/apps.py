"""The reads app."""

from django.apps import AppConfig


class ReadsConfig(AppConfig):
    """Reads by capture day."""

    name = "platewarden.reads"
    label = "reads"
