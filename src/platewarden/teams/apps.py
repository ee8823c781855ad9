"""The teams app."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """A supervisor's view of their own people's use; it has no tables of its own."""

    name = "platewarden.teams"
    label = "teams"
