"""Which question the terminal asks, and what its three buttons mean; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from platewarden.policy.hits import ActionTaken, Comparison, Finding, StatusCheck, Verification


class Stage(StrEnum):
    """The question that is asked."""

    COMPARE = "compare"
    DIFFERENCE = "difference"
    STATUS = "status"
    REASON = "reason"
    ENDING = "ending"
    FALSE_HIT = "false_hit"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Button:
    """One of the three buttons; its place is its key.

    Attributes:
        answer: What is sent; empty for a button that leads to another page.
        label: What it says.
        tone: ``good``, ``danger`` or empty.
        leads_to: ``next`` or ``page`` for a button that sends nothing.
    """

    answer: str
    label: str
    tone: str = ""
    leads_to: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """A question with its buttons, three at most."""

    stage: Stage
    question: str
    buttons: tuple[Button, ...]


SCREENS: Final[Mapping[Stage, Screen]] = MappingProxyType(
    {
        screen.stage: screen
        for screen in (
            Screen(
                Stage.COMPARE,
                "Do characters and state on the image match the entry?",
                (
                    Button("match", "Both match", "good"),
                    Button("differ", "Differ, or cannot read", "danger"),
                    Button("", "Next alert", leads_to="next"),
                ),
            ),
            Screen(
                Stage.STATUS,
                "What does dispatch say of the entry's status?",
                (
                    Button("confirmed", "Confirmed", "good"),
                    Button("contradicted", "Contradicted", "danger"),
                    Button("unchecked", "Not possible"),
                ),
            ),
            Screen(
                Stage.REASON,
                "Why could the status not be checked?",
                (
                    Button("no_connection", "No radio or network"),
                    Button("no_answer", "No answer"),
                    Button("no_time", "No time"),
                ),
            ),
            Screen(
                Stage.DIFFERENCE,
                "What does not match?",
                (
                    Button("characters", "Characters differ", "danger"),
                    Button("state", "State differs", "danger"),
                    Button("unreadable", "Cannot read it"),
                ),
            ),
            Screen(
                Stage.ENDING,
                "Verified. How did it end?",
                (
                    Button("located", "Located, no stop"),
                    Button("no_action", "No action"),
                    Button("", "Stop, arrest, recovery", leads_to="page"),
                ),
            ),
            Screen(
                Stage.FALSE_HIT,
                "It does not match: nobody is stopped on it.",
                (
                    Button("false_hit", "End it: false hit", "good"),
                    Button("", "Next alert", leads_to="next"),
                    Button("", "Open its page", leads_to="page"),
                ),
            ),
            Screen(
                Stage.UNREAD,
                "Nobody could read it: nobody is stopped on it.",
                (Button("", "Open its page", leads_to="page"), Button("", "Next alert", leads_to="next")),
            ),
        )
    }
)

LEADS_TO: Final[Mapping[str, Stage]] = MappingProxyType(
    {"match": Stage.STATUS, "differ": Stage.DIFFERENCE, "unchecked": Stage.REASON}
)
"""Answers that ask another question before anything is recorded about the comparison."""

_DIFFERS: Final = "Not asked: the image does not match the entry."
_VERIFICATIONS: Final[Mapping[str, tuple[Comparison, Comparison, StatusCheck, str]]] = MappingProxyType(
    {
        "confirmed": (Comparison.MATCH, Comparison.MATCH, StatusCheck.CONFIRMED, ""),
        "contradicted": (Comparison.MATCH, Comparison.MATCH, StatusCheck.CONTRADICTED, ""),
        "no_connection": (
            Comparison.MATCH,
            Comparison.MATCH,
            StatusCheck.NOT_POSSIBLE,
            "No radio or network.",
        ),
        "no_answer": (
            Comparison.MATCH,
            Comparison.MATCH,
            StatusCheck.NOT_POSSIBLE,
            "Dispatch did not answer.",
        ),
        "no_time": (Comparison.MATCH, Comparison.MATCH, StatusCheck.NOT_POSSIBLE, "No time."),
        "characters": (Comparison.DIFFER, Comparison.MATCH, StatusCheck.NOT_POSSIBLE, _DIFFERS),
        "state": (Comparison.MATCH, Comparison.DIFFER, StatusCheck.NOT_POSSIBLE, _DIFFERS),
        "unreadable": (Comparison.UNREADABLE, Comparison.UNREADABLE, StatusCheck.NOT_POSSIBLE, _DIFFERS),
    }
)
_ENDINGS: Final[Mapping[str, ActionTaken]] = MappingProxyType(
    {"located": ActionTaken.LOCATED, "no_action": ActionTaken.NO_ACTION, "false_hit": ActionTaken.NO_ACTION}
)

ANSWERS: Final = frozenset({*LEADS_TO, *_VERIFICATIONS, *_ENDINGS})


def screen_for(verification: Verification | None, asked: str) -> Screen:
    """Return the screen of an alert; *asked* is the stage that the terminal is at, if the alert allows it.

    > HIT-2: Until then the alert is unverified, and says so.

    Before somebody has verified it there is no way to an ending; afterwards there is no way back but its page.
    """
    if verification is not None:
        return SCREENS[_after(verification)]
    before = {Stage.STATUS, Stage.REASON, Stage.DIFFERENCE}
    return SCREENS[Stage(asked) if asked in before else Stage.COMPARE]


def _after(verification: Verification) -> Stage:
    if verification.is_match:
        return Stage.ENDING
    seen = {verification.characters, verification.state}
    return Stage.FALSE_HIT if Comparison.DIFFER in seen else Stage.UNREAD


def verification_of(answer: str) -> Verification | None:
    """Return the verification that *answer* records; None if it records none."""
    found = _VERIFICATIONS.get(answer)
    return Verification(*found) if found else None


def ending_of(answer: str, verification: Verification | None) -> tuple[Finding, ActionTaken] | None:
    """Return what *answer* says was found and done; None if it ends nothing."""
    action = _ENDINGS.get(answer)
    if action is None:
        return None
    if answer != "false_hit":
        return Finding.CORRECT_READ, action
    is_state = verification is not None and verification.characters is not Comparison.DIFFER
    return (Finding.WRONG_STATE if is_state else Finding.WRONG_CHARACTERS), action
