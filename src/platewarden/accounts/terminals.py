"""Registered terminals: made by the administrator, enrolled once by a code, known again by a cookie that changes.

The cookie is signed and holds a number and a secret; everything else about a terminal stands in its record. The secret
changes with each sign-in on it, so that of two copies one is stale: presenting that ends the registration.
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from platewarden.accounts.actions import CODE_LIFETIME
from platewarden.accounts.actors import session_digest, system_actor
from platewarden.accounts.models import Agency, Terminal, User
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import tell
from platewarden.policy import terminals as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.terminals import TerminalFacts, TerminalKind

COOKIE: Final = "platewarden_terminal"
_SALT: Final = "platewarden.terminal"
_YEAR: Final = 366 * 24 * 60 * 60
_COPIED: Final = "An earlier copy of its cookie was presented."


class TerminalCodeError(Exception):
    """The one-time code is unknown, used or expired, or its terminal revoked; all look alike from outside."""


class TerminalExistsError(Exception):
    """A terminal of this name is registered."""


@transaction.atomic
def register(*, name: str, kind: TerminalKind, actor: Actor, now: datetime) -> tuple[Terminal, str]:
    """Register a terminal, and return it with the one-time code that enrols it in its own browser.

    Raises:
        PolicyRefusal: *actor* may not.
        TerminalExistsError: One of this name is registered.
    """
    require(policy.may_manage_terminals(actor), action="terminal.register")
    code = secrets.token_urlsafe(18)
    try:
        with transaction.atomic():
            terminal = Terminal.objects.create(
                agency=Agency.objects.get(pk=actor.agency_id),
                name=name.strip(),
                kind=kind,
                registered_by_id=int(actor.id),
                registered_at=now,
                code_digest=_digest(code),
                code_expires_at=now + CODE_LIFETIME,
                ends_at=policy.ends_at(now, parameters=parameters_at(now)),
            )
    except IntegrityError as error:
        raise TerminalExistsError("A terminal of this name is registered: choose another.") from error
    details = {"name": terminal.name, "kind": str(kind)}
    ledger.append(Kind.TERMINAL_REGISTERED, actor=actor, subject=_subject(terminal), details=dict(details))
    return terminal, code


@transaction.atomic
def enrol(*, code: str, request: HttpRequest, actor: Actor, now: datetime) -> tuple[Terminal, str]:
    """Enrol the browser of *request* as the terminal that *code* is of; return it with its cookie's value.

    Raises:
        TerminalCodeError: The code is of none.
    """
    found = (
        Terminal.objects.select_for_update(of=("self",))
        .filter(code_digest=_digest(code.strip()), code_expires_at__gt=now, revoked_at=None, enrolled_at=None)
        .filter(agency_id=actor.agency_id)
        .first()
    )
    if found is None:
        raise TerminalCodeError(
            "This code is unknown, used or expired. Ask your administrator for a new one."
        )
    found.enrolled_at, found.enrolled_by_id, found.code_digest = now, int(actor.id), None
    value = _hand_over(found, request.session.session_key or "", now)
    ledger.append(Kind.TERMINAL_ENROLLED, actor=actor, subject=_subject(found))
    return found, value


@transaction.atomic
def record_wrong_code(*, actor: Actor) -> None:
    """Leave evidence that somebody tried a code that enrols no terminal."""
    ledger.append(Kind.TERMINAL_REFUSED, actor=actor, outcome="refused")


@transaction.atomic
def revoke(*, terminal: Terminal, because: str, actor: Actor, now: datetime) -> None:
    """End the registration: what is open on it locks like everything from the next request on.

    Raises:
        PolicyRefusal: *actor* may not.
    """
    require(policy.may_manage_terminals(actor), action="terminal.revoke")
    _end(terminal, because, actor, now)


def _end(terminal: Terminal, because: str, actor: Actor, now: datetime) -> None:
    if not Terminal.objects.filter(pk=terminal.pk, revoked_at=None).update(
        revoked_at=now, revoked_because=because.strip(), session="", secret_digest=b"", code_digest=None
    ):
        return
    details = {"because": because.strip()}
    ledger.append(Kind.TERMINAL_REVOKED, actor=actor, subject=_subject(terminal), details=dict(details))


@transaction.atomic
def begin(request: HttpRequest, *, user: User, now: datetime) -> str:
    """Note that *user* has just signed in on the terminal of *request*; return its next cookie, empty for none.

    A cookie that we signed and that is not its terminal's present one is a copy: the registration ends, and the
    administrators are told.
    """
    terminal, secret = _presented(request, lock=True)
    if terminal is None or terminal.revoked_at or terminal.agency_id != user.agency_id:
        return ""
    if not hmac.compare_digest(bytes(terminal.secret_digest), _digest(secret)):
        _end_as_copied(terminal, now)
        return ""
    return _hand_over(terminal, request.session.session_key or "", now)


def _end_as_copied(terminal: Terminal, now: datetime) -> None:
    actor = system_actor("sign-in")
    _end(terminal, _COPIED, actor, now)
    tell(
        kind=NoticeKind.TERMINAL_COPIED,
        subject=_subject(terminal),
        text=f"The terminal {terminal.name} was revoked: an earlier copy of its cookie was presented. Ask why.",
        to_role=Role.ADMINISTRATOR,
        actor=actor,
        now=now,
    )


def _hand_over(terminal: Terminal, session_key: str, now: datetime) -> str:
    """Let *terminal* hold the session, under a secret that is new."""
    secret = secrets.token_urlsafe(32)
    terminal.secret_digest, terminal.session = _digest(secret), session_digest(session_key)
    terminal.used_at = now
    terminal.save()
    return signing.dumps({"terminal": terminal.pk, "secret": secret}, salt=_SALT)


def is_exempt(request: HttpRequest, *, user: User, roles: frozenset[Role], now: datetime) -> bool:
    """Whether the session of *request* began on a registered terminal and does not lock when left alone."""
    terminal, secret = _presented(request)
    if terminal is None:
        return False
    own = hmac.compare_digest(bytes(terminal.secret_digest), _digest(secret))
    held = bool(terminal.session) and terminal.session == session_digest(request.session.session_key or "")
    facts = TerminalFacts(
        TerminalKind(terminal.kind),
        terminal.ends_at,
        is_revoked=terminal.revoked_at is not None or terminal.agency_id != user.agency_id,
        holds_session=own and held,
    )
    began_at = datetime.fromtimestamp(request.session.get("begun", 0), UTC)
    return policy.is_exempt(roles, facts, began_at=began_at, parameters=parameters_at(now), now=now)


def _presented(request: HttpRequest, *, lock: bool = False) -> tuple[Terminal | None, str]:
    """Return the terminal whose signed cookie *request* carries, with the secret in it; None for anything else."""
    value = request.COOKIES.get(COOKIE, "")
    if not value:
        return None, ""
    try:
        said = signing.loads(value, salt=_SALT)
        number, secret = int(said["terminal"]), str(said["secret"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None, ""
    rows = Terminal.objects.select_for_update() if lock else Terminal.objects.all()
    return rows.filter(pk=number).first(), secret


def set_cookie(response: HttpResponse, value: str) -> None:
    """Let the browser keep the terminal's cookie; no script reads it, and its record says until when it counts."""
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(COOKIE, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=secure)


def _subject(terminal: Terminal) -> str:
    return f"terminal:{terminal.pk}"


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
