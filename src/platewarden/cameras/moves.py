"""Every write about cameras that are found elsewhere than they should be: found, denied, confirmed, settled (CAP-1)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from platewarden.cameras.models import Camera, CameraPosition, FoundBy, MoveFinding, Settled
from platewarden.cameras.standing import last_move, place_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import moves as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.areas import Point
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.parameters import Parameters
from platewarden.site.prepared import fetched

_TOLD: Final = (Role.ADMINISTRATOR, Role.SUPERVISOR)
"""Who is told: who sends somebody to the camera, and who signs and confirms."""

_SAID: Final = {
    FoundBy.POSITION: (Kind.CAMERA_FOUND_MOVED, NoticeKind.CAMERA_MOVED),
    FoundBy.VIEW: (Kind.CAMERA_VIEW_DIFFERS, NoticeKind.VIEW_DIFFERS),
}
"""By what entry and what notice a finding is said."""

_ABOUT_10_M: Final = 4
"""Decimals of a degree that a finding keeps of a place."""

_REPORTED: Final = """
WITH no_wait AS (SELECT set_config('synchronous_commit', 'off', true) AS setting)
INSERT INTO camera_positions AS held (camera_id, reported_at, metres, away, away_since)
SELECT %(camera)s, %(now)s, %(metres)s, %(away)s, %(since)s::timestamptz FROM no_wait WHERE setting = 'off'
ON CONFLICT (camera_id) DO UPDATE SET
  reported_at = excluded.reported_at,
  metres = excluded.metres,
  away = CASE WHEN excluded.away = 0 THEN 0 ELSE held.away + 1 END,
  away_since = CASE WHEN excluded.away = 0 THEN NULL ELSE coalesce(held.away_since, excluded.away_since) END
RETURNING away, away_since
"""
"""It waits for no disk, as what is heard of cameras: a crash of the machine may cost a delivery of the count."""


def look_at_places(
    *,
    camera: Camera,
    places: Iterable[tuple[datetime, Point]],
    actor: Actor,
    parameters: Parameters,
    now: datetime,
) -> bool:
    """Note where *camera* says that it is, in one delivery; return whether it is found to have moved by that.

    The middle one of the distances counts for the delivery. Nothing is said where it says no place, nor by what it
    saw before it was last moved, nor by a place that two people have found to be said wrongly.

    Args:
        camera: One that may submit.
        places: When it saw each read that says a place, and the place.
        actor: The camera.
        parameters: Those in force.
        now: The present moment.

    Raises:
        LedgerUnavailable: It is found to have moved, and that cannot be recorded.
    """
    if not policy.stays_in_place(CameraKind(camera.kind)):
        return False
    moved_at = last_move(camera)
    measured = sorted(
        (policy.metres_between(place, stands), place, min(seen_at, now))
        for seen_at, place in places
        if (moved_at is None or seen_at > moved_at) and (stands := _stands(camera, seen_at)) is not None
    )
    if not measured:
        return False
    metres, place, seen_at = measured[len(measured) // 2]
    is_away = policy.is_elsewhere(metres, parameters=parameters)
    if is_away and _is_known_to_be_wrong(camera, place, parameters):
        return False
    found = _noted(camera, metres, is_away=is_away, seen_at=seen_at, now=now)
    if not is_away or not policy.has_moved(found, parameters=parameters, seen_at=seen_at):
        return False
    _find(camera, metres=metres, place=place, deliveries=found.deliveries, actor=actor, now=now)
    return True


def _stands(camera: Camera, seen_at: datetime) -> Point | None:
    latitude, longitude = place_at(camera, seen_at)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _is_known_to_be_wrong(camera: Camera, place: Point, parameters: Parameters) -> bool:
    """Whether two people have said that *camera* is not at *place*, where it has not been moved since."""
    denied = camera.findings.filter(found_by=FoundBy.POSITION, settled=Settled.UNMOVED)
    if camera.moved_at is not None:
        denied = denied.filter(found_at__gt=camera.moved_at)
    return any(
        not policy.is_elsewhere(policy.metres_between(place, (north, east)), parameters=parameters)
        for north, east in denied.values_list("latitude", "longitude")
        if north is not None and east is not None
    )


def _noted(
    camera: Camera, metres: float, *, is_away: bool, seen_at: datetime, now: datetime
) -> policy.Elsewhere:
    said: dict[str, int | datetime | None] = {
        "camera": camera.pk,
        "now": now,
        "metres": round(metres),
        "away": int(is_away),
        "since": seen_at if is_away else None,
    }
    ((deliveries, since),) = fetched(_REPORTED, said)
    return policy.Elsewhere(deliveries, since or seen_at)


@transaction.atomic
def _find(
    camera: Camera, *, metres: float, place: Point, deliveries: int, actor: Actor, now: datetime
) -> None:
    """Hold that *camera* was moved: no statement signed before now counts; in one transaction with whom it tells."""
    latitude, longitude = (round(degrees, _ABOUT_10_M) for degrees in place)
    facts = {"metres": round(metres), "latitude": latitude, "longitude": longitude}
    open_finding(
        camera,
        FoundBy.POSITION,
        facts,
        details={"metres": round(metres), "deliveries": deliveries},
        text=f"{camera.name} says that it is {_far(round(metres))} from its registered place. Its reads are refused "
        "until what it sees is signed anew, or two people say that it did not move.",
        actor=actor,
        now=now,
    )


def open_finding(
    camera: Camera,
    found_by: FoundBy,
    facts: Mapping[str, float | None],
    *,
    details: Mapping[str, int | None],
    text: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Open a finding of *facts* about *camera*, record its *details* and tell those who look after cameras *text*.

    In the caller's transaction. Where one of the kind is open, that was recorded and told then.

    Raises:
        LedgerUnavailable: It cannot be recorded.
    """
    held = Camera.objects.select_for_update().get(pk=camera.pk)
    if found_by is FoundBy.POSITION:  # whatever is open: what was signed until now counts no more
        camera.found_moved_at = held.found_moved_at = now
        held.save(update_fields=["found_moved_at"])
    finding, is_new = MoveFinding.objects.get_or_create(
        camera=held, found_by=found_by, settled_at=None, defaults={"found_at": now, **facts}
    )
    if not is_new:
        return
    entry, notice = _SAID[found_by]
    ledger.append(entry, actor=actor, subject=_subject(held), details={"finding": finding.pk, **details})
    for role in _TOLD:
        tell(
            kind=notice,
            subject=_subject(held),
            text=text,
            to_role=role,
            actor=actor,
            due_at=now,
            now=now,
            once_key=f"moved:{finding.pk}:{role}",
        )


def _far(metres: int) -> str:
    return f"{metres} m" if metres < 10_000 else f"{metres // 1000} km"  # noqa: PLR2004


@transaction.atomic
def say_unmoved(*, finding: MoveFinding, why: str, actor: Actor, now: datetime) -> None:
    """Let *actor* say that the camera of *finding* did not move, and how they know; a second person confirms it.

    Raises:
        PolicyRefusal: *actor* may not, gives no reason, or it is settled.
        LedgerUnavailable: It cannot be recorded, so nothing is said.
    """
    finding = MoveFinding.objects.select_for_update().select_related("camera").get(pk=finding.pk)
    is_open = finding.settled_at is None
    require(policy.may_say_unmoved(actor, why=why, is_open=is_open), action="camera.say_unmoved")
    finding.unmoved_why, finding.unmoved_by_id, finding.unmoved_at = why.strip(), int(actor.id), now
    finding.save(update_fields=["unmoved_why", "unmoved_by", "unmoved_at"])
    ledger.append(
        Kind.CAMERA_SAID_UNMOVED,
        actor=actor,
        subject=_subject(finding.camera),
        details={"finding": finding.pk, "why": finding.unmoved_why},
    )
    tell(
        kind=NoticeKind.UNMOVED_WAITS,
        subject=_subject(finding.camera),
        text=f"Somebody says that {finding.camera.name} did not move. Look at its page, and confirm that or leave it.",
        to_role=Role.SUPERVISOR,
        actor=actor,
        now=now,
        once_key=f"unmoved:{finding.pk}:{now.isoformat()}",
    )


@transaction.atomic
def confirm_unmoved(*, finding: MoveFinding, actor: Actor, now: datetime) -> None:
    """Let *actor* confirm that the camera of *finding* did not move: where its statement did not count, it does again.

    Raises:
        PolicyRefusal: *actor* said so themselves, or does not approve cameras; nobody said so; or it is settled.
        LedgerUnavailable: It cannot be recorded, so nothing changes.
    """
    camera = Camera.objects.select_for_update().get(pk=finding.camera_id)
    finding = MoveFinding.objects.select_for_update().get(pk=finding.pk)
    decision = policy.may_confirm_unmoved(
        actor, said_by_id=str(finding.unmoved_by_id or ""), is_open=finding.settled_at is None
    )
    require(decision, action="camera.confirm_unmoved")
    if finding.found_by == FoundBy.POSITION:
        camera.found_moved_at = _moved_before(finding)
        camera.save(update_fields=["found_moved_at"])
        CameraPosition.objects.filter(camera=camera).delete()
    _settle([finding], as_=Settled.UNMOVED, actor=actor, now=now)
    ledger.append(
        Kind.CAMERA_CONFIRMED_UNMOVED,
        actor=actor,
        subject=_subject(camera),
        details={"finding": finding.pk},
    )


def _moved_before(finding: MoveFinding) -> datetime | None:
    """Return when the camera of *finding* was last found to have moved in earnest; None where it never was."""
    earnest = MoveFinding.objects.filter(camera=finding.camera_id, found_by=FoundBy.POSITION).exclude(
        pk=finding.pk
    )
    return (
        earnest.exclude(settled=Settled.UNMOVED)
        .order_by("found_at")
        .values_list("found_at", flat=True)
        .last()
    )


def settle_findings(
    camera: Camera, *, as_: Settled, actor: Actor, now: datetime, known_at: datetime | None = None
) -> None:
    """End the findings about *camera* that are open, and begin to count anew; in the caller's transaction.

    One that was found after *known_at* stays: who said then what the camera sees did not know of it.
    """
    CameraPosition.objects.filter(camera=camera).delete()
    known = camera.findings.filter(settled_at=None, found_at__lte=known_at or now)
    _settle(known, as_=as_, actor=actor, now=now)


def _settle(findings: Iterable[MoveFinding], *, as_: Settled, actor: Actor, now: datetime) -> None:
    for finding in findings:
        finding.settled, finding.settled_by_id, finding.settled_at = as_, int(actor.id), now
        finding.save(update_fields=["settled", "settled_by", "settled_at"])
        kinds = [_SAID[FoundBy(finding.found_by)][1]]
        waiting = MoveFinding.objects.filter(
            camera=finding.camera_id, settled_at=None, unmoved_at__isnull=False
        )
        if not waiting.exists():  # the other kind of finding may wait for a second person, too
            kinds.append(NoticeKind.UNMOVED_WAITS)
        settle(subject=_subject(finding.camera), kinds=kinds, actor=actor, now=now)


def _subject(camera: Camera) -> str:
    return f"camera:{camera.pk}"
