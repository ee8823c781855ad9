"""The candidates app."""

from django.apps import AppConfig


class CandidatesConfig(AppConfig):
    """Weaker matches, and the alerts that people raise from them."""

    name = "platewarden.candidates"
    label = "candidates"
