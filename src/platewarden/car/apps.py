"""The car app."""

from django.apps import AppConfig


class CarConfig(AppConfig):
    """The page in the car."""

    name = "platewarden.car"
    label = "car"
