"""The sharing app's name."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Sharing with agencies of the state."""

    name = "platewarden.sharing"
    label = "sharing"
