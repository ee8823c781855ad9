"""Searching past reads; most of its rules are in policy/cases/queries.yaml."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision
from platewarden.policy.parameters import Parameters
from platewarden.policy.queries import (
    Justification,
    QueryKind,
    QueryScope,
    adjacent_literals,
    expires_at,
    latest_end,
    may_open_results,
    may_query,
)
from platewarden.policy.use import Purpose

JUSTIFICATION = Justification(
    Purpose.CRIMINAL_INVESTIGATION, "Suspect vehicle of the burglary", "2026-004512"
)


@pytest.fixture
def scope(now: datetime) -> QueryScope:
    """Return a search for one plate over the hour before last."""
    return QueryScope(QueryKind.EXACT, "ABC1234", (), now - timedelta(hours=2), now - timedelta(hours=1))


@pytest.fixture
def ask(people: Any, parameters: Parameters, now: datetime) -> Any:
    """Return a function that asks as the investigator."""

    def ask_as(
        scope: QueryScope, *, actor: Actor = people.investigator, justification: Justification = JUSTIFICATION
    ) -> Decision:
        return may_query(actor, justification, scope, parameters=parameters, now=now)

    return ask_as


@pytest.mark.clause("QRY-1")
def test_only_those_entitled_search(ask: Any, scope: QueryScope, people: Any) -> None:
    """Officers, investigators and supervisors search; nobody and nothing else does."""
    for name in ("officer", "investigator", "supervisor"):
        assert ask(scope, actor=people[name]).allowed
    for name in ("dispatcher", "auditor", "administrator", "camera", "system"):
        assert not ask(scope, actor=people[name]).allowed


@pytest.mark.clause("QRY-1", "USE-1")
@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": " \t" * 20}, "reason"),
        ({"case_number": " "}, "case_number"),
        ({"case_number": "2026-004512\n; drop"}, "case_number"),
        ({"case_number": "٢٠٢٦-٠٠٤٥١٢"}, "case_number"),
        ({"purpose": Purpose.HOTLIST_PATROL}, "purpose"),
    ],
)
def test_a_search_without_its_justification_is_refused(
    lacking: dict[str, Any], field: str, scope: QueryScope, ask: Any
) -> None:
    """Purpose, reason and case number are each asked for, and the refusal names the one that is missing."""
    decision = ask(scope, justification=replace(JUSTIFICATION, **lacking))
    assert (decision.allowed, decision.field) == (False, field)


@pytest.mark.clause("QRY-1")
def test_times_without_a_zone_or_out_of_order_are_refused(ask: Any, scope: QueryScope) -> None:
    """A window is two aware times in order."""
    naive = replace(scope, seen_from=scope.seen_from.replace(tzinfo=None))
    backwards = replace(scope, seen_from=scope.seen_until, seen_until=scope.seen_from)
    empty = replace(scope, seen_from=scope.seen_until)
    assert not any(ask(wrong).allowed for wrong in (naive, backwards, empty))


@pytest.mark.clause("CAP-4")
def test_no_search_reaches_the_last_fifteen_minutes(
    ask: Any, scope: QueryScope, parameters: Parameters, now: datetime
) -> None:
    """A second more and the answer is no: repeated searches are not a live feed."""
    latest = latest_end(parameters=parameters, now=now)
    assert latest == now - timedelta(minutes=15)
    assert ask(replace(scope, seen_until=latest)).allowed
    refused = ask(replace(scope, seen_until=latest + timedelta(seconds=1)))
    assert (refused.allowed, refused.clause) == (False, "CAP-4")


@pytest.mark.clause("QRY-1")
def test_a_near_search_names_enough_of_the_plate(ask: Any, scope: QueryScope) -> None:
    """Two characters have neighbours everywhere."""
    assert ask(replace(scope, kind=QueryKind.NEAR)).allowed
    assert not ask(replace(scope, kind=QueryKind.NEAR, plate_text="AB")).allowed


@pytest.mark.parametrize(
    ("pattern", "run"), [("", 0), ("*", 0), ("A?B", 1), ("ab-12*", 4), ("*12*345", 3), ("A B C", 3)]
)
def test_adjacent_characters_are_counted_between_wildcards(pattern: str, run: int) -> None:
    """Separators do not part them."""
    assert adjacent_literals(pattern) == run


@pytest.mark.clause("QRY-1")
@given(text=st.text(alphabet="AB1*?-", max_size=10), hours=st.integers(min_value=25, max_value=700))
def test_no_broad_pattern_covers_more_than_a_day(
    text: str, hours: int, people: Any, parameters: Parameters, now: datetime
) -> None:
    """Whatever the pattern, a long window needs three adjacent characters."""
    until = now - timedelta(hours=1)
    scope = QueryScope(QueryKind.PATTERN, text, (), until - timedelta(hours=hours), until)
    decision = may_query(people.investigator, JUSTIFICATION, scope, parameters=parameters, now=now)
    assert decision.allowed is (adjacent_literals(text) >= 3)


@pytest.mark.clause("QRY-2")
def test_an_answer_is_its_owners_and_lasts_an_hour(
    people: Any, parameters: Parameters, now: datetime
) -> None:
    """Images among it can be opened by whoever asked, until it expires, and by nobody else."""
    expiry = expires_at(now, parameters=parameters)
    assert expiry == now + timedelta(hours=1)
    last = expiry - timedelta(seconds=1)
    owner, other = people.investigator, people.supervisor
    assert may_open_results(owner, asked_by_id=owner.id, expires_at=expiry, now=last).allowed
    assert not may_open_results(owner, asked_by_id=owner.id, expires_at=expiry, now=expiry).allowed
    assert not may_open_results(other, asked_by_id=owner.id, expires_at=expiry, now=last).allowed


@pytest.mark.clause("QRY-2")
def test_whoever_lost_the_role_lost_the_answer(people: Any, now: datetime) -> None:
    """Off-boarding is instant."""
    former = people.person(name="investigator")
    later = now + timedelta(minutes=5)
    assert not may_open_results(former, asked_by_id="investigator", expires_at=later, now=now).allowed
