"""Requests for a release, what was frozen, what was decided, and the package that went out; all of it is kept."""

from django.db import models

from platewarden.accounts.models import Agency, User
from platewarden.policy.agencies import AgencyKind
from platewarden.policy.release_requests import RequesterClass, class_of
from platewarden.policy.releases import ReleaseFacts, ReleaseState
from platewarden.policy.use import Purpose


class ReleaseRequest(models.Model):
    """A written request of an agency without access.

    `scope` and `document` refer into the sealed store, under the request's own key: the plate and the place asked about
    with the document's name, and the document.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField()
    requester = models.CharField(max_length=160)
    requester_kind = models.CharField(max_length=16)
    requester_state = models.CharField(max_length=2)
    official = models.CharField(max_length=120)
    contact = models.CharField(max_length=200)
    purpose = models.CharField(max_length=40)
    need = models.CharField(max_length=500)
    their_case = models.CharField(max_length=60)
    seen_from = models.DateTimeField()
    seen_until = models.DateTimeField()
    scope = models.CharField(max_length=96)
    document = models.CharField(max_length=96)
    document_type = models.CharField(max_length=40)
    document_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default=ReleaseState.RECEIVED)
    lapses_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "release_requests"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"release {self.pk}"

    @property
    def requester_class(self) -> RequesterClass:
        """Who asks, as it is decided on and counted."""
        found = class_of(AgencyKind(self.requester_kind), self.requester_state)
        assert found is not None
        return found

    @property
    def current(self) -> "Selection | None":
        """The selection that stands: the last that was frozen."""
        return self.selections.select_related("prepared_by").first()

    def facts(self) -> ReleaseFacts:
        """Return the request as the rules look at it."""
        current = self.current
        return ReleaseFacts(
            state=ReleaseState(self.state),
            requester=self.requester_class,
            entered_by_id=str(self.entered_by_id),
            prepared_by_id=str(current.prepared_by_id) if current else "",
            need=self.need,
            purpose=Purpose(self.purpose),
            seen_from=self.seen_from,
            seen_until=self.seen_until,
            entered_at=self.entered_at,
            lapses_at=self.lapses_at,
        )


class Selection(models.Model):
    """Exactly which reads would go out, frozen: `digest` is over the recipient and the digests of every part.

    `salt` goes into each digest, and goes with the reads: without it nothing tells a plate from its digest. `strays` of
    them are of another plate than the request names; whoever prepared it says why they go out too.
    """

    request = models.ForeignKey(ReleaseRequest, on_delete=models.PROTECT, related_name="selections")
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    query_entry = models.BigIntegerField()
    case_number = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    salt = models.CharField(max_length=32, blank=True)
    reads = models.PositiveIntegerField()
    strays = models.PositiveIntegerField(default=0)
    strays_because = models.CharField(max_length=500, blank=True, default="")
    lost_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "release_selections"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"selection {self.pk} of release {self.request_id}"


class SelectedRead(models.Model):
    """One read of a selection, by its id, with salted digests of what it says and of its images; gone with its day."""

    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="selected")
    place = models.PositiveIntegerField()
    read_id = models.UUIDField()
    seen_at = models.DateTimeField()
    strays = models.BooleanField(default=False)
    facts = models.CharField(max_length=64)
    plate_image = models.CharField(max_length=64, blank=True)
    vehicle_image = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "release_reads"
        ordering = ["selection", "place"]
        constraints = [
            models.UniqueConstraint(fields=["selection", "read_id"], name="one_read_once_a_selection")
        ]

    def __str__(self) -> str:
        return f"read {self.place} of selection {self.selection_id}"


class ReleaseDecision(models.Model):
    """What the Sheriff, a designee or a supervisor decided; `digest` is of the selection that was approved.

    An approval is void once the selection changes, or its package could not be made.
    """

    request = models.ForeignKey(ReleaseRequest, on_delete=models.PROTECT, related_name="decisions")
    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, null=True, blank=True)
    is_approval = models.BooleanField()
    reason = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entry = models.BigIntegerField()
    void_at = models.DateTimeField(null=True, blank=True)
    void_because = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "release_decisions"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"decision on release {self.request_id}"


class Package(models.Model):
    """The one package of an approval: sealed and encrypted, until it is destroyed; then who had it, and its digest.

    `phrase` refers to the pass phrase in the sealed store; `mark` is in the name of every file of this package.
    """

    decision = models.OneToOneField(ReleaseDecision, on_delete=models.PROTECT, related_name="package")
    begun_at = models.DateTimeField()
    mark = models.CharField(max_length=16)
    ready_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    phrase = models.CharField(max_length=96, blank=True)
    parts = models.JSONField(default=list, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    gone_by = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    handed_to = models.CharField(max_length=120, blank=True)
    handed_by = models.CharField(max_length=20, blank=True)
    acknowledged_on = models.DateField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "release_packages"

    def __str__(self) -> str:
        return f"package of decision {self.decision_id}"

    @property
    def name(self) -> str:
        """Name of the bag, and of the file that it is fetched as."""
        return f"release-{self.decision.request_id}-{self.mark}"
