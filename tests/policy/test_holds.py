"""By whose authority reads are held, how many and how long; and who may look at a case."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.policy import cases, holds
from platewarden.policy.actor import Role
from platewarden.policy.parameters import ParameterError, Parameters

PROPER = holds.HoldFacts(
    case_number="2026-004512",
    asked_under="2026-004512",
    authority=holds.Authority.COURT_ORDER,
    authority_text="County Court, order 114 of 18 May",
    reason="The defence has asked for the car's way that week",
    ends_at=datetime.fromisoformat("2026-07-01T12:00:00+00:00"),
    reads=12,
)


@pytest.mark.clause("RET-2")
def test_whoever_works_the_case_asks_and_the_administrator_places(
    people: Any, parameters: Parameters, now: datetime
) -> None:
    """Nobody does both, whatever their roles."""
    ask, place = holds.may_request_hold, holds.may_place_hold
    for name in ("investigator", "supervisor"):
        assert ask(people[name], PROPER, parameters=parameters, now=now).allowed
        assert not place(people[name], PROPER, requested_by_id="x", parameters=parameters, now=now).allowed
    for name in ("officer", "dispatcher", "administrator", "auditor", "camera", "system"):
        assert not ask(people[name], PROPER, parameters=parameters, now=now).allowed
    assert place(people.administrator, PROPER, requested_by_id="x", parameters=parameters, now=now).allowed
    both = people.person(Role.ADMINISTRATOR, Role.INVESTIGATOR)
    assert ask(both, PROPER, parameters=parameters, now=now).allowed
    own = place(both, PROPER, requested_by_id=both.id, parameters=parameters, now=now)
    assert (own.allowed, own.clause) == (False, "RET-2")


@pytest.mark.clause("RET-2")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"case_number": ""}, "case_number"),
        ({"case_number": "soon"}, "case_number"),
        ({"case_number": "2026-009999"}, "case_number"),
        ({"authority": None}, "authority"),
        ({"authority_text": ""}, "authority_text"),
        ({"authority_text": "judge"}, "authority_text"),
        ({"reason": "inv"}, "reason"),
        ({"ends_at": None}, "ends_at"),
        ({"ends_at": datetime.fromisoformat("2026-06-01T12:00:00+00:00")}, "ends_at"),
        ({"ends_at": datetime.fromisoformat("2026-08-30T12:00:01+00:00")}, "ends_at"),
        ({"ends_at": datetime.fromisoformat("9999-12-31T00:00:00+00:00")}, "ends_at"),
        ({"reads": 0}, ""),
        ({"reads": 501}, ""),
    ],
)
def test_no_hold_without_case_authority_reason_and_end_nor_of_everything(
    change: dict[str, Any], field: str, people: Any, parameters: Parameters, now: datetime
) -> None:
    """Each is refused when it is asked for, and again when it is placed."""
    facts = replace(PROPER, **change)
    asked = holds.may_request_hold(people.investigator, facts, parameters=parameters, now=now)
    at_place = holds.may_place_hold(
        people.administrator, facts, requested_by_id="x", parameters=parameters, now=now
    )
    for decision in (asked, at_place):
        assert (decision.allowed, decision.clause, decision.field) == (False, "RET-2", field)
        assert decision.remedy


@pytest.mark.clause("RET-2", "USE-5")
def test_immigration_is_no_reason_for_a_hold(people: Any, parameters: Parameters, now: datetime) -> None:
    """No more than for a search."""
    facts = replace(PROPER, reason="Immigration enforcement wants the car's way")
    assert (
        holds.may_request_hold(people.investigator, facts, parameters=parameters, now=now).clause == "USE-5"
    )


@pytest.mark.clause("RET-2")
def test_the_longest_hold_is_the_agencys_to_decide_within_bounds(
    people: Any, parameters: Parameters, now: datetime
) -> None:
    """A year at most can be adopted at all."""
    longer = parameters.adopting({"holds.longest_days": 180})
    facts = replace(PROPER, ends_at=now + timedelta(days=180))
    assert holds.may_request_hold(people.investigator, facts, parameters=longer, now=now).allowed
    assert not holds.may_request_hold(people.investigator, facts, parameters=parameters, now=now).allowed
    with pytest.raises(ParameterError):
        parameters.adopting({"holds.longest_days": 367})


@pytest.mark.clause("RET-2")
def test_a_hold_ends_at_its_end_and_not_before(parameters: Parameters, now: datetime) -> None:
    """To the second; a week before that people are told."""
    assert holds.has_ended(now, now=now)
    assert not holds.has_ended(now + timedelta(seconds=1), now=now)
    assert holds.warns_at(now, parameters=parameters) == now - timedelta(days=7)


@pytest.mark.clause("RET-2", "RET-4")
def test_the_administrator_alone_lifts_and_says_why(people: Any, parameters: Parameters) -> None:
    """Without a reason nobody does."""
    why = "The prosecutor has withdrawn the request"
    assert holds.may_lift_hold(people.administrator, why, parameters=parameters).allowed
    assert not holds.may_lift_hold(people.administrator, "", parameters=parameters).allowed
    assert not holds.may_lift_hold(people.supervisor, why, parameters=parameters).allowed


@pytest.mark.clause("RET-2")
def test_a_request_is_declined_with_a_reason_alone(people: Any, parameters: Parameters) -> None:
    """By the administrator; whoever asked must be able to read why."""
    why = "The order names another car"
    assert holds.may_decline_hold(people.administrator, why, parameters=parameters).allowed
    assert not holds.may_decline_hold(people.administrator, " ", parameters=parameters).allowed
    assert not holds.may_decline_hold(people.investigator, why, parameters=parameters).allowed


@pytest.mark.clause("USE-1")
def test_a_case_is_seen_by_those_who_work_it(people: Any) -> None:
    """Supervisors see any, an administrator without its records; to an investigator of another case there is none."""
    facts = cases.CaseFacts(1, frozenset({"investigator", "officer"}))
    others = cases.CaseFacts(1, frozenset({"somebody"}))
    for name in ("investigator", "officer", "supervisor"):
        assert cases.may_see_case(people[name], facts)
        assert cases.may_see_records(people[name], facts)
    assert cases.may_see_case(people.administrator, facts)
    assert not cases.may_see_records(people.administrator, facts)
    for name in ("investigator", "officer", "dispatcher", "auditor", "camera"):
        assert not cases.may_see_case(people[name], others)
    assert not cases.may_see_case(people.supervisor, cases.CaseFacts(2, frozenset({"supervisor"})))


@pytest.mark.clause("RET-2")
def test_a_read_goes_into_the_case_it_was_searched_for(people: Any, parameters: Parameters) -> None:
    """Under another number it needs a search of its own."""
    take = cases.may_take_read
    assert take(people.investigator, "2026-004512", asked_under=" 2026-004512", parameters=parameters).allowed
    assert not take(
        people.investigator, "2026-000001", asked_under="2026-004512", parameters=parameters
    ).allowed
    assert not take(people.investigator, "", asked_under="", parameters=parameters).allowed
    assert not take(people.officer, "2026-004512", asked_under="2026-004512", parameters=parameters).allowed
    assert not take(
        people.administrator, "2026-004512", asked_under="2026-004512", parameters=parameters
    ).allowed


@pytest.mark.clause("RET-2", "RET-1")
def test_a_copy_is_fetched_by_whoever_asked_until_it_expires(
    people: Any, parameters: Parameters, now: datetime
) -> None:
    """Who it is for and why is said first."""
    fetch, own = cases.may_fetch_export, people.investigator.id
    assert cases.may_export_case(
        people.investigator, "For the defence, by order of 2 May", parameters=parameters
    ).allowed
    assert not cases.may_export_case(people.investigator, "", parameters=parameters).allowed
    assert not cases.may_export_case(
        people.administrator, "For the defence, by order", parameters=parameters
    ).allowed
    soon = now + timedelta(seconds=1)
    assert fetch(people.investigator, asked_by_id=own, expires_at=soon, now=now).allowed
    assert fetch(people.investigator, asked_by_id=own, expires_at=now, now=now).clause == "RET-1"
    assert not fetch(people.supervisor, asked_by_id=own, expires_at=soon, now=now).allowed
