"""What the second person says: new accounts and roles are in force once somebody else has approved them (ADM-2)."""

from datetime import datetime

from django.db import transaction

from platewarden.accounts.models import RoleGrant, RoleRequest, User
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle
from platewarden.policy import accounts as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.site.channel import announce


def open_requests(user: User) -> list[RoleRequest]:
    """Return the roles asked for *user* that nobody has decided on, oldest first."""
    return list(user.role_requests.filter(decided_at=None).select_related("asked_by"))


@transaction.atomic
def approve_account(*, user: User, actor: Actor, now: datetime) -> None:
    """Open the new account of *user* with the roles asked for it.

    Raises:
        PolicyRefusal: *actor* may not, or invited them, or is them.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk, is_active=False, active_since=None)
    asked = open_requests(user)
    decision = policy.may_approve_role(
        actor,
        asked_by_id=str(user.invited_by_id),
        target_id=str(user.pk),
        target_roles=frozenset(Role(request.role) for request in asked),
    )
    require(decision, action="account.approve")
    for request in asked:
        _decide(request, is_approved=True, actor=actor, now=now)
    user.is_active, user.active_since, user.closed_because = True, now, ""
    user.save(update_fields=["is_active", "active_since", "closed_because"])
    _settle(user, actor, now)
    roles = [request.role for request in asked]
    ledger.append(
        Kind.ACCOUNT_APPROVED, actor=actor, subject=f"person:{user.pk}", details={"roles": list(roles)}
    )


@transaction.atomic
def decline_account(*, user: User, actor: Actor, now: datetime) -> None:
    """Decline the new account of *user*: it stays closed, and its code never works.

    Raises:
        PolicyRefusal: *actor* may not, or invited them, or is them.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk, is_active=False, active_since=None)
    asked = open_requests(user)
    decision = policy.may_approve_role(
        actor, asked_by_id=str(user.invited_by_id), target_id=str(user.pk), target_roles=frozenset()
    )
    require(decision, action="account.decline")
    for request in asked:
        _decide(request, is_approved=False, actor=actor, now=now)
    user.closed_because = "It was not approved."
    user.save(update_fields=["closed_because"])
    user.enrolment_codes.all().delete()
    _settle(user, actor, now)
    ledger.append(Kind.ACCOUNT_DECLINED, actor=actor, subject=f"person:{user.pk}")


@transaction.atomic
def decide_role(*, request: RoleRequest, is_approved: bool, actor: Actor, now: datetime) -> None:
    """Approve or decline one role that was asked for.

    Raises:
        PolicyRefusal: *actor* may not, or asked for it, or is to hold it, or it does not go with what they hold.
    """
    request = RoleRequest.objects.select_for_update(of=("self",)).get(pk=request.pk, decided_at=None)
    user = request.user
    if not user.is_active:
        raise User.DoesNotExist("a new account is approved as a whole, and a closed one is opened first")
    held = {Role(role) for role in user.grants.filter(withdrawn_at=None).values_list("role", flat=True)}
    decision = policy.may_approve_role(
        actor,
        asked_by_id=str(request.asked_by_id),
        target_id=str(user.pk),
        target_roles=frozenset(held | {Role(request.role)}) if is_approved else frozenset(),
    )
    require(decision, action="role.approve" if is_approved else "role.decline")
    _decide(request, is_approved=is_approved, actor=actor, now=now)
    announce("access", {"agency": user.agency_id, "user": str(user.pk)})
    if not open_requests(user):
        _settle(user, actor, now)
    kind = Kind.ROLE_GRANTED if is_approved else Kind.ROLE_DECLINED
    details = {"role": str(request.role), "asked_by": str(request.asked_by_id)}
    ledger.append(kind, actor=actor, subject=f"person:{user.pk}", details=dict(details))


def _decide(request: RoleRequest, *, is_approved: bool, actor: Actor, now: datetime) -> None:
    request.decided_by_id, request.decided_at, request.is_approved = int(actor.id), now, is_approved
    request.save(update_fields=["decided_by", "decided_at", "is_approved"])
    if is_approved:
        RoleGrant.objects.create(
            user=request.user,
            role=request.role,
            granted_at=now,
            granted_by=request.asked_by.username,
            approved_by=actor.name,
            ends_at=request.ends_at,
        )


def _settle(user: User, actor: Actor, now: datetime) -> None:
    settle(subject=f"person:{user.pk}", kinds=[NoticeKind.APPROVAL_WAITS], actor=actor, now=now)
