"""The app of the audits twice a year."""

from django.apps import AppConfig


class HalfyearsConfig(AppConfig):
    """Reports on all searches of a half-year, from their figures to their receipt."""

    name = "platewarden.halfyears"
    label = "halfyears"
