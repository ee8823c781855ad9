"""Decisions and refusals."""

import pytest

from platewarden.policy.decision import PolicyRefusal, allow, first_refusal, refuse, require


def test_the_first_refusal_decides() -> None:
    """Later ones are not mentioned; where none refuses, the last permission stands."""
    first = refuse("QRY-1", "No reason.", remedy="Give one.")
    second = refuse("QRY-2", "No log.", remedy="Mend it.")
    assert first_refusal(allow("USE-1"), first, second) is first
    assert first_refusal(allow("USE-1"), allow("QRY-1")).clause == "QRY-1"


def test_requiring_a_refused_decision_raises_it_with_its_circumstances() -> None:
    """Whatever catches it can record what was refused, to whom it must be explained, and why."""
    refusal = refuse("QRY-1", "No reason.", remedy="Give one.", field="reason")
    with pytest.raises(PolicyRefusal, match="QRY-1: No reason") as caught:
        require(refusal, action="query.ask", facts={"kind": "exact"})
    assert caught.value.decision is refusal
    assert caught.value.refused_action == "query.ask"
    assert caught.value.facts == {"kind": "exact"}


def test_requiring_an_allowed_decision_returns_it() -> None:
    """So an action can keep it."""
    allowed = allow("QRY-1")
    assert require(allowed, action="query.ask") is allowed
