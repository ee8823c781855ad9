"""The invented agency: the same for the same seed, and nobody real."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from platewarden.auditing.scenarios import SCENARIOS, invented_history
from platewarden.matching.plates import normalise
from platewarden.policy.parameters import Parameters
from platewarden.policy.reasons import gives_reason

BEGINS = datetime(2026, 1, 5, tzinfo=UTC)


def test_a_seed_gives_the_same_half_year() -> None:
    """To the last search; another seed another."""
    one, again, other = (invented_history(seed=seed, begins_at=BEGINS) for seed in (5, 5, 6))
    assert one == again
    assert one.queries != other.queries


def test_every_scenario_takes_place_and_lawful_work_goes_on_around_it() -> None:
    """Within the time, by people who are there, mostly lawful."""
    history = invented_history(seed=5, begins_at=BEGINS)
    told = Counter(query.scenario for query in history.queries)
    assert {*SCENARIOS, "crowd", "newcomer", "colleague", ""} == set(told)
    assert told[""] > 0.85 * len(history.queries)
    assert len(history.people) == 40
    joined = {person.id: BEGINS + timedelta(weeks=person.joins_week) for person in history.people}
    assert all(joined[query.person] <= query.at < BEGINS + timedelta(weeks=26) for query in history.queries)
    assert [query.at for query in history.queries] == sorted(query.at for query in history.queries)


@pytest.mark.clause("QRY-1")
def test_everything_invented_could_have_been_asked(parameters: Parameters) -> None:
    """Plates are plates, and the reasons pass the rule for reasons: what is measured is what gets through."""
    history = invented_history(seed=5, begins_at=BEGINS)
    assert all(normalise(query.plate) == query.plate for query in history.queries if query.plate)
    reasons = {query.reason for query in history.queries}
    refused = [one for one in reasons if not gives_reason(one, clause="QRY-1", parameters=parameters).allowed]
    assert not refused


def test_without_misuse_there_is_none() -> None:
    """For those who want ordinary activity alone."""
    history = invented_history(seed=5, begins_at=BEGINS, weeks=8, with_misuse=False)
    assert {query.scenario for query in history.queries} == {""}


def test_what_an_audit_knows_of_it_names_no_plate() -> None:
    """Vehicles are opaque keys."""
    history = invented_history(seed=5, begins_at=BEGINS, weeks=4)
    plates = {query.plate for query in history.queries if query.plate}
    window = history.window(begins_at=BEGINS, focus_from=BEGINS, ends_at=BEGINS + timedelta(weeks=4))
    told = repr(window)
    assert not any(plate in told for plate in plates)
