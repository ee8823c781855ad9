"""Which entries are in force: the condition by which every read is matched, beside its plain reading."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists.actions import enter_manually
from platewarden.hotlists.in_force import in_force
from platewarden.hotlists.models import Entry
from platewarden.policy.parameters import Parameters
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import facts

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def matches(entry: Entry, *, parameters: Parameters | None = None, at: datetime = NOW) -> bool:
    """Whether the database calls *entry* in force."""
    condition = in_force(parameters=parameters or parameters_at(at), now=at)
    return Entry.objects.filter(condition, pk=entry.pk).exists()


@pytest.fixture
def entry(cast: Cast) -> Entry:
    """An entry in order, made by Alice."""
    return enter_manually(plate="KAB4821", facts=facts(), actor=cast.actor("alice"), now=NOW)


@pytest.mark.clause("HOT-2", "HOT-3")
@pytest.mark.parametrize(
    ("withdrawn", "needs", "approved", "exigent", "goes_ahead", "is_on"),
    list(product([False, True], repeat=6)),
)
def test_an_entry_is_in_force_only_if_nothing_stands_against_it(
    cast: Cast,
    entry: Entry,
    *,
    withdrawn: bool,
    needs: bool,
    approved: bool,
    exigent: bool,
    goes_ahead: bool,
    is_on: bool,
) -> None:
    """Not withdrawn, its category on, and approved where it must be, or exigent where that may come first."""
    changes: dict[str, Any] = {
        "withdrawn_at": NOW if withdrawn else None,
        "needs_approval": needs,
        "approved_at": NOW if approved else None,
        "approved_by": cast.sue if approved else None,
        "is_exigent": exigent,
        "expires_at": NOW + timedelta(hours=1),
    }
    Entry.objects.filter(pk=entry.pk).update(**changes)
    parameters = parameters_at(NOW).adopting(
        {
            "hotlist.exigent_before_approval": goes_ahead,
            "hotlist.categories": ["manual"] if is_on else ["stolen_plate"],
        }
    )
    expected = not withdrawn and is_on and (not needs or approved or (exigent and goes_ahead))
    assert matches(entry, parameters=parameters) is expected


@pytest.mark.clause("HOT-2")
def test_an_entry_is_in_force_until_the_second_of_its_end(entry: Entry) -> None:
    """And not at it; one without an end, as loaded lists have them, stays."""
    end = entry.expires_at
    assert end is not None
    assert [matches(entry, at=at) for at in (end - SECOND, end, end + SECOND)] == [True, False, False]
    Entry.objects.filter(pk=entry.pk).update(entered_by=None, expires_at=None)
    assert matches(entry, at=end + timedelta(days=400))
