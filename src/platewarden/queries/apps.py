"""The queries app."""

from django.apps import AppConfig


class QueriesConfig(AppConfig):
    """Looks at past reads."""

    name = "platewarden.queries"
    label = "queries"
