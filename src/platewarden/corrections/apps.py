"""The corrections app."""

from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    """What follows from hits that ought not to have happened."""

    name = "platewarden.corrections"
    label = "corrections"
