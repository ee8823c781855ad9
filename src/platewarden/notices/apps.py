"""The notices app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Inboxes."""

    name = "platewarden.notices"
    label = "notices"
