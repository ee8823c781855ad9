"""Plates entered by hand: what an entry needs, how long it lasts, who approves, renews and withdraws it."""

from dataclasses import dataclass, replace
from datetime import datetime

from platewarden.matching.patterns import LEAST_KNOWN
from platewarden.policy.actor import Actor
from platewarden.policy.audiences import EVERYBODY, Audience, Priority
from platewarden.policy.casenumbers import may_name_case
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.hotlists import Category, may_hold
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may
from platewarden.policy.use import may_state_reason


@dataclass(frozen=True, slots=True)
class ManualEntryFacts:
    """A plate to be entered by hand, without the plate.

    Attributes:
        reason: Why, as written.
        case_number: Case or incident number; empty when there is none yet.
        state: Postal code of the state of registration; empty when none is named.
        any_state: Whether any state is expressly meant.
        expires_at: When the entry ends; None when that was not said.
        exigent: Whether a life or grave harm is at stake and no number exists yet.
        category: Category of the entry.
        requested_by: The colleague it is entered for, if any.
        known_characters: How many characters of a partial plate are known; None of a whole plate.
        instructions: What the officer should know or do.
        cautions: What the officer must not do.
        audience: For whom its alerts are.
        priority: How loudly they are told; a category about a life is always told loudly.
    """

    reason: str
    case_number: str
    state: str
    any_state: bool
    expires_at: datetime | None
    exigent: bool = False
    category: Category = Category.MANUAL
    requested_by: str = ""
    known_characters: int | None = None
    instructions: str = ""
    cautions: str = ""
    audience: Audience = EVERYBODY
    priority: Priority = Priority.NORMAL

    @property
    def lacks_number(self) -> bool:
        """Whether its case or incident number is still to come."""
        return self.exigent and not self.case_number.strip()


def may_enter_manually(
    actor: Actor, facts: ManualEntryFacts, *, parameters: Parameters, now: datetime
) -> Decision:
    """Decide whether *actor* may enter, complete or renew a plate by hand.

    > HOT-2: A plate entered by hand needs a written reason, and a case or incident number unless the entry
    > is marked exigent and completed within the time allowed. It names the state of registration or says
    > expressly that any state is meant, and it expires.
    """
    return first_refusal(
        may(actor, Right.ENTER_MANUALLY),
        may_hold(facts.category, parameters=parameters),
        _gives_reason(facts, parameters),
        _stays_within_use(actor, facts),
        _is_known_enough(facts),
        _names_case(facts, parameters),
        _names_state(facts),
        _expires(facts, parameters, now),
    )


def ends_at(facts: ManualEntryFacts, *, entered_at: datetime, parameters: Parameters) -> datetime:
    """Return when an entry accepted with *facts* stops matching unless it is completed or renewed.

    > HOT-2: unless the entry is marked exigent and completed within the time allowed

    An exigent entry without its number ends when the number is due; only where a life is at stake, as the agency
    has decided, it keeps its own end and escalates instead.
    """
    if facts.expires_at is None:
        raise ValueError("an entry that was accepted has an end: ask may_enter_manually first")
    if not facts.lacks_number or survives(facts.category, parameters=parameters):
        return facts.expires_at
    return min(facts.expires_at, completion_due_at(entered_at, parameters=parameters))


def survives(category: Category, *, parameters: Parameters) -> bool:
    """Whether an exigent entry of *category* outlives the time for its number.

    > HOT-2: unless the entry is marked exigent and completed within the time allowed
    """
    return category in parameters.codes("hotlist.exigent_survivors")


def needs_approval(category: Category, *, parameters: Parameters) -> bool:
    """Whether a manual entry of *category* waits for a second person.

    > HOT-2: Where the agency has decided so, it matches only once a second person has approved it.
    """
    return category in parameters.codes("hotlist.manual_needs_approval")


def may_approve_entry(actor: Actor, *, entered_by_id: str, is_over: bool, is_approved: bool) -> Decision:
    """Decide whether *actor* may approve an entry made by *entered_by_id*.

    > HOT-2: Where the agency has decided so, it matches only once a second person has approved it.
    """
    if actor.id == entered_by_id:
        return refuse(
            "HOT-2",
            "Whoever enters a plate does not approve it.",
            remedy="Ask another supervisor to look at it.",
        )
    if is_over or is_approved:
        return refuse(
            "HOT-2",
            "This entry is over." if is_over else "This entry is approved already.",
            remedy="Nothing: there is nothing left to approve.",
        )
    return may(actor, Right.APPROVE_ENTRIES)


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """An entry made by hand that somebody wants to renew.

    Attributes:
        reason: Why it was entered or last renewed.
        case_number: Its case or incident number; empty while exigent.
        entered_at: When it was entered.
        is_withdrawn: Whether somebody has withdrawn it.
        is_erased: Whether its plate is gone.
    """

    reason: str
    case_number: str
    entered_at: datetime
    is_withdrawn: bool
    is_erased: bool = False


def may_renew(
    actor: Actor, entry: EntryFacts, facts: ManualEntryFacts, *, parameters: Parameters, now: datetime
) -> Decision:
    """Decide whether *actor* may renew *entry* with new *facts*: a fresh reason, a new end, the number it lacked.

    > HOT-2: It names the state of registration or says expressly that any state is meant, and it expires.

    > HOT-2: unless the entry is marked exigent and completed within the time allowed
    """
    return first_refusal(
        may_enter_manually(actor, facts, parameters=parameters, now=now),
        _is_there(entry),
        _is_fresh(facts.reason, entry.reason),
        _is_completed_in_time(entry, facts, parameters, now),
    )


def completion_due_at(entered_at: datetime, *, parameters: Parameters) -> datetime:
    """Return when an exigent entry must have its case number; after that it ends, or escalates.

    > HOT-2: unless the entry is marked exigent and completed within the time allowed
    """
    return entered_at + parameters.hours("hotlist.exigent_completion_hours")


def may_withdraw(actor: Actor, *, entered_by_id: str) -> Decision:
    """Decide whether *actor* may withdraw an entry made by *entered_by_id*: their own, or as management.

    > USE-1: The system and its records are used for legitimate law-enforcement and public-safety purposes
    > only, by people whose duties call for it.
    """
    if actor.id == entered_by_id:
        return may(actor, Right.ENTER_MANUALLY)
    return may(actor, Right.WITHDRAW_ANY_ENTRY)


def renewal_approves(actor: Actor, *, entered_by_id: str) -> bool:
    """Whether *actor* renewing an entry made by *entered_by_id* is at once its second person."""
    return actor.id != entered_by_id and may(actor, Right.APPROVE_ENTRIES).allowed


def _stays_within_use(actor: Actor, facts: ManualEntryFacts) -> Decision:
    """Hold what officers are told to do about a plate to the same words as the reason for it."""
    texts = {"reason": facts.reason, "instructions": facts.instructions, "cautions": facts.cautions}
    decisions = {
        field: may_state_reason(actor, text, requested_by=facts.requested_by) for field, text in texts.items()
    }
    refused = next((field for field, decision in decisions.items() if not decision.allowed), "reason")
    decision = decisions[refused]
    return replace(decision, field=refused) if decision.field == "reason" else decision


def _is_known_enough(facts: ManualEntryFacts) -> Decision:
    if facts.known_characters is None or facts.known_characters >= LEAST_KNOWN:
        return allow("HOT-2")
    return refuse(
        "HOT-2",
        "So few known characters fit a good part of all vehicles.",
        remedy=f"Give at least {LEAST_KNOWN} letters or digits beside the wildcards.",
        field="plate",
    )


def _is_there(entry: EntryFacts) -> Decision:
    if entry.is_withdrawn or entry.is_erased:
        return refuse(
            "HOT-2",
            "The entry has been withdrawn." if entry.is_withdrawn else "The plate of this entry is erased.",
            remedy="Enter the plate again, with its reason.",
        )
    return allow("HOT-2")


def _is_fresh(reason: str, previous: str) -> Decision:
    if " ".join(reason.lower().split()) == " ".join(previous.lower().split()):
        return refuse(
            "HOT-2",
            "The reason is the one given before.",
            remedy="Write why the entry is still needed now.",
            field="reason",
        )
    return allow("HOT-2")


def _is_completed_in_time(
    entry: EntryFacts, facts: ManualEntryFacts, parameters: Parameters, now: datetime
) -> Decision:
    lacks_number = not (entry.case_number.strip() or facts.case_number.strip())
    if lacks_number and now >= completion_due_at(entry.entered_at, parameters=parameters):
        return refuse(
            "HOT-2",
            "The time in which an exigent entry must be given its number is over.",
            remedy="Give the case or incident number.",
            field="case_number",
        )
    return allow("HOT-2")


def _gives_reason(facts: ManualEntryFacts, parameters: Parameters) -> Decision:
    if len(facts.reason.strip()) < parameters.integer("query.reason_min_characters"):
        return refuse(
            "HOT-2",
            "The entry does not say why.",
            remedy=f"Write at least {parameters.integer('query.reason_min_characters')} characters.",
            field="reason",
        )
    return allow("HOT-2")


def _names_case(facts: ManualEntryFacts, parameters: Parameters) -> Decision:
    if facts.exigent and not facts.case_number.strip():
        return allow("HOT-2")
    return may_name_case(facts.case_number, clause="HOT-2", parameters=parameters)


def _names_state(facts: ManualEntryFacts) -> Decision:
    if facts.any_state is bool(facts.state.strip()):
        return refuse(
            "HOT-2",
            "The entry must name one state, or say that any state is meant.",
            remedy="Choose the state of registration, or tick 'any state'; not both.",
            field="state",
        )
    return allow("HOT-2")


def _expires(facts: ManualEntryFacts, parameters: Parameters, now: datetime) -> Decision:
    longest = parameters.days("hotlist.manual_max_days")
    if facts.expires_at is None or not now < facts.expires_at <= now + longest:
        return refuse(
            "HOT-2",
            "The entry does not end at a time that the policy allows.",
            remedy=f"Give an end within {longest.days} days from now; it can be renewed with a fresh reason.",
            field="expires_at",
        )
    return allow("HOT-2")
