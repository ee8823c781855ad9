"""Every write about people: accounts, roles, enrolment codes, and the evidence of each sign-in."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from platewarden.accounts.factors import SECOND_FACTORS
from platewarden.accounts.models import Agency, EnrolmentCode, FactorReset, RoleGrant, RoleRequest, User
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import tell
from platewarden.policy import accounts as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.agencies import may_have_users
from platewarden.policy.decision import Decision, first_refusal, require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.rights import Right, may
from platewarden.policy.sign_ins import may_issue_code
from platewarden.site.channel import announce

AWAITS_APPROVAL: Final = "It waits for approval."
CODE_LIFETIME = timedelta(hours=72)


class EnrolmentError(Exception):
    """The one-time code is unknown, used or expired; all three look alike from outside."""


class AccountExistsError(Exception):
    """Somebody already has an account of this name."""


@transaction.atomic
def found_agency(
    *,
    name: str,
    county: str,
    time_zone: str,
    is_demo: bool,
    actor: Actor,
    now: datetime,  # noqa: ARG001
) -> Agency:
    """Enter the agency that owns this installation; there can be only one."""
    agency = Agency.objects.create(
        name=name, county=county, time_zone=time_zone, is_owner=True, is_demo=is_demo
    )
    ledger.append(Kind.AGENCY_FOUNDED, actor=actor, subject=f"agency:{agency.pk}", details={"name": name})
    return agency


@transaction.atomic
def create_account(
    *,
    username: str,
    full_name: str,
    roles: frozenset[Role],
    supervisor: User | None,
    actor: Actor,
    now: datetime,
    agency: Agency | None = None,
    employer: str = "",
    ends_at: datetime | None = None,
) -> tuple[User, str]:
    """Enter a person and ask for *roles*; return them with the one-time code that lets them set a password.

    The account is closed, and the code works, only once a second person has approved it (`approving`). The first
    administrator and the first approver, made by the set-up command, need nobody. The roles end at *ends_at*.

    Raises:
        PolicyRefusal: *actor* may not make accounts, or not with these roles.
        AccountExistsError: The name is taken.
    """
    agency = agency or Agency.objects.get(pk=actor.agency_id)
    decision = first_refusal(
        _may_create(actor, roles, is_partners=not agency.is_owner), may_have_users(agency.facts)
    )
    require(decision, action="account.create")
    Agency.objects.select_for_update().get(pk=actor.agency_id)  # names are given one at a time
    is_founder = not actor.is_person
    name = username.strip().lower()
    if User.objects.filter(username=name).exists():
        raise AccountExistsError("Somebody already signs in with this name: choose another.")
    user = User(
        agency=agency,
        username=name,
        full_name=full_name.strip(),
        supervisor=supervisor,
        employer=employer.strip(),
        created_at=now,
        is_active=is_founder,
        active_since=now if is_founder else None,
        closed_because="" if is_founder else AWAITS_APPROVAL,
        invited_by_id=None if is_founder else int(actor.id),
    )
    user.set_unusable_password()
    user.save()
    _enter_roles(user, roles, actor, now, ends_at=ends_at)
    code = new_code(user, now)
    ledger.append(
        Kind.ACCOUNT_CREATED,
        actor=actor,
        subject=f"person:{user.pk}",
        details={"username": user.username, "roles": sorted(roles)},
    )
    if not is_founder:
        _ask_approvers(user, f"The account of {user.full_name} waits for your approval.", actor, now)
    return user, code


def _enter_roles(
    user: User, roles: frozenset[Role], actor: Actor, now: datetime, *, ends_at: datetime | None
) -> None:
    """Ask for *roles* for *user*; those of a founder, whom the set-up command makes, are granted at once."""
    for role in sorted(roles):
        if actor.is_person:
            RoleRequest.objects.create(
                user=user, role=role, asked_by_id=int(actor.id), asked_at=now, ends_at=ends_at
            )
        else:
            RoleGrant.objects.create(user=user, role=role, granted_at=now, granted_by=actor.name)


def _ask_approvers(user: User, text: str, actor: Actor, now: datetime) -> None:
    tell(
        kind=NoticeKind.APPROVAL_WAITS,
        subject=f"person:{user.pk}",
        text=text,
        to_role=Role.APPROVER,
        actor=actor,
        now=now,
    )


def _may_create(actor: Actor, roles: frozenset[Role], *, is_partners: bool) -> Decision:
    """An account without a role is an account all the same: only whoever may grant roles makes one."""
    held = set(RoleGrant.objects.filter(withdrawn_at=None).values_list("role", flat=True))
    decisions = [
        policy.may_grant_role(
            actor,
            target_id="",
            target_roles=roles,
            role=role,
            is_held=role in held,
            is_partners=is_partners,
        )
        for role in sorted(roles)
    ]
    return first_refusal(*decisions) if decisions else may(actor, Right.MANAGE_ACCOUNTS)


@transaction.atomic
def issue_code(*, user: User, actor: Actor, now: datetime) -> str:
    """Give *user* a fresh one-time code, e.g. for a forgotten password; any earlier one stops working.

    Raises:
        PolicyRefusal: *actor* may not manage accounts, or a reset by two has left *user* without a second factor.
    """
    waits = _is_without_factor_since_reset(user)
    require(may_issue_code(actor, waits_for_reset=waits), action="account.issue_code")
    code = new_code(user, now)
    ledger.append(Kind.ENROLMENT_CODE_ISSUED, actor=actor, subject=f"person:{user.pk}")
    return code


def _is_without_factor_since_reset(user: User) -> bool:
    """Whether *user*'s second factor was reset and they have set up none since: until then a password is all it takes.

    That the reset's code was used does not end it: whoever got another code then would set up a factor of their own.
    """
    resets = FactorReset.objects.filter(user=user, is_approved=True)
    has_factor = Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists()
    return resets.filter(redeemed_at=None).exists() or (not has_factor and resets.exists())


def new_code(user: User, now: datetime) -> str:
    """Return a fresh one-time code of *user*, within the caller's action; any earlier one stops working."""
    user.enrolment_codes.filter(redeemed_at__isnull=True).delete()
    code = secrets.token_urlsafe(18)
    EnrolmentCode.objects.create(
        user=user, digest=_digest(code), issued_at=now, expires_at=now + CODE_LIFETIME
    )
    return code


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.strip().encode()).digest()


@transaction.atomic
def redeem_code(*, code: str, password: str, actor: Actor, now: datetime) -> User:
    """Set the first password of the person who holds *code*.

    Raises:
        EnrolmentError: The code is unknown, used or expired.
        django.core.exceptions.ValidationError: The password is too weak.
    """
    found = (
        EnrolmentCode.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(digest=_digest(code), redeemed_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if found is None:
        raise EnrolmentError("This code is unknown, used or expired. Ask your administrator for a new one.")
    validate_password(password, found.user)
    found.user.set_password(password)
    found.user.save(update_fields=["password"])
    found.redeemed_at = now
    found.save(update_fields=["redeemed_at"])
    FactorReset.objects.filter(user=found.user, is_approved=True, redeemed_at=None).update(redeemed_at=now)
    ledger.append(Kind.PASSWORD_SET, actor=actor, subject=f"person:{found.user_id}")
    return found.user


@transaction.atomic
def change_password(*, user: User, password: str, actor: Actor) -> None:
    """Give *user* the password they chose instead of the one they had; codes that were on their way stop working."""
    user.set_password(password)
    user.save(update_fields=["password"])
    user.enrolment_codes.filter(redeemed_at__isnull=True).delete()
    ledger.append(Kind.PASSWORD_SET, actor=actor, subject=f"person:{user.pk}")


@transaction.atomic
def ask_for_role(
    *, user: User, role: Role, actor: Actor, now: datetime, ends_at: datetime | None = None
) -> RoleRequest | None:
    """Ask for a further role of *user*; None if they hold it, the request that waits if one does.

    Raises:
        PolicyRefusal: *actor* may not, or the role does not go with another that *user* holds.
    """
    User.objects.select_for_update().get(pk=user.pk)  # two grants at once cannot get round what stays apart
    live = {Role(grant.role): grant for grant in user.grants.filter(withdrawn_at__isnull=True)}
    waiting = {
        Role(asked) for asked in user.role_requests.filter(decided_at=None).values_list("role", flat=True)
    }
    decision = policy.may_grant_role(
        actor,
        target_id=str(user.pk),
        target_roles=frozenset(live) | waiting,
        role=role,
        is_partners=not user.agency.is_owner,
    )
    require(decision, action="role.grant")
    if role in live:
        return None
    asked, is_new = RoleRequest.objects.get_or_create(
        user=user,
        role=role,
        decided_at=None,
        defaults={"asked_by_id": int(actor.id), "asked_at": now, "ends_at": ends_at},
    )
    if is_new:
        ledger.append(Kind.ROLE_ASKED, actor=actor, subject=f"person:{user.pk}", details={"role": role})
        _ask_approvers(user, f"A role of {user.full_name} waits for your approval: {role}.", actor, now)
    return asked


@transaction.atomic
def withdraw_role(*, user: User, role: Role, actor: Actor, now: datetime) -> None:
    """Take *role* from *user*, at once; the last administrator keeps theirs.

    Raises:
        PolicyRefusal: *actor* may not, or nobody would be left to grant a role.
    """
    held = RoleGrant.objects.select_for_update(of=("self",)).filter(role=role, withdrawn_at__isnull=True)
    holders = {grant.user_id: grant for grant in held.filter(user__is_active=True)}
    grant = holders.pop(user.pk, None)
    decision = policy.may_withdraw_role(
        actor, target_id=str(user.pk), role=role, other_administrators=len(holders)
    )
    require(decision, action="role.withdraw")
    if grant is None:
        return
    grant.withdrawn_at, grant.withdrawn_by = now, actor.name
    grant.save(update_fields=["withdrawn_at", "withdrawn_by"])
    announce("access", {"agency": user.agency_id, "user": str(user.pk)})
    ledger.append(Kind.ROLE_REVOKED, actor=actor, subject=f"person:{user.pk}", details={"role": role})


@transaction.atomic
def record_failed_enrolment(*, actor: Actor) -> None:
    """Leave evidence that somebody tried a one-time code that does not work."""
    ledger.append(Kind.SIGN_IN_FAILED, actor=actor, outcome="refused", details={"by": "one-time code"})


@transaction.atomic
def record_session_locked(*, actor: Actor) -> None:
    """Leave evidence that an idle console of *actor* was locked."""
    ledger.append(Kind.SESSION_LOCKED, actor=actor, subject=f"person:{actor.id}")


@transaction.atomic
def record_session_unlocked(*, actor: Actor) -> None:
    """Leave evidence that the person of a locked console gave the password again."""
    ledger.append(Kind.SESSION_UNLOCKED, actor=actor, subject=f"person:{actor.id}")
