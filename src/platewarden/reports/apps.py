"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """The report of a hit, and letters about entries."""

    name = "platewarden.reports"
    label = "reports"
