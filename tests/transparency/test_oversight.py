"""The portal says how sharing, audits and records requests stand: measured, and nothing of a few people."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.audits.models import ReviewWeek
from platewarden.policy.parameters import defaults
from platewarden.sharing.standing import PublicAgreement
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
        "agreements": {"in_force": 0, "suspended": 0, "list": []},
        "reviews": {"closed": 0, "waiting": 0},
        "reports": {"signed": 0, "received": 0},
        "records": {"quarter": "2026-Q3", "received": 0, "answered": 0, "overdue": 0},
        "releases": {"quarter": "2026-Q3", "asked": 0, "approved": 0, "denied": 0},
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

    monkeypatch.setattr(oversight, "requests_of_month", counted)
    assert facts(cast)["records"] == {
        "quarter": "2026-Q3",
        "received": told,
        "answered": 0,
        "overdue": 0,
    }


def test_a_week_that_waits_is_on_the_page_in_both_languages(cast: Cast, client: Client) -> None:
    """With the numbers, which are of papers."""
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
    assert "Not yet built" not in english.partition("policy")[0]
    spanish = client.get(reverse("transparency:portal_es")).content.decode()
    assert "0 cerradas, 1 pendientes." in spanish
    document = client.get(reverse("transparency:json")).json()
    assert document["version"] == "2.0"
    assert document["now"]["oversight"]["reviews"] == {"closed": 0, "waiting": 1}


@pytest.mark.clause("SHR-2")
@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((0, 0, 0), (0, 0, 0)),
        ((30, 20, 10), (30, 20, 10)),
        ((30, 28, 2), (None, 28, None)),
        ((31, 20, 9), (None, 20, 9)),
        ((3, 0, 0), (None, 0, 0)),
        ((4, 9, 0), (None, 9, 0)),
        ((40, 20, 10), (40, 20, 10)),
    ],
)
def test_releases_are_told_unless_few_or_told_by_subtraction(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    counts: tuple[int, int, int],
    told: tuple[int | None, int | None, int | None],
) -> None:
    """Asked, approved and denied, all agencies together, of a quarter that is over."""
    names = ("asked", "approved", "denied")

    def counted(agency_id: int, month: date) -> dict[str, dict[str, int]]:
        assert agency_id == cast.agency.pk
        of_month = counts if month == date(2026, 8, 1) else (0, 0, 0)
        return {name: {"out_of_state": count} for name, count in zip(names, of_month, strict=True)}

    monkeypatch.setattr(oversight, "releases_of_month", counted)
    assert facts(cast)["releases"] == {"quarter": "2026-Q3", **dict(zip(names, told, strict=True))}


@pytest.mark.clause("SHR-1")
def test_agreements_are_listed_by_name_in_both_languages(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With whom, for what, until when; and that one is suspended."""
    agreement = PublicAgreement(
        agency="Village of Hector Police",
        kind="police department",
        since=NOW,
        until=NOW + timedelta(days=100),
        purposes=("missing_victim_or_witness",),
        cameras=2,
        reach_days=14,
        is_suspended=False,
    )
    paused = replace(agreement, agency="Town of Lodi Police", is_suspended=True)
    monkeypatch.setattr(oversight, "public_agreements", lambda **_: [agreement, paused])
    english = client.get(reverse("transparency:portal_en")).content.decode()
    assert "Village of Hector Police" in english
    assert "ends by itself on February 28, 2027. Cameras: 2. Reaches 14 days back." in english
    assert "Suspended: nothing is shared now." in english
    spanish = client.get(reverse("transparency:portal_es")).content.decode()
    assert "Una persona desaparecida, víctima o testigo" in spanish
    assert "termina por sí solo el 28 de febrero de 2027" in spanish
    listed = client.get(reverse("transparency:json")).json()["now"]["oversight"]["agreements"]["list"]
    assert [one["agency"] for one in listed] == ["Village of Hector Police", "Town of Lodi Police"]
