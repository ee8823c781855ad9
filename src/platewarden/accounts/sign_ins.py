"""Every write about getting in: attempts, the one live session a person has, the way in that failures shut (ADM-4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest

from platewarden.accounts.actors import address_of, browser_of, session_digest
from platewarden.accounts.models import Agency, SignIn, SignInLock, SignInOutcome, User
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import tell
from platewarden.policy import sign_ins as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.site.channel import announce

SHUT: Final = "Too many failed attempts: the way in is shut. Ask your administrator to open it again."
_FAILURES: Final = (SignInOutcome.FAILED, SignInOutcome.SECOND_FAILED)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who somebody says they are, and from where they say it."""

    username: str
    address: str
    browser: str


def attempt_of(request: HttpRequest, username: str) -> Attempt:
    """Return the attempt that *request* makes under *username*."""
    return Attempt(username.strip().lower()[:64], address_of(request)[:45], browser_of(request))


def is_shut(attempt: Attempt, *, now: datetime) -> bool:
    """Whether the way in is shut: for the name until somebody releases it, for the network for a while."""
    if SignInLock.objects.filter(username=attempt.username, released_at=None).exists():
        return True
    parameters = parameters_at(now)
    since = now - parameters.minutes("accounts.lockout_window_minutes")
    network = policy.network_of(attempt.address)
    failed = SignIn.objects.filter(network=network, at__gt=since, outcome__in=_FAILURES).count()
    return policy.slows_address(failed, parameters=parameters)


@transaction.atomic
def record_failure(*, attempt: Attempt, outcome: SignInOutcome, actor: Actor, now: datetime) -> None:
    """Leave evidence of a failed attempt, and shut the way in under its name if there were too many."""
    Agency.objects.select_for_update().get(is_owner=True)  # attempts are counted one at a time
    _note(attempt, outcome, now)
    parameters = parameters_at(now)
    since = now - parameters.minutes("accounts.lockout_window_minutes")
    released = SignInLock.objects.filter(username=attempt.username).order_by("-pk").first()
    if released and released.released_at and released.released_at > since:
        since = released.released_at
    recent = SignIn.objects.filter(username=attempt.username, at__gt=since, outcome__in=_FAILURES)
    failed_at = list(recent.values_list("at", flat=True))
    details: dict[str, Any] = {"username": attempt.username}
    if outcome is SignInOutcome.SECOND_FAILED:
        details["by"] = "second factor"
    ledger.append(Kind.SIGN_IN_FAILED, actor=actor, outcome="refused", details=details)
    if policy.locks_account(failed_at, parameters=parameters, now=now):
        _shut(attempt, actor, now)


def _shut(attempt: Attempt, actor: Actor, now: datetime) -> None:
    lock, is_new = SignInLock.objects.get_or_create(
        username=attempt.username, released_at=None, defaults={"locked_at": now}
    )
    if not is_new:
        return
    ledger.append(
        Kind.SIGN_IN_SHUT,
        actor=actor,
        subject=f"lock:{lock.pk}",
        outcome="refused",
        details={"username": attempt.username},
    )
    if User.objects.filter(username=attempt.username).exists():
        _tell_administrators(lock, now)


def _tell_administrators(lock: SignInLock, now: datetime) -> None:
    tell(
        kind=NoticeKind.SIGN_IN_SHUT,
        subject=f"lock:{lock.pk}",
        text=f"Too many failed sign-ins as “{lock.username}”. Ask its person, then release it under People.",
        to_role=Role.ADMINISTRATOR,
        now=now,
        once_key=f"lock:{lock.pk}",
    )


@transaction.atomic
def record_refused(*, attempt: Attempt, actor: Actor, now: datetime) -> None:
    """Leave evidence that an attempt was refused without a look at the password."""
    _note(attempt, SignInOutcome.REFUSED, now)
    details = {"username": attempt.username}
    ledger.append(Kind.SIGN_IN_LOCKED_OUT, actor=actor, outcome="refused", details=dict(details))


@transaction.atomic
def release(*, lock: SignInLock, actor: Actor, now: datetime) -> None:
    """Open the way in under the name of *lock* again.

    Raises:
        PolicyRefusal: *actor* may not, or it is their own.
    """
    require(policy.may_release_sign_in(actor, username=lock.username), action="sign_in.release")
    lock.released_at, lock.released_by = now, actor.name
    lock.save(update_fields=["released_at", "released_by"])
    ledger.append(
        Kind.SIGN_IN_RELEASED, actor=actor, subject=f"lock:{lock.pk}", details={"username": lock.username}
    )


@transaction.atomic
def begin_session(*, user: User, session_key: str, browser: str, actor: Actor, now: datetime) -> None:
    """Make *session_key* the one live session of *user*: any other is worth nothing from now on (ADM-3)."""
    held = User.objects.select_for_update().get(pk=user.pk)
    replaced = bool(held.live_session)
    user.live_session = session_digest(session_key)
    User.objects.filter(pk=user.pk).update(live_session=user.live_session)
    _note(Attempt(user.username, actor.address[:45], browser), SignInOutcome.SUCCEEDED, now)
    if replaced:
        announce("access", {"agency": user.agency_id, "user": str(user.pk)})
        ledger.append(
            Kind.SESSION_ENDED,
            actor=actor,
            subject=f"person:{user.pk}",
            details={"because": "signed in elsewhere"},
        )
    ledger.append(Kind.SIGN_IN_SUCCEEDED, actor=actor, subject=f"person:{user.pk}")


@transaction.atomic
def end_session(*, user: User, because: str, actor: Actor) -> None:
    """End the live session of *user*, if there is one: the next request and the live stream find nobody."""
    if not User.objects.filter(pk=user.pk).exclude(live_session="").update(live_session=""):
        return
    user.live_session = ""
    announce("access", {"agency": user.agency_id, "user": str(user.pk)})
    ledger.append(Kind.SESSION_ENDED, actor=actor, subject=f"person:{user.pk}", details={"because": because})


@transaction.atomic
def sign_out(*, user: User, actor: Actor) -> None:
    """Leave evidence that *actor* signed out; the session is over."""
    User.objects.filter(pk=user.pk).update(live_session="")
    ledger.append(Kind.SIGN_OUT, actor=actor, subject=f"person:{user.pk}")


@transaction.atomic
def note_address(*, user: User, address: str, browser: str, now: datetime) -> None:
    """Note that the live session of *user* has come from another address than before."""
    _note(Attempt(user.username, address[:45], browser), SignInOutcome.MOVED, now)


def forget_old(*, now: datetime) -> int:
    """Remove what is known of sign-ins longer ago than the policy keeps it; returns how many rows went."""
    kept_for = parameters_at(now).days("accounts.history_days")
    return SignIn.objects.filter(at__lt=now - kept_for).delete()[0]


def _note(attempt: Attempt, outcome: SignInOutcome, now: datetime) -> None:
    SignIn.objects.create(
        user=User.objects.filter(username=attempt.username).first(),
        username=attempt.username,
        outcome=outcome,
        address=attempt.address,
        network=policy.network_of(attempt.address),
        browser=attempt.browser,
        at=now,
        last_seen_at=now if outcome in {SignInOutcome.SUCCEEDED, SignInOutcome.MOVED} else None,
    )
