"""Witnesses that two people have registered; what they sign stands beside the checkpoints, in the ledger's tables."""

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
