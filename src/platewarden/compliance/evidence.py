"""What can be measured now, clause by clause, from what the database holds at this moment.

Nothing here is typed in. A figure that cannot be known is said to be unknown; a clause without a figure is kept by
the program's construction alone, and its proofs are its tests.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from django.db.models import Count, Q, Sum

from platewarden.accounts.models import RoleGrant, User
from platewarden.accounts.overseeing import duties_at
from platewarden.adapters.formats import ABOUT_PEOPLE
from platewarden.adoption.models import AdoptedValue
from platewarden.cameras.models import Camera, DroppedField, FoundBy, MoveFinding
from platewarden.cameras.standing import facts_of
from platewarden.cameras.watching import silent_cameras
from platewarden.compliance import audits, halfyears, hits, ledger, retained, searches, sharing
from platewarden.compliance.figures import RECENTLY, Evidence, Scene, span
from platewarden.compliance.figures import count as _count
from platewarden.compliance.figures import entries as _entries
from platewarden.hotlists.categories import lines_of_categories, refused_in_use
from platewarden.hotlists.in_force import in_force
from platewarden.hotlists.matching import list_is_stale
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy import capture
from platewarden.policy.actor import Role
from platewarden.policy.entries import completion_due_at
from platewarden.policy.training import review_due_at
from platewarden.teams.doors import unanswered_for
from platewarden.training.models import Bulletin, PolicyReview
from platewarden.training.pages import people_of


def measure(scene: Scene) -> Mapping[str, list[Evidence]]:
    """Return the evidence there is, by clause."""
    return {clause: take(scene) for clause, take in _MEASURES.items()}


def _refused(clause: str) -> Callable[[Scene], list[Evidence]]:
    def take(scene: Scene) -> list[Evidence]:
        return [_count("Requests refused by it in 30 days", _refusals(scene, clause))]

    return take


_REFUSED_BY: Final = {
    **{clause: f'"clause":"{clause}"' for clause in ("USE-1", "USE-3", "USE-4", "USE-5")},
    "search": '"action":"query.ask"',
}
"""What canonical JSON of a refusal has in it; what people typed has its quotation marks escaped there."""


def _refusals(scene: Scene, what: str) -> int:
    """Count the refusals of late by clause, or those of searches; all of them in one look, which is the slow part."""
    if "refusals" not in scene.seen:
        since = scene.now - RECENTLY
        kept = LedgerBody.objects.filter(leaf__kind=Kind.REQUEST_REFUSED, leaf__at__gte=since)
        counts = {
            f"n{place}": Count("pk", filter=Q(body__contains=member))
            for place, member in enumerate(_REFUSED_BY.values())
        }
        found = kept.aggregate(**counts)
        scene.seen["refusals"] = {name: found[f"n{place}"] for place, name in enumerate(_REFUSED_BY)}
    return int(scene.seen["refusals"][what])


def _capture_statements(scene: Scene) -> list[Evidence]:
    facts = _camera_facts(scene)
    cameras = [camera for camera in facts if camera.approved_at and not camera.suspended_at]
    valid_days = scene.parameters.days("capture.statement_valid_days")
    refused = [
        camera
        for camera in cameras
        if not capture.may_submit(facts[camera], parameters=scene.parameters, now=scene.now).allowed
    ]
    return [
        _count("Cameras approved", len(cameras)),
        _count(
            "Approved cameras without a valid statement or credential",
            len(refused),
            ill=f"They cannot submit. A statement holds {valid_days.days} days: sign a new one.",
        ),
        _count(
            "Approved cameras found elsewhere than they should be",
            sum(facts[camera].is_found_moved for camera in cameras),
            ill="They cannot submit. Somebody looks at them, and signs what they see anew.",
        ),
        _count(
            "Cameras that see something else than their still shows",
            MoveFinding.objects.filter(
                camera__agency_id=scene.agency_id, found_by=FoundBy.VIEW, settled_at=None
            ).count(),
            ill="Their reads are taken meanwhile. Somebody looks whether they were moved or turned.",
        ),
    ]


def _camera_facts(scene: Scene) -> dict[Camera, capture.CameraFacts]:
    """Return what the policy looks at, for every camera of the agency; looked up once a page."""
    if "cameras" not in scene.seen:
        cameras = list(Camera.objects.filter(agency_id=scene.agency_id))
        facts = facts_of(cameras, now=scene.now)
        scene.seen["cameras"] = {camera: facts[camera.pk] for camera in cameras}
    found: dict[Camera, capture.CameraFacts] = scene.seen["cameras"]
    return found


def _dropped(scene: Scene) -> list[Evidence]:
    """How often cameras sent what may not be kept; counted by name, and nothing of it was stored."""
    since = scene.now - RECENTLY
    sent = DroppedField.objects.filter(camera__agency_id=scene.agency_id, hour__gte=since)
    counts = sent.aggregate(all=Sum("times"), people=Sum("times", filter=Q(name__in=ABOUT_PEOPLE)))
    return [
        _count("Fields of cameras dropped at the door in 30 days", counts["all"] or 0),
        _count("Of these, fields about people in vehicles", counts["people"] or 0),
    ]


def _no_live_view(scene: Scene) -> list[Evidence]:
    minutes = scene.parameters.minutes("query.minimum_age_minutes")
    return [Evidence("Age a read reaches before a search finds it", span(minutes))]


def _camera_kinds(scene: Scene) -> list[Evidence]:
    by_camera = _camera_facts(scene)
    kinds = [camera.kind for camera in by_camera]
    deployed = sum(bool(facts.deployments) for facts in by_camera.values())
    return [
        *(_count(f"Cameras registered as {kind}", kinds.count(kind)) for kind in capture.CameraKind),
        _count("Portable cameras deployed, or just back", deployed),
    ]


def _alerting(scene: Scene) -> list[Evidence]:
    """Measure whether hits raise alerts; a camera that says nothing hears none."""
    silent = len(silent_cameras(scene.now))
    ill = "They hear no hit: look after them, on the page Cameras."
    return [*hits.alerts_raised(scene), _count("Cameras silent", silent, ill=ill)]


def _lists(scene: Scene) -> list[Evidence]:
    lists = Hotlist.objects.filter(agency_id=scene.agency_id, is_manual=False)
    current = Snapshot.objects.filter(hotlist__in=lists, is_current=True).select_related("hotlist")
    stale = [
        snapshot
        for snapshot in current
        if list_is_stale(snapshot, parameters=scene.parameters, now=scene.now)
    ]
    never = lists.exclude(snapshots__is_current=True).count()
    return [
        _count("Hotlists in use", len(current)),
        _count("Hotlists in use that are stale", len(stale), ill="Load the newest version."),
        _count("Hotlists never loaded", never, ill="Load them, or nothing of them can match."),
    ]


def _categories(scene: Scene) -> list[Evidence]:
    lines = lines_of_categories(agency_id=scene.agency_id, now=scene.now)
    stray = sum(line.entries for line in lines if not line.is_on)
    return [
        _count("Categories switched on", sum(line.is_on for line in lines)),
        _count("Lines left out of the lists in use by their category", _left_out(scene, "HOT-3")),
        _count(
            "Entries kept of a category that is switched off", stray, ill="They match nothing. Load anew."
        ),
    ]


def _immigration(scene: Scene) -> list[Evidence]:
    return [
        *_refused("USE-5")(scene),
        _count("Lines left out of the lists in use for it", _left_out(scene, "USE-5")),
    ]


def _left_out(scene: Scene, clause: str) -> int:
    """Count what the lists in use leave out under *clause*."""
    counted = (refused.items() for refused in refused_in_use(scene.agency_id))
    return sum(count for one in counted for key, count in one if key.startswith(f"{clause} "))


def _manual_entries(scene: Scene) -> list[Evidence]:
    live = Entry.objects.filter(
        in_force(parameters=scene.parameters, now=scene.now),
        agency_id=scene.agency_id,
        snapshot__hotlist__is_manual=True,
        snapshot__is_current=True,
    )
    exigent = live.filter(is_exigent=True, case_number="").values_list("entered_at", flat=True)
    late = sum(completion_due_at(entered, parameters=scene.parameters) <= scene.now for entered in exigent)
    return [
        _count("Manual entries in force", live.count()),
        _count(
            "Exigent entries not completed in time",
            late,
            ill="Give them their case number, or withdraw them.",
        ),
    ]


def _queries_asked(scene: Scene) -> list[Evidence]:
    return searches.asked(scene, refused=_refusals(scene, "search"))


def _grounds(scene: Scene) -> list[Evidence]:
    return [*_refused("USE-4")(scene), *searches.held_for_a_ground(scene)]


def _people(scene: Scene) -> list[Evidence]:
    active = User.objects.filter(agency_id=scene.agency_id, is_active=True)
    in_force = RoleGrant.objects.filter(user__in=active, withdrawn_at=None)
    administrators = in_force.filter(role=Role.ADMINISTRATOR).count()
    return [
        _count("Active accounts", active.count()),
        Evidence("Administrators", str(administrators), "good" if administrators else "danger"),
        *(
            Evidence(
                f"{duty.what}, due",
                f"{duty.due_at:%Y-%m-%d}" if duty.due_at else "not known",
                "warning" if duty.is_overdue(scene.now) else "good",
                duty.evidence,
            )
            for duty in duties_at(scene.now)
        ),
    ]


def _granted(scene: Scene) -> list[Evidence]:
    return [_count("Roles granted in 30 days", _entries(Kind.ROLE_GRANTED, scene))]


def _sessions(scene: Scene) -> list[Evidence]:
    return [
        _count("Idle sessions locked in 30 days", _entries(Kind.SESSION_LOCKED, scene)),
        _count("Failed sign-ins in 30 days", _entries(Kind.SIGN_IN_FAILED, scene)),
    ]


def _protection(scene: Scene) -> list[Evidence]:
    waiting = AdoptedValue.objects.filter(approved_at=None, proposed_by__agency_id=scene.agency_id).count()
    return [
        _count("Proposed values that wait for a second person", waiting),
        _count(
            "People for whom no supervisor answers",
            unanswered_for(scene.agency_id).count(),
            ill="Nobody sees their use. Name their supervisors, on the page People.",
        ),
    ]


def _trained(scene: Scene) -> list[Evidence]:
    lines = people_of(scene.agency_id, parameters=scene.parameters, now=scene.now)
    closed = sum(not line.decision.allowed for line in lines)
    return [
        _count("People whose training is current", len(lines) - closed),
        _count("People to whom plate data is closed", closed, ill="The page Training says what they lack."),
    ]


def _kept_up(scene: Scene) -> list[Evidence]:
    last = PolicyReview.objects.first()
    due = review_due_at(last.at, parameters=scene.parameters) if last else None
    late = due is None or due <= scene.now
    return [
        _count("Bulletins and versions of the policy to acknowledge", Bulletin.objects.count()),
        Evidence(
            "Last review of the policy",
            f"{last.at:%Y-%m-%d}" if last else "none yet",
            "warning" if late else "good",
            "Review it and record what was found." if late else "",
        ),
    ]


def _audited(scene: Scene) -> list[Evidence]:
    return [*audits.reviews(scene), *ledger.soundness(scene)]


_MEASURES: Final[Mapping[str, Callable[[Scene], list[Evidence]]]] = MappingProxyType(
    {
        "CAP-1": _capture_statements,
        "CAP-2": _dropped,
        "CAP-4": _no_live_view,
        "CAP-5": _camera_kinds,
        "USE-1": _refused("USE-1"),
        "USE-3": _refused("USE-3"),
        "USE-4": _grounds,
        "USE-5": _immigration,
        "HOT-1": _lists,
        "HOT-2": _manual_entries,
        "HOT-3": _categories,
        "HIT-1": _alerting,
        "HIT-2": hits.alerts_unverified,
        "HIT-3": hits.alerts_undisposed,
        "QRY-1": _queries_asked,
        "QRY-2": searches.logged,
        "SHR-1": sharing.agreements,
        "SHR-4": sharing.misuse,
        "RET-1": retained.kept_and_purged,
        "RET-2": retained.taken_into_cases,
        "RET-3": retained.schedule,
        "RET-4": retained.authorisation,
        "ADM-1": _people,
        "ADM-2": _granted,
        "ADM-3": _sessions,
        "ADM-4": _protection,
        "AUD-1": _audited,
        "AUD-2": halfyears.reported,
        "AUD-3": halfyears.even_handed,
        "TRN-1": _trained,
        "TRN-2": _kept_up,
        "RPT-1": hits.reports,
    }
)
