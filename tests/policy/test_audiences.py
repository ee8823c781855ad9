"""For whom an alert is: who may know of it, and whose console tells of it by itself."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.policy.audiences import (
    EVERYBODY,
    ROLES,
    AlertFacts,
    Audience,
    Duty,
    Priority,
    covers,
    may_see_alert,
    receives,
)
from platewarden.policy.decision import allow

SEERS = {"officer", "dispatcher", "investigator", "supervisor"}
NORTH, SOUTH = Duty(frozenset({"north"})), Duty(frozenset({"south"}))


def alert(**facts: Any) -> AlertFacts:
    """An alert from the north, with everything else as usual."""
    usual: dict[str, Any] = {"agency_id": 1, "area": "north"}
    return AlertFacts(**(usual | facts))


@pytest.mark.clause("USE-1")
def test_without_a_word_an_alert_is_for_everybody_who_sees_alerts(people: Any) -> None:
    """And for nobody else, nor for another agency."""
    for role in Role:
        person = people[role.value]
        assert may_see_alert(person, alert()).allowed is (role in SEERS)
        assert receives(person, alert(), duty=None) is (role in SEERS)
        assert not may_see_alert(person, alert(agency_id=2)).allowed
        assert not receives(person, alert(agency_id=2), duty=None)


@pytest.mark.clause("USE-1")
def test_an_audience_of_a_role_keeps_others_out(people: Any) -> None:
    """Supervisors see it, because it would escalate to them; their consoles stay quiet."""
    silent = alert(audience=Audience(roles=frozenset({Role.INVESTIGATOR})), priority=Priority.HIGH)
    seeing = {name for name in SEERS if may_see_alert(people[name], silent).allowed}
    told = {name for name in SEERS if receives(people[name], silent, duty=None)}
    assert seeing == {"investigator", "supervisor"}
    assert told == {"investigator"}
    refused = may_see_alert(people.officer, silent)
    assert (refused.clause, bool(refused.remedy)) == ("USE-1", True)


@pytest.mark.clause("USE-1")
def test_a_named_person_is_told_wherever_it_is(people: Any) -> None:
    """Even when on duty elsewhere; a colleague with the same role is not."""
    named = alert(audience=Audience(people=frozenset({"officer"})))
    other = people.person(Role.OFFICER, name="another")
    assert receives(people.officer, named, duty=SOUTH)
    assert not receives(other, named, duty=NORTH)
    assert not may_see_alert(other, named).allowed


@pytest.mark.clause("HIT-1")
def test_those_on_duty_elsewhere_are_spared_it_and_may_still_open_it(people: Any) -> None:
    """A vehicle does not stop at a boundary: areas decide who is disturbed, not who may know."""
    assert receives(people.officer, alert(), duty=NORTH)
    assert not receives(people.officer, alert(), duty=SOUTH)
    assert receives(people.officer, alert(), duty=Duty())
    assert receives(people.officer, alert(), duty=None)
    assert may_see_alert(people.officer, alert()).allowed


@pytest.mark.clause("HIT-1")
@pytest.mark.parametrize("facts", [{"priority": Priority.HIGH}, {"is_covered": False}, {"area": ""}], ids=str)
def test_an_alert_is_told_everywhere_rather_than_nowhere(people: Any, facts: dict[str, Any]) -> None:
    """When it is of high priority, when nobody on duty covers its area, and when it has none."""
    assert receives(people.officer, alert(**facts), duty=SOUTH)


def test_an_audience_may_name_areas_instead(people: Any) -> None:
    """Then their people are told, wherever the vehicle was seen."""
    southern = alert(audience=Audience(areas=frozenset({"south"})))
    assert receives(people.officer, southern, duty=SOUTH)
    assert not receives(people.officer, southern, duty=NORTH)
    assert southern.areas == {"south"}
    assert alert().areas == {"north"}


def test_an_area_is_covered_by_whoever_signed_on_for_it_or_for_all() -> None:
    """Nobody on duty covers nothing."""
    assert covers([SOUTH, NORTH], frozenset({"north"}))
    assert covers([Duty()], frozenset({"north"}))
    assert not covers([SOUTH], frozenset({"north"}))
    assert not covers([], frozenset({"north"}))


@given(
    st.frozensets(st.sampled_from(ROLES)),
    st.frozensets(st.integers(1, 99).map(str)),
    st.frozensets(st.sampled_from(["north", "south", "east-side"])),
)
def test_codes_say_the_audience_and_nothing_else(
    roles: frozenset[Role], persons: frozenset[str], areas: frozenset[str]
) -> None:
    """What is stored is what was meant, in one order."""
    audience = Audience(roles, persons, areas)
    assert Audience.from_codes(audience.all_codes) == audience
    assert audience.codes == [code for code in audience.all_codes if not code.startswith("area:")]


@pytest.mark.parametrize("code", ["officer", "role:", "role:auditor", "role:king", "team:7", ""])
def test_an_audience_that_nobody_understands_is_an_error(code: str) -> None:
    """Rather than an alert for nobody."""
    with pytest.raises(ValueError, match=r"audience|king"):
        Audience.from_codes([code])


@given(
    st.sampled_from(sorted(Role)),
    st.sampled_from(
        [EVERYBODY, Audience(roles=frozenset({Role.OFFICER})), Audience(people=frozenset({"7"}))]
    ),
    st.sampled_from([None, Duty(), NORTH, SOUTH]),
    st.sampled_from(list(Priority)),
)
@pytest.mark.clause("USE-1")
def test_nobody_is_told_of_what_they_may_not_see(
    role: Role, audience: Audience, duty: Duty | None, priority: Priority
) -> None:
    """A console never shows by itself what its person could not open."""
    person = Actor(
        ActorKind.PERSON,
        "7" if role is Role.OFFICER else "8",
        role,
        1,
        frozenset({role}),
        training=allow("TRN-1"),
    )
    facts = alert(audience=audience, priority=priority)
    if receives(person, facts, duty=duty):
        assert may_see_alert(person, facts).allowed
