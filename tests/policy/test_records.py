"""Records requests: what the statute wants by when, and who records it."""

from datetime import date, timedelta
from typing import Any

import pytest

from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.policy.parameters import defaults, definition
from platewarden.policy.records import (
    RecordsFacts,
    RecordsKind,
    RecordsOutcome,
    RecordsStanding,
    due_on,
    is_overdue,
    may_acknowledge,
    may_answer,
    may_extend,
    may_register,
    wanting,
)
from tests.conftest import NOW

PARAMETERS = defaults(NOW)
RECEIVED = date(2026, 11, 20)
TODAY = date(2026, 11, 23)
WHY = "The retrieval from the archive takes longer"


def facts(**changes: Any) -> RecordsFacts:
    """A request under the Freedom of Information Law, received on a Friday."""
    return RecordsFacts(**{"kind": RecordsKind.FOIL, "received_on": RECEIVED, **changes})


def actor(*roles: Role) -> Actor:
    """Somebody with *roles*; of training nothing is known, and nothing need be."""
    return Actor(kind=ActorKind.PERSON, id="1", name="rex", agency_id=1, roles=frozenset(roles))


OFFICER = actor(Role.RECORDS_OFFICER)


@pytest.mark.clause("SHR-3")
def test_a_request_is_acknowledged_within_five_business_days() -> None:
    """Thanksgiving is none of them: overdue on Tuesday, not on Monday."""
    assert due_on(facts(), parameters=PARAMETERS) == date(2026, 11, 30)
    assert not is_overdue(facts(), parameters=PARAMETERS, today=date(2026, 11, 30))
    assert is_overdue(facts(), parameters=PARAMETERS, today=date(2026, 12, 1))


@pytest.mark.clause("SHR-3")
def test_it_is_answered_within_twenty_after_the_acknowledgement() -> None:
    """Counted from the day of the acknowledgement; Christmas and the new year are left out where they fall in."""
    taken = facts(acknowledged_on=date(2026, 12, 1))
    assert due_on(taken, parameters=PARAMETERS) == date(2026, 12, 30)


@pytest.mark.clause("SHR-3")
def test_a_day_that_the_requester_was_told_counts_from_then_on() -> None:
    """An extension has its own day."""
    told = facts(acknowledged_on=date(2026, 11, 23), extended_to=date(2027, 2, 1))
    assert due_on(told, parameters=PARAMETERS) == date(2027, 2, 1)
    assert told.standing is RecordsStanding.EXTENDED


@pytest.mark.clause("SHR-3")
def test_a_subpoena_names_its_own_day() -> None:
    """No statute's clock stands in for it, and without it nothing is registered."""
    paper = facts(kind=RecordsKind.SUBPOENA, answer_on=date(2026, 12, 4))
    assert due_on(paper, parameters=PARAMETERS) == date(2026, 12, 4)
    lacking = wanting(facts(kind=RecordsKind.SUBPOENA), requester="R. Doe", what="Reads", today=TODAY)
    assert [found.field for found in lacking] == ["answer_on"]


@pytest.mark.clause("SHR-3")
def test_an_answered_request_is_due_no_more() -> None:
    """Nor is it answered twice."""
    done = facts(answered_on=TODAY)
    assert due_on(done, parameters=PARAMETERS) is None
    again = may_answer(OFFICER, done, outcome=RecordsOutcome.GRANTED, note="", parameters=PARAMETERS)
    assert not again.allowed


@pytest.mark.clause("SHR-3")
def test_everything_that_is_missing_is_named_at_once() -> None:
    """Kind, day, requester and what is asked for."""
    nothing = RecordsFacts(kind=None, received_on=None)
    fields = [found.field for found in wanting(nothing, requester=" ", what="", today=TODAY)]
    assert fields == ["kind", "received_on", "requester", "what"]
    assert not may_register(OFFICER, nothing, requester="", what="", today=TODAY).allowed


@pytest.mark.clause("SHR-3")
def test_a_request_does_not_come_from_the_future() -> None:
    """Its clocks would, too."""
    late = wanting(facts(received_on=TODAY + timedelta(days=1)), requester="R", what="x", today=TODAY)
    assert [found.field for found in late] == ["received_on"]


@pytest.mark.clause("SHR-3")
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.RECORDS_OFFICER])
def test_nobody_but_the_records_officer_answers(role: Role) -> None:
    """The administrator registers; the answer is the County Attorney's."""
    assert not may_acknowledge(actor(role), facts()).allowed
    granted = may_answer(actor(role), facts(), outcome=RecordsOutcome.GRANTED, note="", parameters=PARAMETERS)
    assert not granted.allowed
    registers = may_register(actor(role), facts(), requester="R", what="x", today=TODAY).allowed
    assert registers is (role is Role.ADMINISTRATOR)


@pytest.mark.clause("SHR-3")
def test_receipt_is_acknowledged_once() -> None:
    """A second acknowledgement would set the clock back."""
    assert may_acknowledge(OFFICER, facts()).allowed
    assert not may_acknowledge(OFFICER, facts(acknowledged_on=TODAY)).allowed


@pytest.mark.clause("SHR-3")
@pytest.mark.parametrize(
    ("changes", "until", "reason"),
    [
        ({"acknowledged_on": None}, date(2027, 1, 15), WHY),
        ({}, None, WHY),
        ({}, TODAY, WHY),
        ({}, date(2026, 12, 4), WHY),
        ({}, date(2027, 1, 15), "later"),
        ({"answered_on": TODAY}, date(2027, 1, 15), WHY),
    ],
)
def test_an_extension_is_a_later_day_with_a_reason(
    changes: dict[str, Any], until: date | None, reason: str
) -> None:
    """Of an acknowledged request; a day before the one that holds now extends nothing."""
    open_one = facts(acknowledged_on=RECEIVED)
    proper = may_extend(
        OFFICER, open_one, until=date(2027, 1, 15), reason=WHY, parameters=PARAMETERS, today=TODAY
    )
    assert proper.allowed
    asked = facts(**({"acknowledged_on": RECEIVED} | changes))
    refused = may_extend(OFFICER, asked, until=until, reason=reason, parameters=PARAMETERS, today=TODAY)
    assert not refused.allowed


@pytest.mark.clause("SHR-3")
@pytest.mark.parametrize("outcome", [RecordsOutcome.DENIED, RecordsOutcome.IN_PART, None])
def test_whoever_gives_less_says_why(outcome: RecordsOutcome | None) -> None:
    """A denial without a reason is none; nor is an answer without an outcome."""
    assert not may_answer(OFFICER, facts(), outcome=outcome, note="", parameters=PARAMETERS).allowed
    whole = may_answer(OFFICER, facts(), outcome=RecordsOutcome.GRANTED, note="", parameters=PARAMETERS)
    assert whole.allowed


@pytest.mark.clause("SHR-3")
def test_the_clocks_name_their_source_and_stand_unverified() -> None:
    """Nobody has compared them with the statute yet, and no agency gives itself more time than it."""
    for name, most in (("records.acknowledge_business_days", 5), ("records.answer_business_days", 20)):
        found = definition(name)
        assert (found.is_verified, found.ceiling) == (False, most)
        assert "Public Officers Law" in found.source
