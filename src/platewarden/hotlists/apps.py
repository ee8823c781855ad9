"""The hotlists app."""

from django.apps import AppConfig


class HotlistsConfig(AppConfig):
    """Hotlists, snapshots and entries."""

    name = "platewarden.hotlists"
    label = "hotlists"
