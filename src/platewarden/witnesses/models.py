"""Witnesses that two people have registered; what they sign stands beside the checkpoints, in the ledger's tables."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from platewarden.accounts.models import User
from platewarden.ledger.cosignature import WitnessKey


class Witness(models.Model):
    """Somebody who co-signs checkpoints; counts once a second person has adopted them, until they are withdrawn.

    `ahead_size` is what a witness last said to have seen when that was more than the ledger held.
    """

    who = models.CharField(max_length=120)
    key = models.CharField(max_length=300)
    address = models.CharField(max_length=500, blank=True, default="")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    adopted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    adopted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True, default="")
    ahead_size = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "witnesses"
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(adopted_by__isnull=True) | ~Q(adopted_by=F("proposed_by")),
                name="witness_adopter_is_not_proposer",
            ),
            models.UniqueConstraint(fields=["key"], condition=Q(withdrawn_at=None), name="one_witness_a_key"),
        ]

    def __str__(self) -> str:
        return self.who

    @property
    def is_live(self) -> bool:
        """Whether their co-signatures are asked for."""
        return self.adopted_at is not None and self.withdrawn_at is None

    @property
    def verifier(self) -> WitnessKey:
        """Their public key."""
        return WitnessKey.parse(self.key)


class Verification(models.Model):
    """One verification of the whole ledger, and how far it has come; its outcome is an entry as well."""

    GIVEN_UP: ClassVar = timedelta(hours=6)

    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    total = models.BigIntegerField()
    seen = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    is_sound = models.BooleanField(null=True, blank=True)
    sentence = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "ledger_verifications"
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"verification {self.pk}"

    def is_under_way(self, now: datetime) -> bool:
        """Whether it is still expected to end."""
        return self.finished_at is None and now - self.asked_at < self.GIVEN_UP

    @property
    def percent(self) -> int:
        """How much of the ledger has been seen, 0-100."""
        return min(100, 100 * self.seen // max(self.total, 1))
