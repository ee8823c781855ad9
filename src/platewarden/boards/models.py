"""Versions of what the lists hold together, as cars are given it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from platewarden.accounts.models import Agency


class BoardVersion(models.Model):
    """What the lists in force held at one moment, as far as a change of it can be told from what is in force now.

    `by_hand` names plate and fingerprint of each entry made by hand that was in it, and `silenced` those that were
    left out since they had been found wrong; `categories` are those that were switched on.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    snapshots = ArrayField(models.BigIntegerField())
    categories = ArrayField(models.CharField(max_length=32))
    suppressions = ArrayField(models.BigIntegerField())
    by_hand = models.JSONField()

    class Meta:
        db_table = "board_versions"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"version {self.pk} of the lists on board"
