"""Who signs what a camera sees, and who approves it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import Decision
from platewarden.policy.parameters import Parameters
from platewarden.policy.statements import may_approve_statement, may_decline_statement, may_sign_statement


def sign(actor: Any, **changes: Any) -> Decision:
    """Whether *actor* may sign, where nothing else is missing."""
    said: dict[str, Any] = {
        "kind": CameraKind.FIXED,
        "text": "The road.",
        "has_still": True,
        "is_deployed": False,
    }
    return may_sign_statement(actor, **(said | changes))


@pytest.mark.clause("CAP-1")
def test_a_statement_says_something_and_shows_it(people: Any) -> None:
    """A still is needed wherever there is a lens; a portable camera stands somewhere when it is taken."""
    assert sign(people.administrator).allowed
    assert sign(people.administrator, text=" ").field == "statement"
    assert sign(people.administrator, has_still=False).field == "still"
    assert sign(people.administrator, has_still=False, kind=CameraKind.RENDERED).allowed
    assert not sign(people.administrator, kind=CameraKind.PORTABLE).allowed
    assert sign(people.administrator, kind=CameraKind.PORTABLE, is_deployed=True).allowed


@pytest.mark.clause("CAP-1")
def test_whoever_keeps_cameras_signs_and_nobody_else(people: Any) -> None:
    """The vendor too, who stands before the camera; officers do not."""
    assert sign(people["vendor"]).allowed
    assert sign(people.supervisor).allowed
    assert not sign(people.officer).allowed


@pytest.mark.clause("CAP-1")
def test_a_second_person_approves_who_has_looked(people: Any, parameters: Parameters, now: datetime) -> None:
    """Neither whoever registered the camera nor whoever signed; and nothing lapsed, decided or from before a move."""
    year = timedelta(days=365)
    sound: dict[str, Any] = {
        "registered_by_id": "vendor",
        "signed_by_id": "vendor",
        "signed_at": now,
        "is_waiting": True,
        "has_looked": True,
    }
    for actor, change, allowed in (
        (people.supervisor, {}, True),
        (people.administrator, {}, True),
        (people.officer, {}, False),
        (people["vendor"], {"registered_by_id": "other", "signed_by_id": "other"}, False),
        (people.supervisor, {"registered_by_id": people.supervisor.id}, False),
        (people.supervisor, {"signed_by_id": people.supervisor.id}, False),
        (people.supervisor, {"has_looked": False}, False),
        (people.supervisor, {"is_waiting": False}, False),
        (people.supervisor, {"signed_at": now - year}, False),
        (people.supervisor, {"signed_at": now + timedelta(seconds=1)}, False),
    ):
        decision = may_approve_statement(actor, **(sound | change), parameters=parameters, now=now)
        assert decision.allowed is allowed, change


@pytest.mark.clause("CAP-1")
def test_what_waits_may_be_declined(people: Any) -> None:
    """By whoever approves cameras, once."""
    assert may_decline_statement(people.supervisor, is_waiting=True).allowed
    assert not may_decline_statement(people.supervisor, is_waiting=False).allowed
    assert not may_decline_statement(people["vendor"], is_waiting=True).allowed
