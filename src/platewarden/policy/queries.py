"""Who may search past reads, for what, how far, and who may see what was found."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from platewarden.policy.actor import Actor, GuestTerms
from platewarden.policy.casenumbers import CaseStanding, may_name_case
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.reasons import gives_reason
from platewarden.policy.rights import Right, may
from platewarden.policy.sharing import may_keep_purpose, may_search_as_guest
from platewarden.policy.use import Purpose, keeps_clear_of_status, may_use_purpose, names_no_ground

_ANOTHER_DECIDES: Final = (
    "It is put before a supervisor who did not ask for it, and you are told what they decide."
)

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
        case_number: Case or incident number; empty for an exigent search that has none yet.
        requested_by: The colleague the search is made for; empty when it is one's own.
        standing: What the case system says of the number.
        exigent: Whether a life or grave harm is at stake and there is no number yet.
    """

    purpose: Purpose | None
    reason: str
    case_number: str
    requested_by: str = ""
    standing: CaseStanding = CaseStanding.NOT_CONNECTED
    exigent: bool = False

    @property
    def lacks_number(self) -> bool:
        """Whether its number is still to come."""
        return self.exigent and not self.case_number.strip()


@dataclass(frozen=True, slots=True)
class VehicleAsked:
    """Vehicle characteristics that are looked for; an empty one is not asked about."""

    type: str = ""
    make: str = ""
    model: str = ""
    colour: str = ""

    @property
    def told(self) -> dict[str, str]:
        """What is asked about, by part."""
        parts = {"type": self.type, "make": self.make, "model": self.model, "colour": self.colour}
        return {part: text for part, text in parts.items() if text}


@dataclass(frozen=True, slots=True)
class QueryScope:
    """What is searched.

    Attributes:
        kind: The way of searching.
        plate_text: Plate, or pattern with ``*`` (any characters) and ``?`` (any one); empty for camera_time.
        cameras: Ids of the cameras searched, those in the area among them; empty means all.
        seen_from: Beginning of the window, included; aware.
        seen_until: End of the window, excluded; aware.
        state: Postal code of the state as read, ``?`` for reads without one; empty means any.
        vehicle: Characteristics of the vehicle as read.
        area_km2: Size of the area drawn, square kilometres; 0 when none is.
    """

    kind: QueryKind
    plate_text: str
    cameras: tuple[int, ...]
    seen_from: datetime
    seen_until: datetime
    state: str = ""
    vehicle: VehicleAsked = VehicleAsked()
    area_km2: float = 0.0

    @property
    def is_broad(self) -> bool:
        """Whether it concerns everybody who passed rather than one vehicle: no plate, or a loose pattern."""
        return self.kind is QueryKind.CAMERA_TIME or (
            self.kind is QueryKind.PATTERN and adjacent_literals(self.plate_text) < NARROWING_CHARACTERS
        )


def may_query(
    actor: Actor,
    justification: Justification,
    scope: QueryScope,
    *,
    parameters: Parameters,
    now: datetime,
    is_locked: bool = False,
    held: bool = False,
) -> Decision:
    """Decide whether *actor* may make this search.

    > QRY-1: A search of past reads states a permitted purpose, a written reason and the number of the case
    > or incident it belongs to, and is made by a named person entitled to search. It reaches no further, in
    > time and in breadth, than the agency has decided; a broader one is made only once a supervisor who did
    > not ask for it has released it.

    > USE-1: Every access to past reads states its purpose; there is no way in without one.

    > SHR-1: for official purposes, under an agreement that two people opened and that expires

    A guest is held to all of it, and to the agreement of their agency besides.

    Args:
        actor: Who asks.
        justification: Why.
        scope: What for.
        parameters: The values in force.
        now: The present moment.
        is_locked: Whether an exigent search of theirs still lacks its case number past its time.
        held: Whether it is put before somebody else, who decides on what `for_another_to_decide` returns.
    """
    return first_refusal(
        may(actor, Right.ASK_QUERIES),
        _is_unlocked(is_locked=is_locked),
        may_use_purpose(justification.purpose, parameters=parameters),
        gives_reason(justification.reason, clause="QRY-1", parameters=parameters),
        keeps_clear_of_status(justification.reason, requested_by=justification.requested_by),
        *(() if held else (names_no_ground(justification.reason, remedy=_ANOTHER_DECIDES),)),
        _names_case(justification, parameters),
        _has_window(scope, parameters),
        _is_past(scope, parameters, now),
        _names_its_object(scope),
        may_search_as_guest(
            actor,
            purpose=justification.purpose or "",
            cameras=frozenset(scope.cameras),
            seen_from=scope.seen_from,
            is_exigent=justification.exigent,
            now=now,
        ),
        *(limit.decide(scope, parameters, ceiling=True) for limit in _LIMITS),
        *(() if held else for_another_to_decide(justification, scope, parameters=parameters)),
        allow("QRY-1"),
    )


def for_another_to_decide(
    justification: Justification, scope: QueryScope, *, parameters: Parameters
) -> tuple[Decision, ...]:
    """Return what in this search somebody else has to decide, as refusals that they lift; empty for most searches.

    > USE-4: A reason that names such a ground goes no further until a supervisor has taken it up.

    > QRY-1: a broader one is made only once a supervisor who did not ask for it has released it
    """
    decisions = (
        names_no_ground(justification.reason, remedy=_ANOTHER_DECIDES),
        _is_cosigned(justification),
        *(limit.decide(scope, parameters, ceiling=False) for limit in _LIMITS),
    )
    return tuple(decision for decision in decisions if not decision.allowed)


def may_open_results(
    actor: Actor,
    *,
    asked_by_id: str,
    expires_at: datetime,
    now: datetime,
    is_released: bool = True,
    purpose: str = "",
) -> Decision:
    """Decide whether *actor* may open, or open again, what the query of the account *asked_by_id* found.

    > QRY-2: What a query found belongs to the person who asked and expires.

    > SHR-1: for official purposes, under an agreement that two people opened and that expires

    Looking at a page, opening an image, exporting and printing are all of it. A search that was held opens only once
    it is released; that of a guest only while the agreement covers its *purpose*.
    """
    return first_refusal(
        may(actor, Right.ASK_QUERIES),
        may_keep_purpose(actor, purpose),
        _is_theirs(actor, asked_by_id),
        _is_released(is_released=is_released),
        _is_live(expires_at, now),
    )


def _is_released(*, is_released: bool) -> Decision:
    if is_released:
        return allow("QRY-1")
    return refuse(
        "QRY-1",
        "Nobody has released this search.",
        remedy="Wait for the decision: you are told in your inbox.",
    )


def narrowed(scope: QueryScope, terms: GuestTerms | None) -> QueryScope:
    """Return *scope* as a guest with *terms* searches it: no cameras means those of the agreement, never all.

    > SHR-1: for official purposes, under an agreement that two people opened and that expires
    """
    if terms is None or scope.cameras:
        return scope
    return replace(scope, cameras=tuple(sorted(terms.cameras)))


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


def _is_unlocked(*, is_locked: bool) -> Decision:
    if not is_locked:
        return allow("QRY-1")
    return refuse(
        "QRY-1",
        "An exigent search of yours has no case number, and its time is over.",
        remedy="Complete it with its case number first: it is listed on the search page.",
    )


def _names_case(justification: Justification, parameters: Parameters) -> Decision:
    if justification.lacks_number and parameters.flag("query.exigent"):
        return allow("QRY-1")
    return may_name_case(
        justification.case_number, clause="QRY-1", parameters=parameters, standing=justification.standing
    )


def _is_cosigned(justification: Justification) -> Decision:
    if not justification.lacks_number:
        return allow("QRY-1")
    return refuse(
        "QRY-1",
        "The search has no case number.",
        remedy="A second person co-signs it, and you give it its number within the time allowed.",
        field="case_number",
    )


def _has_window(scope: QueryScope, parameters: Parameters) -> Decision:
    if scope.seen_from.tzinfo is None or scope.seen_until.tzinfo is None:
        return refuse("QRY-1", "A time has no zone.", remedy="Give the offset from UTC.", field="seen_from")
    if scope.seen_from >= scope.seen_until:
        return refuse(
            "QRY-1", "The window ends before it begins.", remedy="Exchange its ends.", field="seen_until"
        )
    if scope.seen_until - scope.seen_from > parameters.days("query.max_window_days"):
        return _too_long(parameters.days("query.max_window_days"), remedy="Search a shorter span.")
    return allow("QRY-1")


def _too_long(longest: timedelta, *, remedy: str) -> Decision:
    hours = int(longest.total_seconds() // 3600)
    return refuse(
        "QRY-1",
        f"The window is longer than the {hours} hours that this search may cover.",
        remedy=remedy,
        field="seen_until",
    )


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
            "A search by place and time names its cameras or an area, and no plate.",
            remedy="Choose at least one camera, or an area with one.",
            field="cameras",
        )
    literals = adjacent_literals(scope.plate_text)
    least = NARROWING_CHARACTERS if scope.kind is QueryKind.NEAR else 1
    if literals < least:
        return refuse(
            "QRY-1",
            "The search does not say which plate it is about.",
            remedy=f"Give at least {least} of its characters.",
            field="plate_text",
        )
    if scope.is_broad and not scope.cameras:
        return refuse(
            "QRY-1",
            f"Only {literals} known {'character stands' if literals == 1 else 'characters stand'} together, which "
            "fits a good part of all vehicles.",
            remedy=f"Add {NARROWING_CHARACTERS - literals} more, so that {NARROWING_CHARACTERS} stand together, or "
            "choose the cameras or the area.",
            field="plate_text",
        )
    return allow("QRY-1")


@dataclass(frozen=True, slots=True)
class _Limit:
    """A bound on a search that names no vehicle: what a person decides alone, and what a supervisor may release."""

    alone: str
    released: str
    field: str

    def decide(self, scope: QueryScope, parameters: Parameters, *, ceiling: bool) -> Decision:
        """Decide by the lower bound, or by the *ceiling* that nobody lifts."""
        if not scope.is_broad:
            return allow("QRY-1")
        name = self.released if ceiling else self.alone
        if ceiling:
            remedy = f"Search less, or give at least {NARROWING_CHARACTERS} adjacent characters of the plate."
        else:
            remedy = (
                f"Search less, give at least {NARROWING_CHARACTERS} adjacent characters of the plate, or put it before "
                "a supervisor."
            )
        if self.field == "seen_until":
            span, longest = scope.seen_until - scope.seen_from, parameters.hours(name)
            return allow("QRY-1") if span <= longest else _too_long(longest, remedy=remedy)
        most = parameters.integer(name)
        is_area = self.field == "area"
        asked = scope.area_km2 if is_area else len(set(scope.cameras))
        if asked <= most:
            return allow("QRY-1")
        what = (
            f"The area is larger than the {most} square kilometres"
            if is_area
            else f"The cameras are more than the {most}"
        )
        return refuse("QRY-1", f"{what} that this search may cover.", remedy=remedy, field=self.field)


_LIMITS: Final = (
    _Limit("query.camera_window_hours", "query.approved_window_hours", "seen_until"),
    _Limit("query.max_cameras", "query.approved_cameras", "cameras"),
    _Limit("query.max_area_km2", "query.approved_area_km2", "area"),
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
