"""Dated values with bounds."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.clauses import clauses
from platewarden.policy.parameters import (
    ParameterError,
    Parameters,
    defaults,
    definition,
    definitions,
    read_definitions,
)

ENTRY: dict[str, Any] = {
    "clause": "RET-1",
    "meaning": "Something",
    "unit": "days",
    "value": 3,
    "source": "somewhere",
    "effective_from": date(2024, 2, 1),
}


def test_every_parameter_belongs_to_a_clause_and_says_where_it_comes_from() -> None:
    """Each has a meaning, a source and a day, and rests on a clause the policy has."""
    known = {clause.id for clause in clauses()}
    for found in definitions().values():
        assert found.clause in known
        assert found.meaning
        assert found.source
        assert found.effective_from == date(2024, 2, 1)


@pytest.mark.clause("RET-1")
@given(days=st.integers(min_value=31))
def test_retention_above_thirty_days_cannot_be_represented(days: int, parameters: Parameters) -> None:
    """Neither adopted nor constructed."""
    with pytest.raises(ParameterError, match="at most 30 days"):
        parameters.adopting({"retention.limit_days": days})
    with pytest.raises(ParameterError, match="RET-1"):
        Parameters({**parameters.values, "retention.limit_days": days})


@given(days=st.integers(min_value=1, max_value=30))
def test_a_shorter_retention_can_be_adopted(days: int, parameters: Parameters) -> None:
    """The adopted value takes the default's place and leaves the others alone."""
    adopted = parameters.adopting({"retention.limit_days": days})
    assert adopted.days("retention.limit_days") == timedelta(days=days)
    assert parameters.days("retention.limit_days") == timedelta(days=30)
    assert adopted.values.keys() == parameters.values.keys()


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("retention.limit_days", 0, "at least 1"),
        ("retention.limit_days", True, "whole number"),
        ("retention.limit_days", "30", "whole number"),
        ("retention.limit_days", 29.5, "whole number"),
        ("hits.alerting_grades", ["perfect"], "has no code perfect"),
        ("hits.alerting_grades", "confusable", "list of codes"),
        ("hits.alerting_grades", [1], "list of codes"),
        ("query.case_number_format", "(", "regular expression"),
        ("query.case_number_format", "", "not empty"),
        ("query.case_number_example", 5, "must be text"),
        ("query.unheard_of", 5, "there is no parameter"),
    ],
)
def test_a_value_that_breaks_type_or_bounds_is_refused_with_its_name(
    name: str, value: object, problem: str, parameters: Parameters
) -> None:
    """The message names the parameter and says what is wrong."""
    with pytest.raises(ParameterError, match=problem) as caught:
        parameters.adopting({name: value})
    assert name in str(caught.value)


def test_values_are_read_in_their_own_unit(parameters: Parameters) -> None:
    """Minutes cannot be taken for days."""
    assert parameters.minutes("accounts.idle_lock_minutes") == timedelta(minutes=30)
    assert parameters.hours("hotlist.max_age_hours") == timedelta(days=1)
    assert parameters.seconds("capture.max_future_seconds") == timedelta(minutes=1)
    assert parameters.integer("query.max_rows") == 200
    assert parameters.codes("hits.alerting_grades") == {"exact_state_agrees", "exact_state_unknown"}
    with pytest.raises(ParameterError, match="given in minutes, not in days"):
        parameters.days("accounts.idle_lock_minutes")
    with pytest.raises(ParameterError, match="there is no parameter"):
        parameters.integer("query.unheard_of")


def test_values_cannot_be_changed_in_place(parameters: Parameters) -> None:
    """What is in force is frozen."""
    with pytest.raises(TypeError):
        parameters.values["retention.limit_days"] = 31  # type: ignore[index]


def test_a_set_with_gaps_is_refused() -> None:
    """A rule never finds a value missing."""
    with pytest.raises(ParameterError, match="unknown or missing"):
        Parameters({"retention.limit_days": 30})


def test_nothing_is_in_force_before_its_day() -> None:
    """The policy took effect in February 2024."""
    with pytest.raises(ParameterError, match="no value before 2024-02-01"):
        defaults(datetime(2024, 1, 31, 23, 59, tzinfo=UTC))
    assert defaults(datetime(2024, 2, 1, tzinfo=UTC)).integer("query.max_rows") == 200


def test_the_schedules_periods_are_shown_as_unverified() -> None:
    """Nobody has verified LGS-1 items 1241 and 1241a; the policy's own 30 days are verified."""
    assert not definition("retention.schedule_item_1241").is_verified
    assert not definition("retention.schedule_item_1241a").is_verified
    assert definition("retention.limit_days").is_verified


def test_a_switch_is_true_or_false() -> None:
    """Not one or zero."""
    switch = read_definitions({"some": {"switch": {**ENTRY, "unit": "switch", "value": True}}})["some.switch"]
    off: object = False
    assert switch.checked(off) is False
    with pytest.raises(ParameterError, match="true or false"):
        switch.checked(1)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"unit": "fortnights"}, "no known unit"),
        ({"colour": "red"}, "unknown fields: colour"),
        ({"ceiling": 2}, "at most 2 days"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(changed: dict[str, Any], problem: str) -> None:
    """The defaults obey their own bounds, and no field is misspelt."""
    with pytest.raises(ParameterError, match=problem):
        read_definitions({"some": {"thing": {**ENTRY, **changed}}})
    with pytest.raises(ParameterError, match="lacks source"):
        read_definitions({"some": {"thing": {name: ENTRY[name] for name in ENTRY if name != "source"}}})
