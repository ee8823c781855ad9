"""The cases app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """What a case keeps."""

    name = "platewarden.cases"
    label = "cases"
