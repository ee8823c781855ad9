"""What lists may hold; most of its rules are in policy/cases/hotlists.yaml."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.policy.hotlists import (
    Category,
    RefusedCategory,
    category_from_code,
    is_stale,
    may_hold,
    may_load,
    may_replace,
)
from platewarden.policy.parameters import Parameters, definition


@pytest.mark.clause("HOT-3")
def test_every_category_is_on_or_off_by_decision(parameters: Parameters) -> None:
    """By default suspended registrations and operators are off and everything else is on."""
    off = {category for category in Category if not may_hold(category, parameters=parameters).allowed}
    assert off == {Category.SUSPENDED_REGISTRATION, Category.SUSPENDED_OPERATOR}
    assert definition("hotlist.categories").choices == {category.value for category in Category}


@pytest.mark.clause("USE-5")
@pytest.mark.parametrize(
    "code",
    ["N", "n", "immigration", "Immigration Violator", "deported-felon", "illegal alien", "REMOVAL ORDER"],
)
def test_immigration_records_cannot_be_represented(code: str) -> None:
    """There is no category for them, and no list can bring one."""
    refused = category_from_code(code)
    assert isinstance(refused, RefusedCategory)
    assert refused.clause == "USE-5"
    assert not any("immigra" in category or "alien" in category for category in Category)


@pytest.mark.clause("HOT-3")
@pytest.mark.parametrize("code", ["", "X", "S", "T", "gang", "sex_offender", "x" * 500])
def test_other_categories_are_refused_by_name(code: str) -> None:
    """What is not on the policy's list is refused, and letters that lists use differently are not guessed."""
    refused = category_from_code(code)
    assert isinstance(refused, RefusedCategory)
    assert (refused.clause, refused.code) == ("HOT-3", code[:40])


@pytest.mark.clause("HOT-3")
@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("stolen_vehicle", Category.STOLEN_VEHICLE),
        (" Stolen Vehicle ", Category.STOLEN_VEHICLE),
        ("amber-alert", Category.AMBER_ALERT),
        ("P", Category.STOLEN_PLATE),
        ("m", Category.MISSING_PERSON),
    ],
)
def test_codes_are_understood_as_people_write_them(code: str, category: Category) -> None:
    """Case, blanks and hyphens do not count."""
    assert category_from_code(code) is category
    assert category.label


@pytest.mark.clause("HOT-1")
def test_management_loads_lists(people: Any) -> None:
    """Officers enter plates one by one, with a reason; they load no lists."""
    assert may_load(people.administrator).allowed
    assert may_load(people.supervisor).allowed
    assert not may_load(people.officer).allowed


@pytest.mark.clause("HOT-1")
def test_a_list_is_never_replaced_by_an_older_one_or_by_one_from_the_future(now: datetime) -> None:
    """The same time again is accepted: that is a correction."""
    hour = timedelta(hours=1)
    for current, new, allowed in (
        (None, now, True),
        (now - hour, now, True),
        (now, now, True),
        (now, now - hour, False),
        (None, now + hour, False),
    ):
        assert may_replace(current_effective_at=current, new_effective_at=new, now=now).allowed is allowed


@pytest.mark.clause("HOT-1")
def test_a_list_is_stale_once_it_is_older_than_its_greatest_age(now: datetime) -> None:
    """At its greatest age it is not yet."""
    day = timedelta(hours=24)
    assert not is_stale(now - day, day, now=now)
    assert is_stale(now - day - timedelta(seconds=1), day, now=now)
