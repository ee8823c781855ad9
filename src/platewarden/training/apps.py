"""The training app."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Courses, bulletins, and who has learnt and acknowledged what."""

    name = "platewarden.training"
    label = "training"
