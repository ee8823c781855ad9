"""The questions of the terminal, and that no way leads round a verification."""

from itertools import product

import pytest

from platewarden.car.screens import (
    ANSWERS,
    LEADS_TO,
    SCREENS,
    Stage,
    ending_of,
    screen_for,
    verification_of,
)
from platewarden.policy.hits import ActionTaken, Comparison, Finding, StatusCheck, StatusReason, Verification


def test_every_screen_has_three_buttons_at_most_and_every_answer_a_button() -> None:
    """And each answer either asks on, verifies or ends."""
    offered = {button.answer for screen in SCREENS.values() for button in screen.buttons if button.answer}
    assert offered == ANSWERS
    assert all(1 <= len(screen.buttons) <= 3 for screen in SCREENS.values())
    for answer in ANSWERS:
        kinds = (answer in LEADS_TO, verification_of(answer) is not None, ending_of(answer, None) is not None)
        assert kinds.count(True) == 1


@pytest.mark.clause("HIT-2")
def test_two_keys_verify() -> None:
    """1 and 1: both match, status confirmed."""
    first = screen_for(None, "").buttons[0].answer
    second = screen_for(None, LEADS_TO[first]).buttons[0].answer
    expected = Verification(Comparison.MATCH, Comparison.MATCH, StatusCheck.CONFIRMED)
    assert verification_of(second) == expected


@pytest.mark.clause("HIT-2")
def test_why_the_status_was_not_checked_is_said_from_the_one_list() -> None:
    """The same reasons, in the same words, as on the alert's page; so a report and the rates count them together."""
    for button in SCREENS[Stage.REASON].buttons:
        verification = verification_of(button.answer)
        assert verification is not None
        assert verification.status_check is StatusCheck.NOT_POSSIBLE
        assert verification.status_reason == button.answer
        assert StatusReason(button.answer).label.startswith(button.label.lower())
    for answer in ("characters", "state", "unreadable"):
        found = verification_of(answer)
        assert found is not None
        assert found.status_reason is StatusReason.NO_MATCH


@pytest.mark.clause("HIT-2")
@pytest.mark.parametrize("asked", ["", "ending", "false_hit", "nonsense", "unread", "compare"])
def test_an_unverified_alert_offers_no_ending(asked: str) -> None:
    """Whatever stage an address asks for."""
    assert screen_for(None, asked).stage is Stage.COMPARE


@pytest.mark.clause("HIT-2", "HIT-3")
def test_no_button_stops_anybody() -> None:
    """A stop, an arrest, a recovery needs a case number, and is recorded on the alert's page."""
    for answer, characters, state in product(ANSWERS, Comparison, Comparison):
        ending = ending_of(answer, Verification(characters, state, StatusCheck.CONFIRMED))
        assert ending is None or not ending[1].touches_someone


@pytest.mark.clause("HIT-3")
def test_a_false_hit_says_what_was_wrong() -> None:
    """Characters or state, as the verification found; what nobody could read is not called a false hit."""
    differ, match, unread = Comparison.DIFFER, Comparison.MATCH, Comparison.UNREADABLE
    for characters, state, stage, finding in (
        (differ, match, Stage.FALSE_HIT, Finding.WRONG_CHARACTERS),
        (match, differ, Stage.FALSE_HIT, Finding.WRONG_STATE),
        (unread, differ, Stage.FALSE_HIT, Finding.WRONG_STATE),
    ):
        verification = Verification(characters, state, StatusCheck.NOT_POSSIBLE, "x")
        assert screen_for(verification, "").stage is stage
        assert ending_of("false_hit", verification) == (finding, ActionTaken.NO_ACTION)
    unreadable = Verification(unread, unread, StatusCheck.NOT_POSSIBLE, "x")
    assert screen_for(unreadable, "").stage is Stage.UNREAD
