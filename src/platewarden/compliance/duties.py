"""What people, or the timers, must do next for the policy to go on holding, with the day by which."""

from dataclasses import dataclass
from datetime import datetime

from platewarden.cameras.models import FieldOfViewStatement
from platewarden.cases.models import Hold
from platewarden.compliance.figures import Scene
from platewarden.hotlists.matching import max_age_of
from platewarden.hotlists.models import Snapshot
from platewarden.policy import retention
from platewarden.policy.training import review_due_at
from platewarden.retention.actions import kept_days
from platewarden.retention.authorising import latest_authorisation
from platewarden.training.models import PolicyReview


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that is due.

    Attributes:
        clause: Which clause asks for it.
        what: What is to be done.
        due_at: By when; None when it ought to have been done already and never was.
        by: Who does it: a role, or the program itself.
    """

    clause: str
    what: str
    due_at: datetime | None
    by: str

    def is_overdue(self, now: datetime) -> bool:
        """Whether its day has come."""
        return self.due_at is None or self.due_at <= now


def duties_of(scene: Scene) -> list[Duty]:
    """Return what is due next, the most urgent first."""
    found = [
        *_purge(scene),
        _authorisation(scene),
        _review(scene),
        *_statement(scene),
        *_list(scene),
        *_hold(scene),
    ]
    return sorted(found, key=lambda duty: (duty.due_at is not None, duty.due_at or scene.now))


def _purge(scene: Scene) -> list[Duty]:
    kept = kept_days()
    if not kept:
        return []
    due = retention.purge_due_at(kept[0], parameters=scene.parameters)
    return [Duty("RET-1", f"Remove the reads of {kept[0]}", due, "the program")]


def _authorisation(scene: Scene) -> Duty:
    latest = latest_authorisation()
    due = retention.authorisation_ends_at(latest.given_at, parameters=scene.parameters) if latest else None
    return Duty("RET-4", "Renew the standing authorisation to destroy", due, "administrator")


def _review(scene: Scene) -> Duty:
    last = PolicyReview.objects.first()
    due = review_due_at(last.at, parameters=scene.parameters) if last else None
    return Duty("TRN-2", "Review the policy", due, "supervisor")


def _statement(scene: Scene) -> list[Duty]:
    """Return the field-of-view statement that ends first, of cameras that may submit."""
    valid = scene.parameters.days("capture.statement_valid_days")
    statements = FieldOfViewStatement.objects.filter(
        camera__agency_id=scene.agency_id,
        camera__approved_at__isnull=False,
        camera__suspended_at__isnull=True,
    )
    latest: dict[int, FieldOfViewStatement] = {}
    for statement in statements.select_related("camera").order_by("signed_at"):
        latest[statement.camera_id] = statement
    first = min(latest.values(), key=lambda each: each.signed_at, default=None)
    if first is None:
        return []
    what = f"Sign the statement of {first.camera.name} anew"
    return [Duty("CAP-1", what, first.signed_at + valid, "administrator, supervisor")]


def _list(scene: Scene) -> list[Duty]:
    """Return the hotlist that becomes stale first."""
    current = Snapshot.objects.filter(
        hotlist__agency_id=scene.agency_id, hotlist__is_manual=False, is_current=True
    ).select_related("hotlist")
    ends = [
        (each.effective_at + max_age_of(each.hotlist, parameters=scene.parameters), each.hotlist.name)
        for each in current
    ]
    return [Duty("HOT-1", f"Load {name} anew", due, "supervisor") for due, name in sorted(ends)[:1]]


def _hold(scene: Scene) -> list[Duty]:
    hold = (
        Hold.objects.select_related("case")
        .filter(case__agency_id=scene.agency_id, placed_at__isnull=False, ended_at__isnull=True)
        .order_by("ends_at")
        .first()
    )
    if hold is None:
        return []
    what = f"Take into case {hold.case.number} what hold {hold.pk} keeps for it"
    return [Duty("RET-2", what, hold.ends_at, "whoever works the case")]
