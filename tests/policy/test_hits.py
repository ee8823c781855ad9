"""From match to disposition; most of its rules are in policy/cases/hits.yaml."""

from datetime import datetime
from itertools import product
from typing import Any

import pytest

from platewarden.matching.grades import Grade, Match, grade
from platewarden.policy.hits import (
    ActionTaken,
    Comparison,
    DispositionFacts,
    Finding,
    StatusCheck,
    Verification,
    is_candidate,
    may_dispose,
    may_see_alerts,
    raises_alert,
    searches_near,
    weighs_alternate,
)
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import ParameterError, Parameters
from platewarden.policy.verification import VerificationFacts, may_verify

MATCHED = Verification(Comparison.MATCH, Comparison.MATCH, StatusCheck.CONFIRMED)


def a_match(*, read: str = "ABC1234", state: str = "NY", entry: str = "ABC1234") -> Match:
    """A match with a New York entry; by default of the best grade."""
    found = grade(read, state, entry, "NY", with_one_character=True, alternates={"XYZ9999": 0.3})
    assert found is not None
    return found


ONE_OF_EACH = [
    a_match(),
    a_match(state=""),
    a_match(state="PA"),
    a_match(read="A8C1234"),
    a_match(read="ABC1239"),
    a_match(entry="ABC*"),
    a_match(entry="XYZ9999"),
]


@pytest.mark.clause("HIT-1")
def test_only_the_grades_adopted_raise_an_alert(parameters: Parameters) -> None:
    """By default the same characters alert unless the state differs; the rest are candidates."""
    category = Category.STOLEN_VEHICLE
    assert [match.grade for match in ONE_OF_EACH] == list(Grade)
    alerting = {m.grade for m in ONE_OF_EACH if raises_alert(m, category, parameters=parameters)}
    listed = {m.grade for m in ONE_OF_EACH if is_candidate(m, category, parameters=parameters)}
    assert alerting == {Grade.EXACT_STATE_AGREES, Grade.EXACT_STATE_UNKNOWN}
    assert listed == set(Grade) - alerting


@pytest.mark.clause("HIT-1")
def test_an_agency_may_alert_on_characters_that_look_alike(parameters: Parameters) -> None:
    """A grade that alerts is no longer a mere candidate."""
    wide = parameters.adopting({"hits.alerting_grades": ["exact_state_agrees", "confusable"]})
    alike, unknown = a_match(read="A8C1234"), a_match(state="")
    assert raises_alert(alike, Category.STOLEN_VEHICLE, parameters=wide)
    assert not is_candidate(alike, Category.STOLEN_VEHICLE, parameters=wide)
    assert not raises_alert(unknown, Category.STOLEN_VEHICLE, parameters=wide)


@pytest.mark.clause("HIT-1")
@pytest.mark.parametrize(
    "match",
    [
        a_match(read="A8C1234", state="PA"),
        a_match(read="ABC1239", state="PA"),
        a_match(entry="ABC*", state="PA"),
    ],
)
def test_a_second_flaw_must_alert_as_well(match: Match, parameters: Parameters) -> None:
    """Look-alikes in another state do not alert where the same characters in another state may not."""
    wide = ["exact_state_agrees", "confusable", "one_character", "partial"]
    strict = parameters.adopting({"hits.alerting_grades": wide})
    loose = parameters.adopting({"hits.alerting_grades": [*wide, "exact_state_differs"]})
    assert not raises_alert(match, Category.AMBER_ALERT, parameters=strict)
    assert is_candidate(match, Category.AMBER_ALERT, parameters=strict)
    assert raises_alert(match, Category.AMBER_ALERT, parameters=loose)


@pytest.mark.clause("HIT-1")
def test_a_partial_entry_alerts_where_a_life_is_at_stake(parameters: Parameters) -> None:
    """A partial plate fits many vehicles: of other categories it is listed."""
    partial = a_match(entry="ABC*")
    for category in Category:
        at_stake = category in {Category.AMBER_ALERT, Category.MISSING_PERSON, Category.VULNERABLE_ADULT}
        assert raises_alert(partial, category, parameters=parameters) is at_stake
        assert is_candidate(partial, category, parameters=parameters) is not at_stake


@pytest.mark.clause("HIT-1")
def test_another_reading_never_alerts(parameters: Parameters) -> None:
    """What was read is what was read: no agency can adopt that its alternates alert."""
    with pytest.raises(ParameterError, match="alternate"):
        parameters.adopting({"hits.alerting_grades": ["alternate"]})
    assert weighs_alternate(0.1, parameters=parameters)
    assert not weighs_alternate(0.09, parameters=parameters)


@pytest.mark.clause("HIT-1")
def test_one_character_is_looked_for_where_somebody_may_be_hurt(parameters: Parameters) -> None:
    """For a stolen plate it would list too many vehicles."""
    near = {category for category in Category if searches_near(category, parameters=parameters)}
    assert near == {category for category in Category if category.is_high_priority}


@pytest.mark.clause("HIT-2")
def test_only_those_on_duty_verify_and_dispose(people: Any, parameters: Parameters, now: datetime) -> None:
    """Auditors and administrators see no alerts, verify none and end none."""
    everyone = frozenset({"officer", "dispatcher", "investigator", "supervisor", "auditor", "administrator"})
    facts = VerificationFacts(MATCHED, everyone)
    ending = DispositionFacts(MATCHED, Finding.CORRECT_READ, ActionTaken.NO_ACTION)
    for name in everyone:
        on_duty = name not in {"auditor", "administrator"}
        assert may_see_alerts(people[name]).allowed is on_duty
        assert may_verify(people[name], facts, now=now).allowed is on_duty
        assert may_dispose(people[name], ending, parameters=parameters, now=now).allowed is on_duty


@pytest.mark.clause("HIT-2")
def test_a_finished_alert_is_not_verified_again(people: Any, now: datetime) -> None:
    """What has ended is on record."""
    facts = VerificationFacts(MATCHED, frozenset({"officer"}), is_disposed=True)
    assert not may_verify(people.officer, facts, now=now).allowed


@pytest.mark.clause("HIT-2", "HIT-3")
@pytest.mark.parametrize("action", [ActionTaken.STOP, ActionTaken.ARREST, ActionTaken.RECOVERY])
def test_no_one_is_stopped_unless_characters_and_state_matched(
    action: ActionTaken, people: Any, parameters: Parameters, now: datetime
) -> None:
    """Of all combinations only a full match whose status was not contradicted carries a stop."""
    for characters, state, status in product(Comparison, Comparison, StatusCheck):
        verification = Verification(characters, state, status, "radio busy")
        facts = DispositionFacts(verification, Finding.STALE_ENTRY, action, "2026-004512")
        decision = may_dispose(people.officer, facts, parameters=parameters, now=now)
        is_match = characters is Comparison.MATCH and state is Comparison.MATCH
        assert decision.allowed is (is_match and status is not StatusCheck.CONTRADICTED)


@pytest.mark.clause("HIT-3")
def test_a_case_number_that_is_given_must_be_one(people: Any, parameters: Parameters, now: datetime) -> None:
    """Even where none is needed, nonsense is refused."""
    facts = DispositionFacts(MATCHED, Finding.CORRECT_READ, ActionTaken.LOCATED, "soon")
    decision = may_dispose(people.officer, facts, parameters=parameters, now=now)
    assert (decision.allowed, decision.field) == (False, "case_number")


@pytest.mark.clause("HIT-3")
def test_every_finding_but_a_correct_read_counts_as_a_false_hit() -> None:
    """So the rate of false hits can be measured; and every word has plain words for people."""
    assert {finding for finding in Finding if not finding.is_false_hit} == {Finding.CORRECT_READ}
    assert ActionTaken.NO_ACTION.label == "no action"
    assert Finding.WRONG_STATE.label == "wrong state"
