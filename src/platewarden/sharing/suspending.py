"""Every write about suspensions: one act by one person suspends, two people let sharing go on (SHR-4)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from platewarden.accounts.actors import roles_of
from platewarden.accounts.models import Agency, User
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import sharing as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.sharing.models import Suspension
from platewarden.sharing.register import about, subject_of, tell_sessions

_KEEPERS: Final = (Role.ADMINISTRATOR, Role.UNDERSHERIFF, Role.SHERIFF)


@transaction.atomic
def suspend(*, agency: Agency, because: str, actor: Actor, now: datetime) -> Suspension:
    """Suspend sharing with *agency* at once: the next request of its people, whatever they have open, is refused.

    Raises:
        PolicyRefusal: *actor* may not, or gives no reason.
    """
    decision = policy.may_suspend(actor, because=because, is_owner=agency.is_owner)
    require(decision, action="sharing.suspend", facts={"agency": agency.pk})
    return suspend_for(agency, because=because, follows_report=False, actor=actor, now=now)


def suspend_for(
    agency: Agency, *, because: str, follows_report: bool, actor: Actor, now: datetime
) -> Suspension:
    """Suspend sharing for an act that was decided on already; part of its transaction.

    A standing suspension stays and gets a further reason. Whatever somebody had proposed to lift is taken back: what
    led to this was not known to them.
    """
    Agency.objects.select_for_update().get(pk=agency.pk)
    standing = Suspension.objects.filter(agency=agency, lifted_at=None).first()
    said = because.strip()[:500]
    if standing:
        _withdraw_proposal(standing, agency, actor=actor, now=now)
        standing.further.create(at=now, by_id=int(actor.id), because=said, follows_report=follows_report)
    suspension = standing or Suspension.objects.create(
        agency=agency, placed_at=now, placed_by_id=int(actor.id), because=said, follows_report=follows_report
    )
    tell_sessions(agency)
    details: dict[str, JSON] = {"because": said, "follows_report": follows_report}
    ledger.append(Kind.SHARING_SUSPENDED, actor=actor, subject=subject_of(agency), details=details)
    _tell(
        agency,
        NoticeKind.SHARING_SUSPENDED,
        staff=f"{actor.name} suspended sharing with {agency.name}{', which was suspended' if standing else ''}.",
        guests="Sharing with your agency is suspended: nothing is open to you here until it goes on.",
        actor=actor,
        now=now,
    )
    return suspension


def _withdraw_proposal(suspension: Suspension, agency: Agency, *, actor: Actor, now: datetime) -> None:
    suspension.lift_asked_by, suspension.lift_asked_at, suspension.lift_because = None, None, ""
    suspension.save(update_fields=["lift_asked_by", "lift_asked_at", "lift_because"])
    settle(subject=about(agency), kinds=[NoticeKind.LIFT_WAITS], actor=actor, now=now)


@transaction.atomic
def ask_to_lift(*, suspension: Suspension, because: str, actor: Actor, now: datetime) -> None:
    """Propose that sharing goes on; nothing changes before a second person has confirmed it.

    Raises:
        PolicyRefusal: *actor* may not, somebody has proposed it, or no reason is given.
    """
    suspension = _locked(suspension)
    agency = suspension.agency
    decision = policy.may_ask_to_lift(
        actor, because=because, is_asked=suspension.lift_asked_by_id is not None
    )
    require(decision, action="sharing.ask_to_lift", facts={"agency": agency.pk})
    suspension.lift_asked_by_id, suspension.lift_asked_at = int(actor.id), now
    suspension.lift_because = because.strip()[:500]
    suspension.save(update_fields=["lift_asked_by", "lift_asked_at", "lift_because"])
    details = {"because": suspension.lift_because}
    ledger.append(Kind.SHARING_LIFT_PROPOSED, actor=actor, subject=subject_of(agency), details=dict(details))
    for role in _KEEPERS:
        tell(
            kind=NoticeKind.LIFT_WAITS,
            subject=about(agency),
            text=f"{actor.name} proposes that sharing with {agency.name} goes on. A second person confirms it.",
            to_role=role,
            actor=actor,
            now=now,
        )


@transaction.atomic
def lift(*, suspension: Suspension, actor: Actor, now: datetime) -> None:
    """Let sharing go on, as somebody else proposed: as far as an agreement is in force.

    Raises:
        PolicyRefusal: *actor* may not, or proposed it.
    """
    suspension = _locked(suspension)
    agency, first = suspension.agency, suspension.lift_asked_by
    held = roles_of(first, now=now) if first and first.is_active else frozenset()
    decision = policy.may_lift(
        actor,
        asked_by_id=str(first.pk) if first else actor.id,
        is_undersheriffs=suspension.rests_on_report,
        is_command=actor.has(Role.SHERIFF, Role.UNDERSHERIFF)
        or bool(held & {Role.SHERIFF, Role.UNDERSHERIFF}),
    )
    require(decision, action="sharing.lift", facts={"agency": agency.pk})
    suspension.lifted_by_id, suspension.lifted_at = int(actor.id), now
    suspension.save(update_fields=["lifted_by", "lifted_at"])
    tell_sessions(agency)
    kinds = [NoticeKind.LIFT_WAITS, NoticeKind.SHARING_SUSPENDED]
    settle(subject=about(agency), kinds=kinds, actor=actor, now=now)
    details = {"proposed_by": str(suspension.lift_asked_by_id), "because": suspension.lift_because}
    ledger.append(Kind.SHARING_RESUMED, actor=actor, subject=subject_of(agency), details=dict(details))
    _tell(
        agency,
        NoticeKind.SHARING_RESUMED,
        staff=f"Sharing with {agency.name} goes on: {actor.name} confirmed it.",
        guests="Sharing with your agency goes on, as far as an agreement is in force.",
        actor=actor,
        now=now,
    )


def _locked(suspension: Suspension) -> Suspension:
    Agency.objects.select_for_update().get(pk=suspension.agency_id)
    found = Suspension.objects.select_related("agency", "lift_asked_by")
    return found.get(pk=suspension.pk, lifted_at=None)


def _tell(agency: Agency, kind: NoticeKind, *, staff: str, guests: str, actor: Actor, now: datetime) -> None:
    for role in _KEEPERS:
        tell(kind=kind, subject=about(agency), text=staff, to_role=role, actor=actor, now=now)
    for guest in User.objects.filter(agency=agency, is_active=True):
        tell(kind=kind, subject=about(agency), text=guests, to_user=guest, actor=actor, now=now)
