"""The releases app."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """Copies of reads for agencies that have no access."""

    name = "platewarden.releases"
    label = "releases"
