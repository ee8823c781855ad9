"""The witnesses app."""

from django.apps import AppConfig


class WitnessesConfig(AppConfig):
    """Those who co-sign the ledger's checkpoints."""

    name = "platewarden.witnesses"
    label = "witnesses"
