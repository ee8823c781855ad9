"""The ingest app."""

from django.apps import AppConfig


class IngestConfig(AppConfig):
    """Reads in, hits out."""

    name = "platewarden.ingest"
    label = "ingest"
