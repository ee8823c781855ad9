"""What the ledger holds, to read. Nothing here can be saved: `platewarden.ledger.actions` appends."""

import json
from typing import Any

from django.db import models

from platewarden.ledger.kinds import Kind


class LedgerLeaf(models.Model):
    """One entry's immutable part."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.TextField()
    canon = models.BinaryField()

    class Meta:
        managed = False
        db_table = "ledger_leaf"

    @property
    def description(self) -> str:
        """One sentence on what entries of this kind record."""
        return Kind(self.kind).description

    @property
    def body(self) -> "LedgerBody | None":
        """The entry's body, or None once it has been erased."""
        return getattr(self, "kept_body", None)


class LedgerBody(models.Model):
    """One entry's erasable part; `actor` and `subject` repeat what the body says, for searching."""

    leaf = models.OneToOneField(
        LedgerLeaf, models.DO_NOTHING, primary_key=True, db_column="seq", related_name="kept_body"
    )
    salt = models.BinaryField()
    body = models.TextField()
    actor = models.TextField(null=True)  # noqa: DJ001 - computed by the database; null where the body names none
    subject = models.TextField(null=True)  # noqa: DJ001 - likewise

    class Meta:
        managed = False
        db_table = "ledger_body"

    @property
    def content(self) -> dict[str, Any]:
        """The body, parsed: actor, subject, outcome, details."""
        content: dict[str, Any] = json.loads(self.body)
        return content


class Checkpoint(models.Model):
    """A signed tree head; the same note lies in a file outside the database."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ledger_checkpoint"


class Cosignature(models.Model):
    """A witness's signature under a checkpoint; it says who and when, and nobody can make it but them."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField()
    witness = models.TextField()
    line = models.TextField()
    signed_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ledger_cosignature"
