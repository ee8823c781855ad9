"""What the public is told, and that nothing of it gives a small count away."""

from collections import defaultdict
from datetime import UTC, date, datetime
from itertools import combinations, pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.actor import Role
from platewarden.policy.parameters import Parameters
from platewarden.policy.transparency import (
    check_due_at,
    closes_at,
    may_check_portal,
    may_publish_figures,
    may_review_figures,
    next_month,
    publication_due_at,
    steps_shown,
    table_shown,
)

OCTOBER = date(2026, 10, 1)
COUNTS = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 30), min_size=1)


@pytest.mark.clause("TPR-1")
def test_small_counts_are_withheld_and_none_is_told() -> None:
    """From 1 up to the threshold; nothing at all is told as nothing."""
    table = table_shown({"a": 0, "b": 1, "c": 4, "d": 5}, threshold=5)
    assert table.parts == {"a": 0, "b": None, "c": None, "d": 5}


@pytest.mark.clause("TPR-1")
def test_the_total_goes_with_the_first_part_that_is_withheld() -> None:
    """Or it would tell it by subtraction."""
    assert table_shown({"a": 3, "b": 90}, threshold=5).total is None
    assert table_shown({"a": 0, "b": 90}, threshold=5).total == 90


@pytest.mark.clause("TPR-1")
@given(COUNTS, st.integers(3, 12), st.data())
def test_a_small_part_might_be_any_small_count(
    counts: dict[str, int], threshold: int, data: st.DataObject
) -> None:
    """Put any other small counts in their places: the public sees exactly the same."""
    other = {
        name: data.draw(st.integers(1, threshold - 1)) if 0 < count < threshold else count
        for name, count in counts.items()
    }
    assert table_shown(other, threshold=threshold) == table_shown(counts, threshold=threshold)


@pytest.mark.clause("TPR-1")
@pytest.mark.parametrize("threshold", [3, 4])
def test_no_small_step_and_no_small_rest_can_be_told(threshold: int) -> None:
    """Of all months that look the same to the public, every small count takes as many values as there are small ones.

    All chains of four counts up to twelve are tried; whoever knows the rule itself learns no more.
    """
    alike: dict[tuple[Any, ...], list[tuple[int, ...]]] = defaultdict(list)
    for chain in product(range(13), repeat=4):
        if all(later <= earlier for earlier, later in pairwise(chain)):
            counts = (*chain, *(earlier - later for earlier, later in combinations(chain, 2)))
            alike[tuple(steps_shown(chain, threshold=threshold))].append(counts)
    for together in alike.values():
        for values in zip(*together, strict=True):
            if any(0 < value < threshold for value in values):
                assert len(set(values)) >= threshold - 1


@pytest.mark.clause("TPR-1")
def test_a_step_whose_rest_is_small_is_withheld_and_the_next_may_be_told() -> None:
    """Two alerts of 300 unverified: the verified are withheld, not those that ended."""
    assert steps_shown([300, 298, 290, 0], threshold=5) == [300, None, 290, 0]
    assert steps_shown([4, 4, 4, 0], threshold=5) == [None, None, None, None]


def test_a_step_cannot_exceed_the_one_it_is_part_of() -> None:
    """Such counts are a mistake of ours, and are not published."""
    with pytest.raises(ValueError, match="step 1"):
        steps_shown([3, 4], threshold=5)


@pytest.mark.clause("TPR-1")
def test_a_month_is_measured_two_weeks_after_its_end_and_due_a_month_later(parameters: Parameters) -> None:
    """And the portal is checked every quarter."""
    assert closes_at(OCTOBER, parameters=parameters) == datetime(2026, 11, 15, tzinfo=UTC)
    assert publication_due_at(OCTOBER, parameters=parameters) == datetime(2026, 12, 16, tzinfo=UTC)
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    checked = datetime(2026, 1, 1, tzinfo=UTC)
    assert check_due_at(checked, parameters=parameters) == datetime(2026, 4, 3, tzinfo=UTC)


@pytest.mark.clause("TPR-1")
def test_the_administrator_looks_and_a_second_person_publishes(people: Any) -> None:
    """Never the same, and never before somebody has looked."""
    assert may_review_figures(people.administrator).allowed
    assert not may_review_figures(people.supervisor).allowed
    assert may_publish_figures(people.supervisor, reviewed_by_id="another").allowed
    assert not may_publish_figures(people.supervisor, reviewed_by_id=people.supervisor.id).allowed
    assert not may_publish_figures(people.supervisor, reviewed_by_id="").allowed
    assert not may_publish_figures(people.auditor, reviewed_by_id="another").allowed


@pytest.mark.clause("TPR-1")
@pytest.mark.parametrize("role", Role)
def test_oversight_checks_the_portal(role: Role, people: Any) -> None:
    """And sees figures before they are published; nobody else does."""
    is_oversight = role in {Role.UNDERSHERIFF, Role.AUDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR}
    assert may_check_portal(people[role.value]).allowed is is_oversight
