"""What follows from a hit that ought not to have happened: suppression, correction, complaint (HIT-3)."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


class LiftedBecause(StrEnum):
    """Why a suppressed entry alerts again."""

    CORRECTED = "corrected"
    NOT_CONFIRMED = "not_confirmed"
    BY_ADMINISTRATOR = "by_administrator"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _LIFTED[self]


_LIFTED: Final = {
    LiftedBecause.CORRECTED: "its owner changed the entry",
    LiftedBecause.NOT_CONFIRMED: "the second person did not confirm it",
    LiftedBecause.BY_ADMINISTRATOR: "the administrator lifted it",
}


class Channel(StrEnum):
    """How something reached us, or went out."""

    LETTER = "letter"
    EMAIL = "email"
    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    PORTAL = "portal"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return {"email": "e-mail", "portal": "the owner's portal or terminal"}.get(
            self.value, self.value.replace("_", " ")
        )


class Answer(StrEnum):
    """What the owner of an entry answered to a correction notice."""

    CORRECTED = "corrected"
    REMOVED = "removed"
    UPHELD = "upheld"
    NO_RECORD = "no_record"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _ANSWERS[self]


_ANSWERS: Final = {
    Answer.CORRECTED: "the entry was corrected",
    Answer.REMOVED: "the entry was removed",
    Answer.UPHELD: "the owner holds the entry to be right",
    Answer.NO_RECORD: "the owner has no such entry",
}


class Concern(StrEnum):
    """What a resident complains of."""

    STOPPED_ONCE = "stopped_once"
    STOPPED_AGAIN = "stopped_again"
    WRONG_ENTRY = "wrong_entry"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _CONCERNS[self]


_CONCERNS: Final = {
    Concern.STOPPED_ONCE: "stopped on a false hit",
    Concern.STOPPED_AGAIN: "stopped again and again",
    Concern.WRONG_ENTRY: "on a list by mistake",
    Concern.OTHER: "another concern",
}


class Outcome(StrEnum):
    """How a complaint was answered."""

    SUPPRESSED = "suppressed"
    CORRECTED = "corrected"
    NOTHING_FOUND = "nothing_found"
    REFERRED = "referred"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _OUTCOMES[self]


_OUTCOMES: Final = {
    Outcome.SUPPRESSED: "the entry no longer alerts for this plate",
    Outcome.CORRECTED: "its owner corrected the entry",
    Outcome.NOTHING_FOUND: "no entry was found behind it",
    Outcome.REFERRED: "referred to another office",
}


def silences(category: Category, *, is_confirmed: bool) -> bool:
    """Whether a suppression keeps an entry of *category* from alerting for its plate.

    > HIT-1: A high-priority alert cannot be muted.

    One person's finding is enough for an ordinary entry; for one about a life, a second person must agree.
    """
    return is_confirmed or not category.is_high_priority


def review_due_at(placed_at: datetime, *, parameters: Parameters) -> datetime:
    """Return when a second person must have reviewed a suppression; after that it is overdue, and stays."""
    return placed_at + parameters.hours("corrections.review_hours")


def may_see_register(actor: Actor) -> Decision:
    """Decide whether *actor* may see the register of false hits.

    > HIT-3: The disposition of every alert is recorded
    """
    return may(actor, Right.SEE_FALSE_HITS)


def may_confirm(actor: Actor, *, placed_by_id: str, is_confirmed: bool, is_lifted: bool) -> Decision:
    """Decide whether *actor* may confirm that an entry is wrong: somebody else than who said so first.

    > HIT-3: The disposition of every alert is recorded: what was found and what was done.
    """
    return first_refusal(
        may(actor, Right.REVIEW_SUPPRESSIONS),
        _stands(is_lifted=is_lifted),
        _is_second(actor, placed_by_id),
        _waits(is_confirmed=is_confirmed),
    )


def may_lift(
    actor: Actor, *, reason: str, is_confirmed: bool, is_lifted: bool, parameters: Parameters
) -> Decision:
    """Decide whether *actor* may let a suppressed entry alert again, for a written *reason*.

    > HIT-1: A hit raises an alert that is seen and heard.

    Whoever reviews may refuse what one person alone has said; what two have confirmed, the administrator lifts.
    """
    right = Right.LIFT_SUPPRESSIONS if is_confirmed else Right.REVIEW_SUPPRESSIONS
    return first_refusal(may(actor, right), _stands(is_lifted=is_lifted), _says_why(reason, parameters))


def may_write_correction(actor: Actor) -> Decision:
    """Decide whether *actor* may write to an agency that its entry is wrong.

    > HIT-3: what was found and what was done
    """
    return may(actor, Right.WRITE_CORRECTIONS)


def may_track_correction(actor: Actor) -> Decision:
    """Decide whether *actor* may record that a correction notice was sent or answered.

    > HIT-3: what was found and what was done
    """
    return may(actor, Right.REVIEW_SUPPRESSIONS)


def answer_due_at(sent_at: datetime, *, parameters: Parameters) -> datetime:
    """Return when the answer to a correction notice is overdue."""
    return sent_at + parameters.days("corrections.notice_answer_days")


def may_keep_complaints(actor: Actor) -> Decision:
    """Decide whether *actor* may record, read and answer residents' complaints.

    > USE-1: by people whose duties call for it
    """
    return may(actor, Right.KEEP_COMPLAINTS)


def may_look_behind(actor: Actor, *, is_answered: bool) -> Decision:
    """Decide whether *actor* may see which entries a complaint's plate matches now, and suppress them.

    > USE-1: by people whose duties call for it

    The administrator who takes the complaint sees no entries: a complaint must not tell anyone who is wanted.
    """
    return first_refusal(may(actor, Right.LOOK_BEHIND_COMPLAINTS), _is_unanswered(is_answered=is_answered))


def complaint_due_at(received_at: datetime, *, parameters: Parameters) -> datetime:
    """Return when a complaint's answer is overdue."""
    return received_at + parameters.days("corrections.complaint_answer_days")


def erasure_due_at(answered_at: datetime, *, parameters: Parameters) -> datetime:
    """Return when the personal part of an answered complaint is erased."""
    return answered_at + parameters.days("corrections.complaint_keep_days")


def _stands(*, is_lifted: bool) -> Decision:
    if is_lifted:
        return refuse("HIT-3", "This suppression has been lifted.", remedy="Nothing: the entry alerts again.")
    return allow("HIT-3")


def _waits(*, is_confirmed: bool) -> Decision:
    if is_confirmed:
        return refuse("HIT-3", "This suppression is confirmed already.", remedy="Nothing: two people agree.")
    return allow("HIT-3")


def _is_second(actor: Actor, placed_by_id: str) -> Decision:
    if actor.id == placed_by_id:
        return refuse(
            "HIT-3",
            "Whoever called the entry wrong does not confirm it.",
            remedy="Ask another supervisor or the administrator to review it.",
        )
    return allow("HIT-3")


def _says_why(reason: str, parameters: Parameters) -> Decision:
    least = parameters.integer("query.reason_min_characters")
    if len(reason.strip()) < least:
        return refuse(
            "HIT-3",
            "The record does not say why the entry is to alert again.",
            remedy=f"Write at least {least} characters, without a plate.",
            field="reason",
        )
    return allow("HIT-3")


def _is_unanswered(*, is_answered: bool) -> Decision:
    if is_answered:
        return refuse(
            "HIT-3", "This complaint has been answered.", remedy="Record a new one if there is a new concern."
        )
    return allow("HIT-3")
