"""Releases: copies of reads for an agency without access, from the written request to its receipt (SHR-2).

Who prepares, who decides over exactly what was prepared, and who hands it over, once.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from platewarden.matching.plates import PlateError, normalise
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.reasons import gives_reason
from platewarden.policy.release_requests import RequesterClass, grounds_of, lacks
from platewarden.policy.rights import Right, may
from platewarden.policy.use import Purpose


class ReleaseState(StrEnum):
    """Where a request for a release stands."""

    RECEIVED = "received"
    PREPARED = "prepared"
    APPROVED = "approved"
    RELEASED = "released"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        """Whether anything may still be done towards a release."""
        return self in {ReleaseState.RECEIVED, ReleaseState.PREPARED, ReleaseState.APPROVED}


class HandedBy(StrEnum):
    """How a release reached its recipient."""

    IN_PERSON = "in_person"
    COURIER = "courier"
    SECURE_TRANSFER = "secure_transfer"
    REGISTERED_MAIL = "registered_mail"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return {"in_person": "in person", "secure_transfer": "secure file transfer"}.get(
            self.value, self.value.replace("_", " ")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """A request as those who go on with it find it.

    Attributes:
        state: Where it stands.
        requester: Who asks, as it is decided on.
        entered_by_id: Account id of whoever took it in.
        prepared_by_id: Account id of whoever froze the selection; empty where nobody has.
        need: What it is needed for, as written.
        purpose: What it is for.
        seen_from: Beginning of the time asked about.
        seen_until: Its end.
        entered_at: When it was taken in.
        lapses_at: When it expires unless somebody decides, or the release is fetched.
    """

    state: ReleaseState
    requester: RequesterClass
    entered_by_id: str
    prepared_by_id: str
    need: str
    purpose: Purpose
    seen_from: datetime
    seen_until: datetime
    entered_at: datetime
    lapses_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionFacts:
    """What somebody would freeze: reads that one search of theirs has found.

    Attributes:
        purpose: Purpose of the search.
        case_number: Our case or incident number that it was made under.
        asked_at: When it was asked.
        seen: When each of the chosen reads was seen.
        strays: How many of them are of another plate than the request names; None where what it names cannot be opened.
        strays_because: Why those go out all the same, in the preparer's words.
    """

    purpose: str
    case_number: str
    asked_at: datetime
    seen: tuple[datetime, ...]
    strays: int | None
    strays_because: str


def stray_from(named: str, state: str, plate: str, read_state: str) -> bool:
    """Whether a read of *plate* is of another vehicle than a request asks about that names *named* of *state*.

    > SHR-2: names the agency, the person, the purpose and the case number

    A request that names no plate asks about a place, and nothing strays from it. Several are parted by commas. What
    was read as another character is another plate, and an unknown state is none that differs.
    """
    if not named.strip():
        return False
    asked = {_canonical(part) for part in re.split(r"[,;/\n]", named)} - {""}
    return plate not in asked or bool(state and read_state and state != read_state)


def _canonical(text: str) -> str:
    try:
        return normalise(text)
    except PlateError:
        return ""


def may_prepare(
    actor: Actor, facts: ReleaseFacts, selection: SelectionFacts, *, parameters: Parameters, now: datetime
) -> Decision:
    """Decide whether *actor* may freeze *selection* for a request; one that was approved has to be approved anew.

    > SHR-2: names the agency, the person, the purpose and the case number

    > USE-4: A reason that names such a ground goes no further until a supervisor has taken it up.

    The search is an ordinary one (QRY-1), made for this purpose after the request came; what goes out lies within the
    time that was asked about, and is of the plate that was named, or the preparer says why not.
    """
    most = parameters.integer("releases.most_reads")
    checks = [may(actor, Right.PREPARE_RELEASES), _is_open(facts, now), _is_taken_up(actor, facts)]
    if selection.purpose != facts.purpose:
        checks.append(
            _unfit("The search was made for another purpose.", "Search for the purpose of the request.")
        )
    if not selection.case_number.strip():
        checks.append(_unfit("The search has no case number.", "Give it its number first."))
    if selection.asked_at < facts.entered_at:
        checks.append(_unfit("The search is older than the request.", "Search for this request, and say so."))
    if not 0 < len(selection.seen) <= most:
        what = f"The selection names {len(selection.seen)} reads, and one release holds 1 to {most}."
        checks.append(_unfit(what, "Choose the reads that the request is about."))
    if any(not facts.seen_from <= seen < facts.seen_until for seen in selection.seen):
        what = "Some of the chosen reads lie outside the time that was asked about."
        checks.append(_unfit(what, "Choose those within it, or have the request put anew."))
    checks.append(_keeps_to_what_is_named(selection, parameters))
    return first_refusal(*checks)


def may_decide(
    actor: Actor,
    facts: ReleaseFacts,
    *,
    approve: bool,
    reason: str,
    is_as_seen: bool,
    is_whole: bool,
    parameters: Parameters,
    now: datetime,
) -> Decision:
    """Decide whether *actor* may approve the frozen selection, or deny the request.

    > SHR-2: is fulfilled only after the Sheriff or a designee has approved it

    Args:
        actor: Who decides: never who prepared it, never who took it in.
        facts: The request.
        approve: Whether they approve.
        reason: Why, in their own words; a denial needs one.
        is_as_seen: Whether the selection is still the one that they had before their eyes.
        is_whole: Whether every read in it is still there, as it was frozen.
        parameters: The values in force.
        now: The present moment.
    """
    right = Right.DECIDE_RELEASES if facts.requester.needs_sheriff else Right.DECIDE_STATE_RELEASES
    checks = [may(actor, right), _is_another(actor, facts), _is_open(facts, now), _is_undecided(facts)]
    if approve and facts.state is not ReleaseState.PREPARED:
        checks.append(_unfit("Nothing is prepared that could be approved.", "Have a selection prepared."))
    if approve and not is_as_seen:
        checks.append(_unfit("The selection is not the one that you looked at.", "Look at it again."))
    if approve and not is_whole:
        what = "A read of the selection is gone, or is not what was frozen."
        checks.append(_unfit(what, "Have it prepared anew from what is left."))
    least = parameters.integer("query.reason_min_characters")
    if not approve and len(" ".join(reason.split())) < least:
        checks.append(_without_reason(least))
    return first_refusal(*checks)


def may_pack(
    facts: ReleaseFacts, *, is_approved: bool, is_used: bool, is_exact: bool, now: datetime
) -> Decision:
    """Decide whether a package may be made: of exactly what was approved, and once for each approval.

    > SHR-2: is fulfilled only after the Sheriff or a designee has approved it
    """
    checks = [_is_open(facts, now)]
    if not is_approved or facts.state is not ReleaseState.APPROVED:
        checks.append(_unfit("Nobody has approved this.", "Have it decided on."))
    if is_used:
        checks.append(
            _unfit("This approval has been used.", "Ask for another: one approval is for one package.")
        )
    if not is_exact:
        what = "What would go out is not what was approved."
        checks.append(_unfit(what, "Have it prepared and approved anew, and find out what was changed."))
    return first_refusal(*checks)


def may_fetch(
    actor: Actor, facts: ReleaseFacts, *, gone_at: datetime | None, is_fetched: bool, now: datetime
) -> Decision:
    """Decide whether *actor* may fetch the package: whoever prepared it, once, until it is destroyed.

    > SHR-2: is fulfilled only after the Sheriff or a designee has approved it

    > RET-1: Reads, images and everything made from them go together
    """
    checks = [may(actor, Right.PREPARE_RELEASES)]
    if actor.id != facts.prepared_by_id:
        checks.append(_unfit("Somebody else prepared this release.", "They fetch it and hand it over."))
    if is_fetched:
        checks.append(
            _unfit("It has been fetched, and is fetched once.", "Have it approved anew if it was lost.")
        )
    if gone_at is None or now >= gone_at:
        checks.append(refuse("RET-1", "The package has expired.", remedy="Have the request approved anew."))
    if facts.state is not ReleaseState.APPROVED:
        checks.append(_unfit("There is no release to be fetched.", "Look at where the request stands."))
    return first_refusal(*checks)


def may_hand_over(
    actor: Actor, facts: ReleaseFacts, *, to: str, by: HandedBy | None, is_recorded: bool = False
) -> Decision:
    """Decide whether *actor* may record to whom and how the release was handed over; what is on record stays.

    > SHR-2: Requests, approvals and denials are kept.
    """
    checks = [may(actor, Right.PREPARE_RELEASES)]
    if is_recorded:
        checks.append(_unfit("To whom it was handed over is on record.", "Nothing: it stays as it was said."))
    if facts.state is not ReleaseState.RELEASED:
        checks.append(_unfit("Nothing was released that could be handed over.", "Fetch the package first."))
    if not to.strip():
        checks.append(lacks("to", "to whom it was handed over"))
    if by is None:
        checks.append(lacks("by", "how it was handed over"))
    return first_refusal(*checks)


def may_withdraw(actor: Actor, facts: ReleaseFacts, reason: str, *, parameters: Parameters) -> Decision:
    """Decide whether *actor* may record that the requester withdrew, or that we give it up.

    > SHR-2: Requests, approvals and denials are kept.
    """
    least = parameters.integer("query.reason_min_characters")
    checks = [may(actor, Right.ENTER_RELEASES)]
    if not facts.state.is_open:
        checks.append(_unfit("The request is at its end.", "Nothing: it is on record."))
    if len(" ".join(reason.split())) < least:
        checks.append(_without_reason(least))
    return first_refusal(*checks)


def lapses_at(entered_at: datetime, approved_at: datetime | None, *, parameters: Parameters) -> datetime:
    """Return when a request expires: unless it is decided on, and once approved unless it is fetched.

    > RET-1: Reads, images and everything made from them go together
    """
    if approved_at is None:
        return entered_at + parameters.days("releases.open_days")
    return approved_at + parameters.days("releases.approval_days")


def _unfit(what: str, remedy: str) -> Decision:
    return refuse("SHR-2", what, remedy=remedy)


def _keeps_to_what_is_named(selection: SelectionFacts, parameters: Parameters) -> Decision:
    if selection.strays is None:
        what = (
            "What the request asks about cannot be opened, so nobody can say whether these reads keep to it."
        )
        return _unfit(what, "Have the request put anew.")
    if (
        not selection.strays
        or gives_reason(selection.strays_because, clause="SHR-2", parameters=parameters).allowed
    ):
        return allow("SHR-2")
    return refuse(
        "SHR-2",
        f"{selection.strays} of the chosen reads are of another plate than the request names.",
        remedy="Leave them out, or say why they go out too: whoever decides reads it.",
        field="because",
    )


def _without_reason(least: int) -> Decision:
    what = "The written reason is missing or too short."
    return refuse("SHR-2", what, remedy=f"Say why in at least {least} characters.", field="reason")


def _is_open(facts: ReleaseFacts, now: datetime) -> Decision:
    if not facts.state.is_open:
        return _unfit("The request is at its end.", "Have it put anew.")
    if now >= facts.lapses_at:
        return _unfit("The request has expired.", "Have it put anew.")
    return allow("SHR-2")


def _is_taken_up(actor: Actor, facts: ReleaseFacts) -> Decision:
    grounds = grounds_of(facts.need)
    if not grounds or actor.has(Role.SUPERVISOR):
        return allow("USE-4")
    return refuse(
        "USE-4",
        f"The request names a protected ground: {', '.join(grounds)}.",
        remedy="A supervisor looks at it and prepares it, or has it denied.",
    )


def _is_another(actor: Actor, facts: ReleaseFacts) -> Decision:
    if actor.id not in {facts.entered_by_id, facts.prepared_by_id}:
        return allow("SHR-2")
    return _unfit("Whoever takes a request in, or prepares it, does not decide on it.", "Ask somebody else.")


def _is_undecided(facts: ReleaseFacts) -> Decision:
    if facts.state in {ReleaseState.RECEIVED, ReleaseState.PREPARED}:
        return allow("SHR-2")
    return _unfit("Somebody has decided on it.", "Nothing: it is on record.")
