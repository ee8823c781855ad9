"""From match to disposition; most of its rules are in policy/cases/hits.yaml."""

from datetime import datetime
from itertools import product
from typing import Any

import pytest

from platewarden.matching.grades import Grade
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
)
from platewarden.policy.parameters import Parameters
from platewarden.policy.verification import VerificationFacts, may_verify

MATCHED = Verification(Comparison.MATCH, Comparison.MATCH, StatusCheck.CONFIRMED)


@pytest.mark.clause("HIT-1")
def test_only_the_grades_adopted_raise_an_alert(parameters: Parameters) -> None:
    """By default the same characters alert unless the state differs; the rest are candidates."""
    alerting = {grade for grade in Grade if raises_alert(grade, parameters=parameters)}
    assert alerting == {Grade.EXACT_STATE_AGREES, Grade.EXACT_STATE_UNKNOWN}
    assert {grade for grade in Grade if is_candidate(grade, parameters=parameters)} == set(Grade) - alerting


@pytest.mark.clause("HIT-1")
def test_an_agency_may_alert_on_characters_that_look_alike(parameters: Parameters) -> None:
    """A grade that alerts is no longer a mere candidate."""
    wide = parameters.adopting({"hits.alerting_grades": ["exact_state_agrees", "confusable"]})
    assert raises_alert(Grade.CONFUSABLE, parameters=wide)
    assert not is_candidate(Grade.CONFUSABLE, parameters=wide)
    assert not raises_alert(Grade.EXACT_STATE_UNKNOWN, parameters=wide)


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
