"""What a written reason has to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.parameters import Parameters
from platewarden.policy.reasons import gives_reason


@pytest.mark.clause("QRY-1")
@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("", "too short"),
        ("inv", "too short"),
        ("investigation", "too short"),
        ("\u200b" * 40, "too short"),
        ("a\u200b \u200bb", "too short"),
        ("aaaa aaaa aaaa", "repeats"),
        ("asdfasdfasdf ........ ggggggg", "repeats"),
        ("burglary burglary burglary", "repeats"),
        ("theft theft theft of it", "repeats"),
        ("police business", "fit every search"),
        ("Official police business", "fit every search"),
        ("Criminal investigation, suspicious vehicle", "fit every search"),
        ("ongoing investigation 2026-004512", "fit every search"),
        ("check plate per request of office", "fit every search"),
        ("N/A - see report for details", "fit every search"),
    ],
)
def test_a_reason_that_says_nothing_is_refused_with_what_to_write(
    reason: str, says: str, parameters: Parameters
) -> None:
    """Too short, repeated or generic; the remedy says what is wanted."""
    decision = gives_reason(reason, clause="QRY-1", parameters=parameters)
    assert (decision.allowed, decision.field) == (False, "reason")
    assert says in decision.reason
    assert decision.remedy.startswith("Say ")


@pytest.mark.parametrize(
    "reason",
    [
        "Car seen leaving the burglary",
        "Suspect vehicle of the burglary",
        "Missing girl, last seen at the school",
        "Hit and run at Mill Street, grey van",
        "Homicide Elm St 11/14: route of the suspect's car",
        "Witness saw partial plate after the robbery",
        "Larceny of tools from a lorry, second this week",
    ],
)
def test_a_reason_of_ones_own_is_taken(reason: str, parameters: Parameters) -> None:
    """Short and plain is enough where it says what happened."""
    assert gives_reason(reason, clause="QRY-1", parameters=parameters).allowed


@given(reason=st.text(max_size=200))
def test_any_text_has_an_answer(reason: str, parameters: Parameters) -> None:
    """Nothing that is typed breaks the check, and one word alone never passes."""
    decision = gives_reason(reason, clause="QRY-1", parameters=parameters)
    assert not decision.allowed or len(reason.split()) > 1
