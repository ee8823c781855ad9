"""The retention app."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """The purge."""

    name = "platewarden.retention"
    label = "retention"
