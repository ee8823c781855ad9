"""Agreements, suspensions, the word on which guests are invited, and reports of misuse: none is ever deleted.

An agreement is its versions. A report and what is done about it are never changed either; triggers and missing
rights see to it.
"""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from platewarden.accounts.models import Agency, User
from platewarden.policy.actor import Role
from platewarden.policy.misuse import ReportFacts
from platewarden.policy.sharing import VersionFacts


class AgreementVersion(models.Model):
    """One version of the agreement with an agency; in force once a second person has opened it (SHR-1)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="agreement_versions")
    number = models.PositiveIntegerField()
    purposes = models.JSONField()
    camera_ids = models.JSONField()
    reach_days = models.PositiveIntegerField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    text = models.TextField(max_length=8000)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    is_opened = models.BooleanField(default=False)
    declined_because = models.CharField(max_length=500, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "agreement_versions"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="one_version_a_number"),
            models.UniqueConstraint(
                fields=["agency"], condition=Q(decided_at=None), name="one_undecided_version_an_agency"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("prepared_by")),
                name="who_prepares_does_not_open",
            ),
            models.CheckConstraint(condition=Q(begins_at__lt=F("ends_at")), name="agreements_end"),
            models.CheckConstraint(
                condition=Q(is_opened=False) | Q(decided_by__isnull=False), name="somebody_opened_it"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} with {self.agency_id}"

    @property
    def facts(self) -> VersionFacts:
        """The version as the rules look at it."""
        return VersionFacts(
            number=self.number,
            purposes=frozenset(self.purposes),
            cameras=frozenset(self.camera_ids),
            reach=timedelta(days=self.reach_days),
            begins_at=self.begins_at,
            ends_at=self.ends_at,
            prepared_by_id=str(self.prepared_by_id or ""),
            opened_at=self.decided_at if self.is_opened else None,
            ended_at=self.ended_at,
            is_declined=self.decided_at is not None and not self.is_opened,
        )


class Suspension(models.Model):
    """Sharing with an agency, suspended by one person; it goes on once two have said so (SHR-4)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="suspensions")
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=500)
    follows_report = models.BooleanField(default=False)
    lift_asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lift_asked_at = models.DateTimeField(null=True, blank=True)
    lift_because = models.CharField(max_length=500, blank=True, default="")
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "sharing_suspensions"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency"], condition=Q(lifted_at=None), name="one_standing_suspension_an_agency"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True)
                | (
                    Q(lift_asked_by__isnull=False)
                    & Q(lifted_by__isnull=False)
                    & ~Q(lifted_by=F("lift_asked_by"))
                ),
                name="two_let_sharing_go_on",
            ),
        ]

    def __str__(self) -> str:
        return f"suspension {self.pk}"

    @property
    def rests_on_report(self) -> bool:
        """Whether a decided report of misuse is among its reasons: then it is for the command to let sharing go on."""
        return self.follows_report or self.further.filter(follows_report=True).exists()


class FurtherReason(models.Model):
    """Why an agency was suspended once more while it was suspended; it never changes (SHR-4)."""

    suspension = models.ForeignKey(Suspension, on_delete=models.PROTECT, related_name="further")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=500)
    follows_report = models.BooleanField(default=False)

    class Meta:
        db_table = "suspension_reasons"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"reason {self.pk}"


class GuestWord(models.Model):
    """The written word of a guest's agency on which they were invited."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="guest_word")
    word = models.CharField(max_length=300)
    invited_at = models.DateTimeField()

    class Meta:
        db_table = "guest_words"

    def __str__(self) -> str:
        return f"word for {self.user_id}"


class MisuseReport(models.Model):
    """What a member reports of an agency; it never changes, and it is never deleted (SHR-4)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    concern = models.CharField(max_length=16)
    about = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    whom = models.CharField(max_length=120, blank=True, default="")
    account = models.TextField(max_length=4000)
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    decider = models.CharField(max_length=16)
    salt = models.CharField(max_length=32)

    class Meta:
        db_table = "misuse_reports"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"report {self.pk}"

    @property
    def facts(self) -> ReportFacts:
        """The report as the rules look at it."""
        steps = {step.kind for step in self.steps.all()}
        return ReportFacts(
            reporter_id=str(self.reported_by_id),
            decider=Role(self.decider),
            is_about_us=self.agency.is_owner,
            about_id=str(self.about_id or ""),
            is_acknowledged="acknowledged" in steps,
            is_decided="decided" in steps,
        )


class MisuseStep(models.Model):
    """One thing done about a report, in its order; it never changes either."""

    report = models.ForeignKey(MisuseReport, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000, blank=True, default="")
    outcome = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        db_table = "misuse_steps"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind"],
                condition=Q(kind__in=["acknowledged", "decided"]),
                name="acknowledged_and_decided_once",
            )
        ]

    def __str__(self) -> str:
        return f"step {self.pk}"
