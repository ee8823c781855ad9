"""No plate without training, and none without what changed since."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.policy import training
from platewarden.policy.actor import Actor, ActorKind
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import PLATE_DATA, RIGHTS, Right, may
from platewarden.policy.training import Awaited, Course, TrainingRecord, may_use_plate_data

YEAR = timedelta(days=365)


def passed(at: datetime, *but: Course) -> dict[Course, datetime]:
    """Every course passed at *at*, except *but*."""
    return {course: at for course in Course if course not in but}


@pytest.mark.clause("TRN-1")
@pytest.mark.parametrize("course", list(Course))
def test_each_of_the_three_courses_is_needed(course: Course, parameters: Parameters, now: datetime) -> None:
    """Two courses out of three open nothing, and the refusal names the third."""
    decision = may_use_plate_data(TrainingRecord(passed(now, course)), parameters=parameters, now=now)
    assert (decision.allowed, decision.clause) == (False, "TRN-1")
    assert course.label in decision.reason
    assert "Training" in decision.remedy


@pytest.mark.clause("TRN-1")
def test_training_counts_to_the_second(parameters: Parameters, now: datetime) -> None:
    """A course passed a year ago has run out; a second earlier it had not."""
    record = TrainingRecord(passed(now - YEAR))
    assert not may_use_plate_data(record, parameters=parameters, now=now).allowed
    assert may_use_plate_data(record, parameters=parameters, now=now - timedelta(seconds=1)).allowed


@pytest.mark.clause("TRN-1")
def test_the_agency_may_ask_for_training_more_often(parameters: Parameters, now: datetime) -> None:
    """With ninety days, a course of a hundred days ago no longer counts."""
    record = TrainingRecord(passed(now - timedelta(days=100)))
    assert may_use_plate_data(record, parameters=parameters, now=now).allowed
    stricter = parameters.adopting({"training.valid_days": 90})
    assert not may_use_plate_data(record, parameters=stricter, now=now).allowed


@pytest.mark.clause("TRN-2")
def test_what_is_not_acknowledged_by_its_date_closes_plate_data(
    parameters: Parameters, now: datetime
) -> None:
    """Until the date it stays open; from then on it is closed, and the refusal says which one waits."""
    record = TrainingRecord(passed(now), [Awaited("Winter tyres and plates", now)])
    before = may_use_plate_data(record, parameters=parameters, now=now - timedelta(seconds=1))
    at = may_use_plate_data(record, parameters=parameters, now=now)
    assert before.allowed
    assert (at.allowed, at.clause) == (False, "TRN-2")
    assert "Winter tyres and plates" in at.reason


@pytest.mark.clause("TRN-1")
@pytest.mark.parametrize(("right", "passes"), [(6, False), (7, True), (8, True)])
def test_four_in_five_answers_must_be_right(right: int, *, passes: bool, parameters: Parameters) -> None:
    """Of eight questions seven are enough and six are not."""
    assert training.has_passed(right, 8, parameters=parameters) is passes


@pytest.mark.clause("TRN-1")
@pytest.mark.parametrize("right", sorted(PLATE_DATA))
def test_no_role_opens_plate_data_to_the_untrained(right: Right) -> None:
    """Whoever nobody has looked up is untrained, whatever roles they hold."""
    someone = Actor(ActorKind.PERSON, "7", "someone", 1, RIGHTS[right])
    decision = may(someone, right)
    assert (decision.allowed, decision.clause) == (False, "TRN-1")


@pytest.mark.clause("TRN-1")
def test_whoever_founds_an_agency_can_train_before_they_are_trained() -> None:
    """Accounts, cameras, parameters and bulletins wait for no course: nobody is locked out of the way in."""
    free = set(Right) - PLATE_DATA
    assert free >= {Right.MANAGE_ACCOUNTS, Right.ADOPT_PARAMETERS, Right.PUBLISH_BULLETINS, Right.PURGE}


@pytest.mark.clause("TRN-2")
def test_the_policy_is_reviewed_every_year(parameters: Parameters, now: datetime) -> None:
    """A review is due a year after the last."""
    assert training.review_due_at(now, parameters=parameters) == now + YEAR


@pytest.mark.clause("TRN-2")
def test_bulletins_are_the_managements(people: Any) -> None:
    """Supervisors and the administrator publish; others read."""
    allowed = {
        name
        for name in ("officer", "auditor", "supervisor", "administrator")
        if training.may_publish_bulletin(people[name]).allowed
    }
    assert allowed == {"supervisor", "administrator"}
    assert not training.may_review_policy(people.officer).allowed
