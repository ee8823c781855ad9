"""What a weekly review is about and what came of it. No table here holds a plate; nothing here is edited once written.

Searches are known by the numbers of their ledger entries: what they asked for is read there, and that look is an
entry. A mark is never changed but superseded, with a reason, and both stay.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from platewarden.accounts.models import Agency, User
from platewarden.auditing.signals import SignalKind
from platewarden.auditing.weeks import Week
from platewarden.policy.audits import Relation, RemedyKind, Verdict

SAMPLE = "sample"
"""The kind of an item that was drawn, rather than shown by a signal."""


class ReviewWeek(models.Model):
    """One week whose searches are reviewed.

    `seed` is the root hash of the first checkpoint that covers an entry made after the week; `seed_size` is that
    checkpoint's size. `population` searches were made, of which `drawn` were drawn.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    monday = models.DateField()
    opened_at = models.DateTimeField()
    seed_size = models.BigIntegerField()
    seed = models.BinaryField(max_length=32)
    population = models.PositiveIntegerField()
    drawn = models.PositiveIntegerField()
    entry = models.BigIntegerField()

    class Meta:
        db_table = "audit_weeks"
        ordering = ["-monday"]
        constraints = [models.UniqueConstraint(fields=["agency", "monday"], name="one_review_a_week")]

    def __str__(self) -> str:
        return self.week.name

    @property
    def week(self) -> Week:
        """Which week it is."""
        return Week(self.monday)


class ReviewItem(models.Model):
    """Something to look at: one search that was drawn, or the searches that one signal is about.

    `kind` is ``sample`` or the value of a `SignalKind`. `person` made them, or most of them; `people` are the
    accounts of all who did, none of whom reviews it. `words` say what was found, without a plate or a name.
    """

    week = models.ForeignKey(ReviewWeek, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    people = ArrayField(models.BigIntegerField())
    entries = ArrayField(models.BigIntegerField())
    words = models.TextField(max_length=500)

    class Meta:
        db_table = "audit_items"
        ordering = ["week", "place"]
        constraints = [models.UniqueConstraint(fields=["week", "place"], name="one_item_a_place")]
        indexes = [models.Index(fields=["kind", "person"], name="audit_items_of_person")]

    def __str__(self) -> str:
        return f"item {self.pk}"

    @property
    def signal(self) -> SignalKind | None:
        """The signal that shows it; None where it was drawn."""
        return None if self.kind == SAMPLE else SignalKind(self.kind)


class Mark(models.Model):
    """What an auditor found of an item; the latest, which no other supersedes, counts."""

    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="marks")
    verdict = models.CharField(max_length=12, choices=[(one.value, one.label) for one in Verdict])
    note = models.TextField(max_length=2000, blank=True, default="")
    why_again = models.TextField(max_length=2000, blank=True, default="")
    marked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    entry = models.BigIntegerField()

    class Meta:
        db_table = "audit_marks"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(supersedes=None), name="one_first_mark_an_item"
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None) | ~Q(why_again=""), name="a_mark_replaces_another_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class Explanation(models.Model):
    """What the person asked answered to an auditor's question; one answer a question."""

    mark = models.OneToOneField(Mark, on_delete=models.PROTECT, related_name="explanation")
    text = models.TextField(max_length=4000)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    entry = models.BigIntegerField()

    class Meta:
        db_table = "audit_explanations"

    def __str__(self) -> str:
        return f"explanation {self.pk}"


class Remedy(models.Model):
    """What was ordered after a violation was found: of whom, by whom, by when; `until` is a suspension's end."""

    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="remedies")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=[(one.value, one.label) for one in RemedyKind])
    note = models.TextField(max_length=2000)
    until = models.DateTimeField(null=True, blank=True)
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    entry = models.BigIntegerField()

    class Meta:
        db_table = "audit_remedies"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"remedy {self.pk}"


class RemedyDone(models.Model):
    """That something ordered was done: who did it, when, and what they say of it."""

    remedy = models.OneToOneField(Remedy, on_delete=models.PROTECT, related_name="done")
    note = models.TextField(max_length=2000)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField()
    entry = models.BigIntegerField()

    class Meta:
        db_table = "audit_remedies_done"

    def __str__(self) -> str:
        return f"remedy {self.remedy_id}, done"


class WeekClosing(models.Model):
    """That the review of a week was closed: by whom, when, and what they say of it as a whole."""

    week = models.OneToOneField(ReviewWeek, on_delete=models.PROTECT, related_name="closing")
    note = models.TextField(max_length=2000, blank=True, default="")
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()
    entry = models.BigIntegerField()

    class Meta:
        db_table = "audit_closings"

    def __str__(self) -> str:
        return f"closing of {self.week_id}"


class DeclaredPlate(models.Model):
    """A plate that a member has declared as their own or their household's, known by a keyed digest alone."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="declared_plates")
    relation = models.CharField(max_length=12, choices=[(one.value, one.label) for one in Relation])
    digest = models.BinaryField(max_length=32)
    declared_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "declared_plates"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "digest"], condition=Q(withdrawn_at=None), name="declared_once"
            )
        ]

    def __str__(self) -> str:
        return f"declaration {self.pk}"


class PlantedPlate(models.Model):
    """A plate that no vehicle has, planted where the curious will find it, known by a keyed digest alone."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    digest = models.BinaryField(max_length=32)
    where = models.CharField(max_length=200)
    planted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planted_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "planted_plates"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "digest"], condition=Q(lifted_at=None), name="planted_once"
            )
        ]

    def __str__(self) -> str:
        return f"planted plate {self.pk}"
