"""The duties app."""

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    """What is due, by whom, and since when."""

    name = "platewarden.duties"
    label = "duties"
