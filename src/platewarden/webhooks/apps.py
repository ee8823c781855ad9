"""The webhooks app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Messages to a dispatch system."""

    name = "platewarden.webhooks"
    label = "webhooks"
