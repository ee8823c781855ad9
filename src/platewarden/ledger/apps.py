"""The ledger app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The append-only record of everything that was done, and its proofs."""

    name = "platewarden.ledger"
    label = "ledger"
