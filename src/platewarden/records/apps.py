"""The records app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Requests for records, and the statute's clocks."""

    name = "platewarden.records"
    label = "records"
