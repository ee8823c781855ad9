"""From a match to an alert, its verification and its disposition."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from platewarden.matching.grades import Grade
from platewarden.policy.accounts import Right, may
from platewarden.policy.actor import Actor
from platewarden.policy.casenumbers import may_name_case
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters


class Comparison(StrEnum):
    """What a person saw when comparing the plate image with the entry."""

    MATCH = "match"
    DIFFER = "differ"
    UNREADABLE = "unreadable"


class StatusCheck(StrEnum):
    """What dispatch or a vehicle query said of the entry's current status."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    NOT_POSSIBLE = "not_possible"


class Finding(StrEnum):
    """What was found about the hit."""

    CORRECT_READ = "correct_read"
    WRONG_CHARACTERS = "wrong_characters"
    WRONG_STATE = "wrong_state"
    STALE_ENTRY = "stale_entry"
    WRONG_ENTRY = "wrong_entry"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return self.value.replace("_", " ")

    @property
    def is_false_hit(self) -> bool:
        """Whether the hit ought not to have happened."""
        return self is not Finding.CORRECT_READ


class ActionTaken(StrEnum):
    """What was done."""

    STOP = "stop"
    ARREST = "arrest"
    RECOVERY = "recovery"
    LOCATED = "located"
    NO_ACTION = "no_action"
    UNABLE = "unable"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return self.value.replace("_", " ")

    @property
    def touches_someone(self) -> bool:
        """Whether a person or a vehicle was stopped or taken: such an action carries a case number."""
        return self in _TOUCHING


_TOUCHING: Final = frozenset({ActionTaken.STOP, ActionTaken.ARREST, ActionTaken.RECOVERY})


@dataclass(frozen=True, slots=True)
class Verification:
    """A person's comparison of the plate image with the hotlist entry.

    Attributes:
        characters: Of the characters.
        state: Of the state of registration; an entry for any state matches every state.
        status_check: Of the entry's current status.
        status_note: Why it was not possible, or what was said.
    """

    characters: Comparison
    state: Comparison
    status_check: StatusCheck
    status_note: str = ""

    @property
    def is_match(self) -> bool:
        """Whether both characters and state matched."""
        return self.characters is Comparison.MATCH and self.state is Comparison.MATCH


@dataclass(frozen=True, slots=True)
class VerificationFacts:
    """A verification somebody wants to record.

    Attributes:
        verification: What they say they saw.
        opened_by: Account ids of those who opened the alert's page with its plate image.
        is_disposed: Whether the alert has already ended.
    """

    verification: Verification
    opened_by: frozenset[str]
    is_disposed: bool = False


@dataclass(frozen=True, slots=True)
class DispositionFacts:
    """A disposition somebody wants to record.

    Attributes:
        verification: The latest verification of the alert; None while it is unverified.
        finding: What was found.
        action: What was done.
        case_number: Case or incident number; may be empty when nobody was stopped and nothing taken.
        is_disposed: Whether the alert has already ended.
    """

    verification: Verification | None
    finding: Finding
    action: ActionTaken
    case_number: str = ""
    is_disposed: bool = False


def raises_alert(grade: Grade, *, parameters: Parameters) -> bool:
    """Whether a match of this *grade* is a hit.

    > HIT-1: A hit raises an alert that is seen and heard.
    """
    return grade in parameters.codes("hits.alerting_grades")


def is_candidate(grade: Grade, *, parameters: Parameters) -> bool:
    """Whether a match of this *grade* is kept and counted without an alert."""
    return grade in parameters.codes("hits.candidate_grades") - parameters.codes("hits.alerting_grades")


def may_see_alerts(actor: Actor) -> Decision:
    """Decide whether *actor* may see alerts.

    > USE-1: by people whose duties call for it
    """
    return may(actor, Right.SEE_ALERTS)


def may_acknowledge(actor: Actor, *, is_disposed: bool) -> Decision:
    """Decide whether *actor* may take an alert upon themselves, so that colleagues see that somebody has it.

    > HIT-3: The disposition of every alert is recorded
    """
    return first_refusal(may(actor, Right.VERIFY_ALERTS), _is_open(is_disposed, "HIT-3"))


def may_verify(actor: Actor, facts: VerificationFacts, *, now: datetime) -> Decision:  # noqa: ARG001 - as every rule
    """Decide whether *actor* may record this verification.

    > HIT-2: Before any stop, a person who has looked at the plate image verifies that both the characters
    > and the state of registration match the hotlist entry. The current status is checked through dispatch
    > or a vehicle query when circumstances allow, and the record says whether it was.

    A verification that found a difference is as welcome as one that found none.
    """
    return first_refusal(
        may(actor, Right.VERIFY_ALERTS),
        _is_open(facts.is_disposed, "HIT-2"),
        _has_looked(actor, facts),
        _explains_status(facts.verification),
    )


def may_dispose(
    actor: Actor,
    facts: DispositionFacts,
    *,
    parameters: Parameters,
    now: datetime,  # noqa: ARG001 - as every rule
) -> Decision:
    """Decide whether *actor* may record this disposition.

    > HIT-3: The disposition of every alert is recorded: what was found and what was done. A stop, an arrest
    > or a recovery carries a case number.

    > HIT-2: Until then the alert is unverified, and says so.
    """
    verification = facts.verification
    return first_refusal(
        may(actor, Right.DISPOSE_OF_ALERTS),
        _is_open(facts.is_disposed, "HIT-3"),
        _unverified() if verification is None else _agrees(facts.finding, verification),
        _unverified() if verification is None else _was_verified_before(facts.action, verification),
        _names_case(facts, parameters),
    )


def _is_open(is_disposed: bool, clause: str) -> Decision:  # noqa: FBT001 - one fact, private
    if is_disposed:
        return refuse(clause, "This alert already has its disposition.", remedy="Nothing: it is on record.")
    return allow(clause)


def _has_looked(actor: Actor, facts: VerificationFacts) -> Decision:
    if actor.id in facts.opened_by:
        return allow("HIT-2")
    return refuse(
        "HIT-2",
        "You have not opened this alert's plate image.",
        remedy="Open the alert, compare the image with the entry, then verify.",
        field="characters",
    )


def _explains_status(verification: Verification) -> Decision:
    if verification.status_check is StatusCheck.NOT_POSSIBLE and not verification.status_note.strip():
        return refuse(
            "HIT-2",
            "The record does not say why the status could not be checked.",
            remedy="Say in a few words why not, or check it through dispatch.",
            field="status_note",
        )
    return allow("HIT-2")


def _unverified() -> Decision:
    return refuse(
        "HIT-2",
        "This alert is unverified.",
        remedy="Compare characters and state with the image first; 'unreadable' is an answer too.",
    )


def _agrees(finding: Finding, verification: Verification) -> Decision:
    if finding is Finding.CORRECT_READ and not verification.is_match:
        return refuse(
            "HIT-2",
            "The read is called correct, and its verification found no match of characters and state.",
            remedy="Verify again, or choose the finding that fits.",
            field="finding",
        )
    return allow("HIT-3")


def _was_verified_before(action: ActionTaken, verification: Verification) -> Decision:
    if not action.touches_someone:
        return allow("HIT-2")
    if not verification.is_match:
        return refuse(
            "HIT-2",
            f"'{action.label}' needs a verification in which both characters and state matched.",
            remedy="Verify again; if you acted without it, tell your supervisor now.",
            field="action",
        )
    if verification.status_check is StatusCheck.CONTRADICTED:
        return refuse(
            "HIT-2",
            f"The status check contradicted the entry: it cannot carry '{action.label}'.",
            remedy="Check the status again; if you acted all the same, tell your supervisor now.",
            field="action",
        )
    return allow("HIT-2")


def _names_case(facts: DispositionFacts, parameters: Parameters) -> Decision:
    if not facts.action.touches_someone and not facts.case_number.strip():
        return allow("HIT-3")
    return may_name_case(facts.case_number, clause="HIT-3", parameters=parameters)
