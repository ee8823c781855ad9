"""Every write about agreements: one person prepares a version, another opens or declines it (SHR-1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import Camera
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import sharing as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.agencies import AgencyKind
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.rights import Right, may
from platewarden.policy.use import Purpose
from platewarden.sharing.models import AgreementVersion
from platewarden.sharing.register import subject_of, tell_sessions

OPENERS: Final = (Role.UNDERSHERIFF, Role.SHERIFF)


class VersionWaitsError(Exception):
    """A version waits for a second person already; there is one at a time."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a version of an agreement is to say.

    Attributes:
        purposes: What guests may search for.
        cameras: Ids of the cameras whose reads they may search; of our own agency.
        reach_days: How far back a search of theirs reaches.
        begins_at: From when it may be in force.
        ends_at: When it ends by itself.
        text: Its terms in full.
    """

    purposes: frozenset[Purpose]
    cameras: frozenset[int]
    reach_days: int
    begins_at: datetime
    ends_at: datetime
    text: str


def subject(version: AgreementVersion) -> str:
    """Return how notices name *version*."""
    return f"agreement:{version.pk}"


@transaction.atomic
def prepare(*, agency: Agency, prepared: Prepared, actor: Actor, now: datetime) -> AgreementVersion:
    """Put a version of the agreement with *agency* before a second person; until they open it nothing changes.

    Raises:
        PolicyRefusal: *actor* may not, or there can be no such agreement.
        VersionWaitsError: Another version waits.
    """
    require(may(actor, Right.PREPARE_AGREEMENTS), action="agreement.prepare")
    agency = Agency.objects.select_for_update().get(pk=agency.pk, is_owner=False)
    latest = AgreementVersion.objects.filter(agency=agency).first()
    version = AgreementVersion(
        agency=agency,
        number=latest.number + 1 if latest else 1,
        purposes=sorted(prepared.purposes),
        camera_ids=sorted(_own_cameras(prepared.cameras, actor)),
        reach_days=prepared.reach_days,
        begins_at=prepared.begins_at,
        ends_at=prepared.ends_at,
        text=prepared.text.strip(),
        prepared_by_id=int(actor.id),
        prepared_at=now,
    )
    decision = policy.may_prepare_agreement(
        actor, agency.facts, version.facts, parameters=parameters_at(now), now=now
    )
    require(decision, action="agreement.prepare", facts={"agency": agency.pk})
    if latest and latest.decided_at is None:
        raise VersionWaitsError("A version waits for its second person: let it be decided on first.")
    version.save()
    details = _details(version)
    ledger.append(Kind.AGREEMENT_PREPARED, actor=actor, subject=subject_of(agency), details=details)
    for role in OPENERS:
        tell(
            kind=NoticeKind.AGREEMENT_WAITS,
            subject=subject(version),
            text=f"Version {version.number} of the agreement with {agency.name} waits for you to open or decline it.",
            to_role=role,
            actor=actor,
            now=now,
        )
    return version


def _own_cameras(cameras: Iterable[int], actor: Actor) -> set[int]:
    """Return those of *cameras* that are ours: an agreement names nobody else's."""
    own = Camera.objects.filter(agency_id=actor.agency_id, pk__in=list(cameras))
    return set(own.values_list("pk", flat=True))


def _details(version: AgreementVersion) -> dict[str, JSON]:
    return {
        "version": version.number,
        "purposes": list(version.purposes),
        "cameras": list(version.camera_ids),
        "reach_days": version.reach_days,
        "begins_at": version.begins_at.isoformat(),
        "ends_at": version.ends_at.isoformat(),
        "text": version.text[:4000],
    }


@transaction.atomic
def open_version(*, version: AgreementVersion, actor: Actor, now: datetime) -> None:
    """Open *version*, which somebody else prepared: from its beginning on it replaces what was in force.

    Raises:
        PolicyRefusal: *actor* may not, prepared it, or it was decided on.
    """
    version = _locked(version)
    decision = policy.may_open_agreement(
        actor, version.agency.facts, version.facts, parameters=parameters_at(now), now=now
    )
    require(decision, action="agreement.open", facts={"agency": version.agency_id, "version": version.number})
    version.decided_by_id, version.decided_at, version.is_opened = int(actor.id), now, True
    version.save(update_fields=["decided_by", "decided_at", "is_opened"])
    if version.agency.kind == AgencyKind.PROSECUTOR:  # this is the express decision that USE-2 asks for
        version.agency.express_access = f"Agreement, version {version.number}, opened by {actor.name}"
        version.agency.save(update_fields=["express_access"])
    tell_sessions(version.agency)
    _decided(version, Kind.AGREEMENT_OPENED, "opened", actor=actor, now=now)


@transaction.atomic
def decline(*, version: AgreementVersion, because: str, actor: Actor, now: datetime) -> None:
    """Decline *version*, with a reason; what was in force before stays.

    Raises:
        PolicyRefusal: *actor* may not, prepared it, it was decided on, or no reason is given.
    """
    version = _locked(version)
    decision = policy.may_decline_agreement(actor, version.facts, because=because)
    require(
        decision, action="agreement.decline", facts={"agency": version.agency_id, "version": version.number}
    )
    version.decided_by_id, version.decided_at = int(actor.id), now
    version.declined_because = because.strip()
    version.save(update_fields=["decided_by", "decided_at", "declined_because"])
    _decided(version, Kind.AGREEMENT_DECLINED, "declined", actor=actor, now=now)


def _locked(version: AgreementVersion) -> AgreementVersion:
    Agency.objects.select_for_update().get(pk=version.agency_id)
    return AgreementVersion.objects.select_related("agency", "prepared_by").get(pk=version.pk)


def _decided(version: AgreementVersion, kind: Kind, outcome: str, *, actor: Actor, now: datetime) -> None:
    settle(subject=subject(version), kinds=[NoticeKind.AGREEMENT_WAITS], actor=actor, now=now)
    details = _details(version) | {"because": version.declined_because}
    ledger.append(kind, actor=actor, subject=subject_of(version.agency), outcome=outcome, details=details)
    tell(
        kind=NoticeKind.AGREEMENT_DECIDED,
        subject=subject(version),
        text=f"{actor.name} {outcome} version {version.number} of the agreement with {version.agency.name}. "
        f"{version.declined_because[:200]}",
        to_user=version.prepared_by,
        actor=actor,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a version says otherwise than the one before it."""

    what: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def changes_between(before: AgreementVersion | None, after: AgreementVersion) -> list[Change]:
    """Return what *after* says otherwise than *before*; without one before, everything is new."""
    names = dict(Camera.objects.values_list("pk", "name"))
    told = [(version and _told(version, names)) or {} for version in (before, after)]
    return [
        Change(what, told[0].get(what, ()), said)
        for what, said in told[1].items()
        if told[0].get(what, ()) != said
    ]


def _told(version: AgreementVersion, names: dict[int, str]) -> dict[str, tuple[str, ...]]:
    return {
        "Purposes": tuple(Purpose(code).label for code in version.purposes),
        "Cameras": tuple(names.get(camera, f"camera {camera}") for camera in version.camera_ids),
        "Reaches back": (f"{version.reach_days} days",),
        "Begins": (f"{version.begins_at:%Y-%m-%d}",),
        "Ends by itself": (f"{version.ends_at:%Y-%m-%d}",),
        "Terms": tuple(line for line in version.text.splitlines() if line.strip()),
    }


def default_end(now: datetime) -> datetime:
    """Return the latest end that an agreement opened now may have, less a day in which to open it."""
    return now + parameters_at(now).days("sharing.agreement_max_days") - timedelta(days=1)
