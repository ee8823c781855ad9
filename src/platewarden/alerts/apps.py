"""The alerts app."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Hits and their alerts."""

    name = "platewarden.alerts"
    label = "alerts"
