"""Who may search past reads, for what, how far, and who may see what was found."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from platewarden.policy.accounts import Right, may
from platewarden.policy.actor import Actor
from platewarden.policy.casenumbers import may_name_case
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.use import Purpose, may_state_reason, may_use_purpose

NARROWING_CHARACTERS: Final = 3
"""Adjacent characters that make a pattern, or a near search, narrow enough for a long window."""


class QueryKind(StrEnum):
    """The ways of searching."""

    EXACT = "exact"
    PATTERN = "pattern"
    NEAR = "near"
    CAMERA_TIME = "camera_time"


@dataclass(frozen=True, slots=True)
class Justification:
    """Why somebody searches.

    Attributes:
        purpose: One of the permitted purposes; None where none was stated.
        reason: In the person's own words.
        case_number: Case or incident number.
        requested_by: The colleague the search is made for; empty when it is one's own.
    """

    purpose: Purpose | None
    reason: str
    case_number: str
    requested_by: str = ""


@dataclass(frozen=True, slots=True)
class QueryScope:
    """What is searched.

    Attributes:
        kind: The way of searching.
        plate_text: Plate, or pattern with ``*`` (any characters) and ``?`` (any one); empty for camera_time.
        cameras: Ids of the cameras searched; empty means all.
        seen_from: Beginning of the window, included; aware.
        seen_until: End of the window, excluded; aware.
    """

    kind: QueryKind
    plate_text: str
    cameras: tuple[int, ...]
    seen_from: datetime
    seen_until: datetime


def may_query(
    actor: Actor, justification: Justification, scope: QueryScope, *, parameters: Parameters, now: datetime
) -> Decision:
    """Decide whether *actor* may make this search.

    > QRY-1: A search of past reads states a permitted purpose, a written reason and the number of the case
    > or incident it belongs to, and is made by a named person entitled to search. It reaches no further, in
    > time and in breadth, than the agency has decided.

    > USE-1: Every access to past reads states its purpose; there is no way in without one.
    """
    return first_refusal(
        may(actor, Right.ASK_QUERIES),
        may_use_purpose(justification.purpose, parameters=parameters),
        _gives_reason(justification, parameters),
        may_state_reason(actor, justification.reason, requested_by=justification.requested_by),
        may_name_case(justification.case_number, clause="QRY-1", parameters=parameters),
        _has_window(scope, parameters),
        _is_past(scope, parameters, now),
        _names_its_object(scope),
        _is_narrow(scope, parameters),
    )


def may_open_results(actor: Actor, *, asked_by_id: str, expires_at: datetime, now: datetime) -> Decision:
    """Decide whether *actor* may open, or open again, what the query of the account *asked_by_id* found.

    > QRY-2: What a query found belongs to the person who asked and expires.
    """
    return first_refusal(
        may(actor, Right.ASK_QUERIES), _is_theirs(actor, asked_by_id), _is_live(expires_at, now)
    )


def may_open_image(actor: Actor, *, asked_by_id: str, expires_at: datetime, now: datetime) -> Decision:
    """Decide whether *actor* may open an image among what the query of the account *asked_by_id* found.

    > QRY-2: Everything that reveals past reads is a query, and is logged with who asked and what was asked
    > for before anything is shown.
    """
    return may_open_results(actor, asked_by_id=asked_by_id, expires_at=expires_at, now=now)


def expires_at(asked_at: datetime, *, parameters: Parameters) -> datetime:
    """Return when what a query asked at *asked_at* found can no longer be opened.

    > QRY-2: What a query found belongs to the person who asked and expires.
    """
    return asked_at + parameters.minutes("query.expires_minutes")


def latest_end(*, parameters: Parameters, now: datetime) -> datetime:
    """Return the latest time at which the window of a search may end.

    > CAP-4: searches reach only reads that have reached a minimum age
    """
    return now - parameters.minutes("query.minimum_age_minutes")


def adjacent_literals(pattern: str) -> int:
    """Return the length of the longest run of letters and digits in *pattern*; separators do not count."""
    literal = re.sub(r"[^A-Z0-9*?]", "", pattern.upper())
    return max((len(run) for run in re.split(r"[*?]", literal)), default=0)


def _gives_reason(justification: Justification, parameters: Parameters) -> Decision:
    least = parameters.integer("query.reason_min_characters")
    reason = " ".join(justification.reason.split())
    if len(reason) < least or len(reason.split()) == 1:
        return refuse(
            "QRY-1",
            "The written reason is missing or too short.",
            remedy=f"Say in at least {least} characters what you want to find out, and why.",
            field="reason",
        )
    return allow("QRY-1")


def _has_window(scope: QueryScope, parameters: Parameters) -> Decision:
    if scope.seen_from.tzinfo is None or scope.seen_until.tzinfo is None:
        return refuse("QRY-1", "A time has no zone.", remedy="Give the offset from UTC.", field="seen_from")
    if scope.seen_from >= scope.seen_until:
        return refuse(
            "QRY-1", "The window ends before it begins.", remedy="Exchange its ends.", field="seen_until"
        )
    return _at_most(scope, parameters.days("query.max_window_days"), remedy="Search a shorter span.")


def _is_past(scope: QueryScope, parameters: Parameters, now: datetime) -> Decision:
    if scope.seen_until > latest_end(parameters=parameters, now=now):
        minutes = int(parameters.minutes("query.minimum_age_minutes").total_seconds() // 60)
        return refuse(
            "CAP-4",
            f"The window must end at least {minutes} minutes ago: there is no live view.",
            remedy="End it earlier; what happens now shows itself as alerts.",
            field="seen_until",
        )
    return allow("CAP-4")


def _names_its_object(scope: QueryScope) -> Decision:
    if scope.kind is QueryKind.CAMERA_TIME:
        if scope.cameras and not scope.plate_text:
            return allow("QRY-1")
        return refuse(
            "QRY-1",
            "A search by place and time names its cameras, and no plate.",
            remedy="Choose at least one camera.",
            field="cameras",
        )
    least = NARROWING_CHARACTERS if scope.kind is QueryKind.NEAR else 1
    if adjacent_literals(scope.plate_text) >= least:
        return allow("QRY-1")
    return refuse(
        "QRY-1",
        "The search does not say which plate it is about.",
        remedy=f"Give at least {least} of its characters.",
        field="plate_text",
    )


def _is_narrow(scope: QueryScope, parameters: Parameters) -> Decision:
    literals = adjacent_literals(scope.plate_text)
    is_broad = scope.kind is QueryKind.CAMERA_TIME or (
        scope.kind is QueryKind.PATTERN and literals < NARROWING_CHARACTERS
    )
    if not is_broad:
        return allow("QRY-1")
    remedy = (
        f"Search a shorter span, or give at least {NARROWING_CHARACTERS} adjacent characters of the plate."
    )
    return _at_most(scope, parameters.hours("query.camera_window_hours"), remedy=remedy)


def _at_most(scope: QueryScope, longest: timedelta, *, remedy: str) -> Decision:
    if scope.seen_until - scope.seen_from <= longest:
        return allow("QRY-1")
    hours = int(longest.total_seconds() // 3600)
    return refuse(
        "QRY-1",
        f"The window is longer than the {hours} hours that this search may cover.",
        remedy=remedy,
        field="seen_until",
    )


def _is_theirs(actor: Actor, asked_by_id: str) -> Decision:
    if actor.is_person and actor.id == asked_by_id:
        return allow("QRY-2")
    return refuse(
        "QRY-2", "Somebody else made this query.", remedy="Make your own, with your own justification."
    )


def _is_live(expiry: datetime, now: datetime) -> Decision:
    if now < expiry:
        return allow("QRY-2")
    return refuse("QRY-2", "What this query found has expired.", remedy="Make the query again.")
