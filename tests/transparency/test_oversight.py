"""The portal says how sharing, audits and records requests stand: measured, and nothing of a few people."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.audits.models import ReviewWeek
from platewarden.policy.parameters import defaults
from platewarden.transparency import oversight
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.clause("TPR-1")]


def facts(cast: Cast) -> dict[str, Any]:
    """What is told now."""
    return oversight.oversight_facts(cast.agency.pk, parameters=defaults(NOW), now=NOW)


@pytest.mark.parametrize(
    ("today", "quarter"),
    [
        (date(2026, 1, 1), date(2025, 10, 1)),
        (date(2026, 3, 31), date(2025, 10, 1)),
        (date(2026, 4, 1), date(2026, 1, 1)),
        (date(2026, 11, 20), date(2026, 7, 1)),
        (date(2026, 12, 31), date(2026, 7, 1)),
    ],
)
def test_only_a_quarter_that_is_over_is_told(today: date, quarter: date) -> None:
    """It never changes, and quarters do not overlap."""
    assert oversight._last_quarter(today) == quarter


def test_nothing_is_claimed_where_there_is_nothing(cast: Cast) -> None:
    """Noughts are told."""
    assert facts(cast) == {
        "agreements": {"in_force": 0, "suspended": 0},
        "reviews": {"closed": 0, "waiting": 0},
        "reports": {"signed": 0, "received": 0},
        "records": {"quarter": "2026-Q3", "received": 0, "answered": 0, "overdue": 0},
    }


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_few_requests_are_withheld(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, count: int, told: int | None
) -> None:
    """Over the quarter, whatever its months held."""
    months = {date(2026, 7, 1): count}

    def counted(agency_id: int, month: date) -> dict[str, int]:
        assert agency_id == cast.agency.pk
        return dict.fromkeys(oversight.COUNTED, 0) | {"received": months.get(month, 0)}

    monkeypatch.setattr(oversight, "figures_of_month", counted)
    assert facts(cast)["records"] == {
        "quarter": "2026-Q3",
        "received": told,
        "answered": 0,
        "overdue": 0,
    }


def test_a_week_that_waits_is_on_the_page_in_both_languages(cast: Cast, client: Client) -> None:
    """And releases, which are not told yet, are said not to be."""
    ReviewWeek.objects.create(
        agency=cast.agency,
        monday=date(2026, 11, 9),
        opened_at=NOW,
        seed_size=1,
        seed=bytes(32),
        population=9,
        drawn=3,
        entry=1,
    )
    english = client.get(reverse("transparency:portal_en")).content.decode()
    assert "0 closed, 1 waiting." in english
    assert "Not yet built. Nothing is claimed." in english
    spanish = client.get(reverse("transparency:portal_es")).content.decode()
    assert "0 cerradas, 1 pendientes." in spanish
    document = client.get(reverse("transparency:json")).json()
    assert document["version"] == "1.1"
    assert document["now"]["oversight"]["reviews"] == {"closed": 0, "waiting": 1}
