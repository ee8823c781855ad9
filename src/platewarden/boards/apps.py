"""The boards app."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    """Lists on board of cars."""

    name = "platewarden.boards"
    label = "boards"
