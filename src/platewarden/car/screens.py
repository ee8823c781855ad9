"""Which question the terminal asks, and what its three buttons mean; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from platewarden.policy.hits import ActionTaken, Comparison, Finding, StatusCheck, StatusReason, Verification


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


_REASONS: Final = (StatusReason.NO_CONNECTION, StatusReason.NO_ANSWER, StatusReason.NO_TIME)
"""Why the status is not checked on the road; the others of the list are on the alert's page."""

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
                tuple(Button(reason.value, reason.brief) for reason in _REASONS),
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


def _unchecked(characters: Comparison, state: Comparison, reason: StatusReason) -> Verification:
    return Verification(characters, state, StatusCheck.NOT_POSSIBLE, status_reason=reason)


_MATCH, _DIFFER, _UNREADABLE = Comparison.MATCH, Comparison.DIFFER, Comparison.UNREADABLE
_VERIFICATIONS: Final[Mapping[str, Verification]] = MappingProxyType(
    {
        "confirmed": Verification(_MATCH, _MATCH, StatusCheck.CONFIRMED),
        "contradicted": Verification(_MATCH, _MATCH, StatusCheck.CONTRADICTED),
        "characters": _unchecked(_DIFFER, _MATCH, StatusReason.NO_MATCH),
        "state": _unchecked(_MATCH, _DIFFER, StatusReason.NO_MATCH),
        "unreadable": _unchecked(_UNREADABLE, _UNREADABLE, StatusReason.NO_MATCH),
        **{reason.value: _unchecked(_MATCH, _MATCH, reason) for reason in _REASONS},
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
    return _VERIFICATIONS.get(answer)


def ending_of(answer: str, verification: Verification | None) -> tuple[Finding, ActionTaken] | None:
    """Return what *answer* says was found and done; None if it ends nothing."""
    action = _ENDINGS.get(answer)
    if action is None:
        return None
    if answer != "false_hit":
        return Finding.CORRECT_READ, action
    is_state = verification is not None and verification.characters is not Comparison.DIFFER
    return (Finding.WRONG_STATE if is_state else Finding.WRONG_CHARACTERS), action
