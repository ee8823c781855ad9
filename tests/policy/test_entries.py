"""Plates entered by hand; many of the rules about them are in policy/cases/hotlists.yaml."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.hotlists.models import LONGEST_LIFE, LONGEST_WITHOUT_NUMBER
from platewarden.policy.entries import (
    ManualEntryFacts,
    completion_due_at,
    ends_at,
    may_approve_entry,
    may_enter_manually,
    may_withdraw,
    needs_approval,
    renewal_approves,
)
from platewarden.policy.hotlists import MAY_SURVIVE, Category
from platewarden.policy.parameters import Parameters, definition


def said(now: datetime, **changes: Any) -> ManualEntryFacts:
    """What an entry in order says, with *changes*."""
    usual: dict[str, Any] = {
        "reason": "Vehicle of the burglary suspect",
        "case_number": "2026-004512",
        "state": "NY",
        "any_state": False,
        "expires_at": now + timedelta(days=7),
    }
    return ManualEntryFacts(**(usual | changes))


@pytest.mark.clause("HOT-2")
def test_an_exigent_entry_is_completed_within_a_day(parameters: Parameters, now: datetime) -> None:
    """After that it escalates."""
    assert completion_due_at(now, parameters=parameters) == now + timedelta(hours=24)


@pytest.mark.clause("HOT-2")
def test_people_withdraw_their_own_entries_and_management_any(people: Any) -> None:
    """An officer cannot withdraw a colleague's."""
    assert may_withdraw(people.officer, entered_by_id="officer").allowed
    assert not may_withdraw(people.officer, entered_by_id="investigator").allowed
    assert may_withdraw(people.supervisor, entered_by_id="officer").allowed


@pytest.mark.clause("HOT-2", "USE-4")
def test_an_entry_is_refused_for_each_thing_it_lacks(
    people: Any, parameters: Parameters, now: datetime
) -> None:
    """The wrong role, a category switched off, a protected ground, two states, an end that is past."""
    for actor, changed, clause in (
        (people.auditor, {}, "HOT-2"),
        (people.officer, {"category": Category.SUSPENDED_REGISTRATION}, "HOT-3"),
        (people.officer, {"reason": "Attended the protest on Friday"}, "USE-4"),
        (people.officer, {"any_state": True}, "HOT-2"),
        (people.officer, {"expires_at": now}, "HOT-2"),
    ):
        decision = may_enter_manually(actor, said(now, **changed), parameters=parameters, now=now)
        assert (decision.allowed, decision.clause) == (False, clause)


@pytest.mark.clause("HOT-2")
def test_an_exigent_entry_ends_when_its_number_is_due(parameters: Parameters, now: datetime) -> None:
    """Unless the number is there, the end asked for comes sooner, or a life is at stake."""
    week, day = now + timedelta(days=7), now + timedelta(hours=24)
    exigent: dict[str, Any] = {"exigent": True, "case_number": ""}
    for changes, end in (
        ({}, week),
        ({"exigent": True}, week),
        (exigent, day),
        (exigent | {"expires_at": now + timedelta(hours=3)}, now + timedelta(hours=3)),
        (exigent | {"category": Category.MISSING_PERSON}, day),
        (exigent | {"category": Category.AMBER_ALERT}, week),
    ):
        assert ends_at(said(now, **changes), entered_at=now, parameters=parameters) == end
    with pytest.raises(ValueError, match="has an end"):
        ends_at(said(now, expires_at=None), entered_at=now, parameters=parameters)


@pytest.mark.clause("HOT-2")
def test_the_database_asks_for_no_more_than_any_parameter_allows() -> None:
    """Its constraints are the ceilings of the parameters, so that an agency may adopt whatever they allow."""
    assert definition("hotlist.manual_max_days").ceiling == LONGEST_LIFE.days
    assert definition("hotlist.exigent_completion_hours").ceiling == LONGEST_WITHOUT_NUMBER // timedelta(
        hours=1
    )
    assert definition("hotlist.exigent_survivors").choices == {category.value for category in MAY_SURVIVE}


@pytest.mark.clause("HOT-2")
def test_entries_that_end_in_a_stop_at_gunpoint_need_a_second_person(parameters: Parameters) -> None:
    """By default wanted persons and felony vehicles; the agency may decide on others."""
    waiting = {category for category in Category if needs_approval(category, parameters=parameters)}
    assert waiting == {Category.WANTED_PERSON, Category.FELONY_VEHICLE}


@pytest.mark.clause("HOT-2")
def test_a_second_person_approves_and_never_the_entrant(people: Any) -> None:
    """A supervisor, not their own entry, not twice, and not one that is over."""

    def allowed(actor: Any, **facts: Any) -> bool:
        usual: dict[str, Any] = {"entered_by_id": "officer", "is_over": False, "is_approved": False}
        return may_approve_entry(actor, **(usual | facts)).allowed

    assert allowed(people.supervisor)
    assert not allowed(people.supervisor, entered_by_id="supervisor")
    assert not allowed(people.supervisor, is_over=True)
    assert not allowed(people.supervisor, is_approved=True)
    assert not allowed(people.officer, entered_by_id="investigator")
    assert not allowed(people.administrator)


@pytest.mark.clause("HOT-2")
def test_only_a_second_person_renews_without_a_new_approval(people: Any) -> None:
    """Else one person could keep an entry for ever that two had to agree on."""
    assert renewal_approves(people.supervisor, entered_by_id="officer")
    assert not renewal_approves(people.supervisor, entered_by_id="supervisor")
    assert not renewal_approves(people.officer, entered_by_id="investigator")


@pytest.mark.clause("HOT-2")
@pytest.mark.parametrize(("known", "allowed"), [(None, True), (3, True), (2, False), (0, False)])
def test_a_partial_plate_has_three_known_characters(
    people: Any,
    parameters: Parameters,
    now: datetime,
    known: int | None,
    allowed: bool,  # noqa: FBT001 - an example
) -> None:
    """With fewer it fits a good part of all vehicles."""
    decision = may_enter_manually(
        people.officer, said(now, known_characters=known), parameters=parameters, now=now
    )
    assert decision.allowed is allowed
    assert allowed or decision.field == "plate"


@pytest.mark.clause("USE-5")
@pytest.mark.parametrize("field", ["reason", "instructions", "cautions"])
def test_no_text_of_an_entry_is_about_immigration(
    people: Any, parameters: Parameters, now: datetime, field: str
) -> None:
    """What officers are told to do, or not to do, is held to the same words as the reason."""
    facts = said(now, **{field: "Hold the driver for a deportation order"})
    decision = may_enter_manually(people.officer, facts, parameters=parameters, now=now)
    assert (decision.allowed, decision.clause, decision.field) == (False, "USE-5", field)
