"""From a match to an alert, its verification and its disposition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from platewarden.matching.grades import Grade, Match, grade
from platewarden.policy.actor import Actor
from platewarden.policy.casenumbers import may_name_case
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


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


class StatusReason(StrEnum):
    """Why the status could not be checked; a closed list, so that it can outlive the hit's day."""

    NO_ANSWER = "no_answer"
    NO_CONNECTION = "no_connection"
    NO_TIME = "no_time"
    SYSTEM_DOWN = "system_down"
    NO_MATCH = "no_match"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _STATUS_REASONS[self]

    @property
    def brief(self) -> str:
        """The same as a button has room for."""
        return self.label.partition(":")[0].capitalize()


_STATUS_REASONS: Final = {
    StatusReason.NO_ANSWER: "dispatch did not answer",
    StatusReason.NO_CONNECTION: "no radio or network",
    StatusReason.NO_TIME: "no time: the vehicle was moving, or somebody at risk",
    StatusReason.SYSTEM_DOWN: "the query system was down",
    StatusReason.NO_MATCH: "not asked: the image does not match the entry",
    StatusReason.OTHER: "another reason, in the note",
}


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

    @property
    def blames_entry(self) -> bool:
        """Whether the read was right and the list was not: its owner has something to correct."""
        return self in {Finding.STALE_ENTRY, Finding.WRONG_ENTRY}


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


class Basis(StrEnum):
    """What a stop, an arrest or a recovery rested on."""

    HIT = "hit"
    OTHER_GROUND = "other_ground"
    BOTH = "both"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _BASES[self]


_BASES: Final = {
    Basis.HIT: "the verified hit",
    Basis.OTHER_GROUND: "another ground, seen independently of the hit",
    Basis.BOTH: "the verified hit and another ground",
}


@dataclass(frozen=True, slots=True)
class Verification:
    """A person's comparison of the plate image with the hotlist entry.

    Attributes:
        characters: Of the characters.
        state: Of the state of registration; an entry for any state matches every state.
        status_check: Of the entry's current status.
        status_note: Why it was not possible, or what was said.
        status_reason: Why it was not possible, from the closed list.
        looked_again: Whether they say expressly that they compared again after a first look that differed.
    """

    characters: Comparison
    state: Comparison
    status_check: StatusCheck
    status_note: str = ""
    status_reason: StatusReason | None = None
    looked_again: bool = False

    @property
    def is_match(self) -> bool:
        """Whether both characters and state matched."""
        return self.characters is Comparison.MATCH and self.state is Comparison.MATCH


@dataclass(frozen=True, slots=True)
class DispositionFacts:
    """A disposition somebody wants to record.

    Attributes:
        verification: The latest verification of the alert; None while it is unverified.
        finding: What was found.
        action: What was done.
        case_number: Case or incident number; may be empty when nobody was stopped and nothing taken.
        is_disposed: Whether the alert has already ended.
        kept_in: Number of the case that has the hit already; empty when none has.
    """

    verification: Verification | None
    finding: Finding
    action: ActionTaken
    case_number: str = ""
    is_disposed: bool = False
    kept_in: str = ""


def raises_alert(match: Match, category: Category, *, parameters: Parameters) -> bool:
    """Whether *match* with an entry of *category* is a hit: each of its flaws must be one that alerts.

    > HIT-1: A hit raises an alert that is seen and heard.
    """
    return match.weaknesses <= _alerting(category, parameters)


def is_candidate(match: Match, category: Category, *, parameters: Parameters) -> bool:
    """Whether *match* with an entry of *category* is kept and listed without an alert.

    > HIT-1: A weaker match is listed as a candidate, if at all, and raises no alert until a person does so with
    > a reason.
    """
    alerting = _alerting(category, parameters)
    return not match.weaknesses <= alerting and match.weaknesses <= alerting | parameters.codes(
        "hits.candidate_grades"
    )


def _alerting(category: Category, parameters: Parameters) -> frozenset[str]:
    grades = parameters.codes("hits.alerting_grades")
    if category in parameters.codes("hits.partial_alerting_categories"):
        return grades | {Grade.PARTIAL}
    return grades


def searches_near(category: Category, *, parameters: Parameters) -> bool:
    """Whether entries of *category* are also compared with plates one character away.

    > HIT-1: A weaker match is listed as a candidate
    """
    return category in parameters.codes("hits.one_character_categories")


def weighs_alternate(confidence: float, *, parameters: Parameters) -> bool:
    """Whether another reading that the camera gave with this *confidence*, 0-1, counts as evidence.

    > HIT-1: A weaker match is listed as a candidate
    """
    return 100 * confidence >= parameters.integer("hits.alternate_least_percent")


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """What of a read is compared with entries.

    Attributes:
        plate: Canonical plate.
        state: Postal code; empty where it is not known.
        confidences: Of each character, 0-1, in order; may be empty.
        alternates: Other readings the camera gave, by canonical plate, with their confidence, 0-1.
    """

    plate: str
    state: str
    confidences: Sequence[float] = ()
    alternates: Mapping[str, float] = field(default_factory=dict)

    def weighed_alternates(self, *, parameters: Parameters) -> dict[str, float]:
        """Return those of the alternates that count as evidence."""
        return {
            plate: confidence
            for plate, confidence in self.alternates.items()
            if weighs_alternate(confidence, parameters=parameters)
        }


def weigh(
    read: ReadFacts, entry_plate: str, entry_state: str | None, category: Category, *, parameters: Parameters
) -> tuple[Match, bool] | None:
    """Return how *read* and an entry match, and whether that alerts; None if it is not even listed.

    > HIT-1: A weaker match is listed as a candidate, if at all, and raises no alert until a person does so with
    > a reason.

    *entry_state* is None where the entry is expressly for any state, and empty where it does not say.
    """
    match = grade(
        read.plate,
        read.state,
        entry_plate,
        entry_state,
        confidences=read.confidences,
        with_one_character=searches_near(category, parameters=parameters),
        alternates=read.weighed_alternates(parameters=parameters),
    )
    if match is None:
        return None
    alerts = raises_alert(match, category, parameters=parameters)
    return (match, alerts) if alerts or is_candidate(match, category, parameters=parameters) else None


def may_see_alerts(actor: Actor) -> Decision:
    """Decide whether *actor* may see alerts.

    > USE-1: by people whose duties call for it
    """
    return may(actor, Right.SEE_ALERTS)


def may_acknowledge(actor: Actor, *, is_disposed: bool) -> Decision:
    """Decide whether *actor* may take an alert upon themselves, so that colleagues see that somebody has it.

    > HIT-3: The disposition of every alert is recorded
    """
    return first_refusal(may(actor, Right.VERIFY_ALERTS), is_open(is_disposed, "HIT-3"))


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
        is_open(facts.is_disposed, "HIT-3"),
        _unverified() if verification is None else _agrees(facts.finding, verification),
        _unverified() if verification is None else _was_verified_before(facts.action, verification),
        _names_case(facts, parameters),
        _names_its_case(facts),
    )


def is_open(is_disposed: bool, clause: str) -> Decision:  # noqa: FBT001 - one fact
    """Decide whether anything can still be said about an alert; what has ended is on record."""
    if is_disposed:
        return refuse(clause, "This alert already has its disposition.", remedy="Nothing: it is on record.")
    return allow(clause)


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


def _names_its_case(facts: DispositionFacts) -> Decision:
    number = facts.case_number.strip()
    if facts.kept_in and number and number != facts.kept_in:
        return refuse(
            "HIT-3",
            f"Case {facts.kept_in} has this hit already.",
            remedy=f"Give that number; if it is wrong, tell whoever keeps case {facts.kept_in}.",
            field="case_number",
        )
    return allow("HIT-3")
