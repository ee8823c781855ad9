"""Every write about people: accounts, roles, enrolment codes, and the evidence of each sign-in."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from platewarden.accounts.models import Agency, EnrolmentCode, RoleGrant, User
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import accounts as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require

CODE_LIFETIME = timedelta(hours=72)


class EnrolmentError(Exception):
    """The one-time code is unknown, used or expired; all three look alike from outside."""


@transaction.atomic
def found_agency(
    *, name: str, county: str, time_zone: str, is_demo: bool, actor: Actor, now: datetime  # noqa: ARG001
) -> Agency:
    """Enter the agency that owns this installation; there can be only one."""
    agency = Agency.objects.create(name=name, county=county, time_zone=time_zone, is_owner=True, is_demo=is_demo)
    ledger.append(Kind.AGENCY_FOUNDED, actor=actor, subject=f"agency:{agency.pk}", details={"name": name})
    return agency


@transaction.atomic
def create_account(
    *, username: str, full_name: str, roles: frozenset[Role], supervisor: User | None, actor: Actor, now: datetime
) -> tuple[User, str]:
    """Enter a person with *roles* and return them with the one-time code that lets them set a password."""
    for role in roles:
        decision = policy.may_grant_role(
            actor,
            target_id="",
            target_roles=roles,
            role=role,
            administrator_exists=RoleGrant.objects.filter(role=Role.ADMINISTRATOR, withdrawn_at=None).exists(),
        )
        require(decision, action="account.create")
    user = User(
        agency_id=actor.agency_id,
        username=username.strip().lower(),
        full_name=full_name.strip(),
        supervisor=supervisor,
        created_at=now,
    )
    user.set_unusable_password()
    user.save()
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role, granted_at=now, granted_by=actor.name) for role in sorted(roles)
    )
    code = _issue_code(user, now)
    ledger.append(
        Kind.ACCOUNT_CREATED,
        actor=actor,
        subject=f"person:{user.pk}",
        details={"username": user.username, "roles": sorted(roles)},
    )
    return user, code


def _issue_code(user: User, now: datetime) -> str:
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
        .filter(digest=_digest(code), redeemed_at__isnull=True, expires_at__gt=now)
        .first()
    )
    if found is None:
        raise EnrolmentError("This code is unknown, used or expired. Ask your administrator for a new one.")
    validate_password(password, found.user)
    found.user.set_password(password)
    found.user.save(update_fields=["password"])
    found.redeemed_at = now
    found.save(update_fields=["redeemed_at"])
    ledger.append(Kind.PASSWORD_SET, actor=actor, subject=f"person:{found.user_id}")
    return found.user


@transaction.atomic
def grant_role(*, user: User, role: Role, actor: Actor, now: datetime) -> RoleGrant:
    """Give *user* a further role."""
    held = frozenset(Role(grant.role) for grant in user.grants.filter(withdrawn_at__isnull=True))
    require(policy.may_grant_role(actor, target_id=str(user.pk), target_roles=held, role=role), action="role.grant")
    grant = RoleGrant.objects.create(user=user, role=role, granted_at=now, granted_by=actor.name)
    ledger.append(Kind.ROLE_GRANTED, actor=actor, subject=f"person:{user.pk}", details={"role": role})
    return grant


@transaction.atomic
def record_sign_in(*, actor: Actor) -> None:
    """Leave evidence that *actor* signed in; without it there is no session."""
    ledger.append(Kind.SIGN_IN_SUCCEEDED, actor=actor, subject=f"person:{actor.id}")


@transaction.atomic
def record_failed_sign_in(*, username: str, actor: Actor) -> None:
    """Leave evidence that somebody tried to sign in as *username* and failed."""
    ledger.append(Kind.SIGN_IN_FAILED, actor=actor, outcome="refused", details={"username": username[:64]})


@transaction.atomic
def record_sign_out(*, actor: Actor) -> None:
    """Leave evidence that *actor* signed out."""
    ledger.append(Kind.SIGN_OUT, actor=actor, subject=f"person:{actor.id}")


@transaction.atomic
def record_session_locked(*, actor: Actor) -> None:
    """Leave evidence that an idle console of *actor* was locked."""
    ledger.append(Kind.SESSION_LOCKED, actor=actor, subject=f"person:{actor.id}")
