"""What outlives a false hit: counts, suppressions, correction notices and complaints; none holds a plate in the clear.

A suppression knows its entry and its plate by keyed digests alone. What a resident tells us of themselves is sealed
under the complaint's own key, and is gone with it.
"""

from django.db import models
from django.db.models import Q

from platewarden.accounts.models import Agency, User
from platewarden.hotlists.models import Hotlist


class FindingCount(models.Model):
    """How many alerts of one month ended with one finding, by one dimension; plate-free, and never by two at once.

    `dimension` is ``all``, ``camera``, ``list``, ``grade`` or ``category``; `key` says which of them.
    """

    pk = models.CompositePrimaryKey("agency_id", "month", "dimension", "key", "finding")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    month = models.DateField()
    dimension = models.CharField(max_length=16)
    key = models.CharField(max_length=80)
    finding = models.CharField(max_length=24)
    count = models.PositiveIntegerField()

    class Meta:
        db_table = "finding_counts"


class Complaint(models.Model):
    """A resident's complaint; `sealed` refers to what they told us of themselves, and is empty once erased."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=16)
    concern = models.CharField(max_length=16)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sealed = models.CharField(max_length=96)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=16, blank=True, default="")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "complaints"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"complaint {self.pk}"


class Suppression(models.Model):
    """An entry that was found wrong: it does not alert for one plate until its owner changes it.

    The entry is known by its list and its plate as given, so that it is known again in a later snapshot;
    `content_digest` says what else it held, so that a correction is noticed.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    hotlist = models.ForeignKey(Hotlist, on_delete=models.PROTECT, related_name="suppressions")
    entry_digest = models.BinaryField(max_length=32)
    plate_digest = models.BinaryField(max_length=32)
    content_digest = models.BinaryField(max_length=32)
    category = models.CharField(max_length=32)
    finding = models.CharField(max_length=24)
    alert_id = models.UUIDField(null=True, blank=True)
    complaints = models.ManyToManyField(Complaint, related_name="suppressions", blank=True)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_because = models.CharField(max_length=16, blank=True, default="")
    applied = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "suppressions"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry_digest", "plate_digest"],
                condition=Q(lifted_at=None),
                name="one_suppression_an_entry_and_plate",
            )
        ]

    def __str__(self) -> str:
        return f"suppression {self.pk}"


class CorrectionNotice(models.Model):
    """A letter to the owner of an entry; the letter itself is not kept, only its digest."""

    suppression = models.ForeignKey(Suppression, on_delete=models.PROTECT, related_name="notices")
    addressed_to = models.CharField(max_length=160)
    digest = models.BinaryField(max_length=32)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=16, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        db_table = "correction_notices"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"correction notice {self.pk}"
