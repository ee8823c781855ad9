"""The calibration app."""

from django.apps import AppConfig


class CalibrationConfig(AppConfig):
    """Runs of our own plates through the path, and the alerts of their own kind."""

    name = "platewarden.calibration"
    label = "calibration"
