"""The invented year: on the ledger as invented, with a report whose first page finds what was planted."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.accounts.models import User
from platewarden.alerts.models import Alert
from platewarden.demo.year import Loaded, load_year
from platewarden.halfyears.doors import imagined_periods, real_periods
from platewarden.ledger.keys import ensure_log_key
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf
from platewarden.queries.models import Query
from platewarden.site.clock import utc_now
from tests.cast import Cast
from tests.halfyears.scenes import pages_of


@pytest.fixture
def year(fresh_database: str, cast: Cast, settings: Any) -> Loaded:
    """The demo agency with its invented year."""
    ensure_log_key(settings.PLATEWARDEN_KEYS, "test.platewarden.invalid/ledger")
    cast.agency.is_demo = True
    cast.agency.save()
    return load_year(auditor=cast.actor("tom"), now=utc_now())


@pytest.mark.clause("AUD-2")
def test_the_first_page_names_the_planted_stalking_first(year: Loaded, cast: Cast) -> None:
    """Whose searches, of how many vehicles, in words; it says that all is invented, and counts N of N."""
    report = year.report
    first = pages_of(bytes(report.pdf or b""))[0]
    assert "Invented. The searches, alerts and reviews of this period were made up" in first
    assert f"All {report.counted:,} of {report.counted:,} searches on the ledger were audited." in first
    top = first[first.index("What needs attention first") : first.index(" 2. ")]
    assert "one person, one vehicle, again and again" in top
    assert "One vehicle was searched 69 times" in top
    assert "3 more signals of this kind (24, 15, 4 searches)" in top
    stalker = report.figures["signals"][0]["person"]
    assert {row["person"] for row in report.figures["signals"][:3]} == {stalker}
    assert report.figures["vehicles"][0]["searches"] == 69


@pytest.mark.clause("AUD-2")
def test_the_other_planted_cases_are_named_below_it(year: Loaded) -> None:
    """One case number for fifteen vehicles, and the one who takes data away by volume, stand on the first page too."""
    items = year.report.summary["items"]
    titles = [item["title"].partition(": ")[2] for item in items]
    assert titles[:2] == ["one person, one vehicle, again and again"] * 2
    assert titles[2:4] == ["more copies taken away than the colleagues", "one case number, many vehicles"]
    assert "15 vehicles searched under case number" in items[3]["words"]
    assert any("followed false hits" in item["title"] for item in items)


@pytest.mark.clause("QRY-2")
def test_no_time_of_the_ledger_is_forged_and_nothing_else_is_made(year: Loaded) -> None:
    """Every entry is of the kind that says so, made just now; no account, query or alert stands beside it."""
    invented = LedgerLeaf.objects.filter(kind=Kind.INVENTED)
    assert invented.count() == year.entries
    assert all(utc_now() - at < timedelta(hours=1) for at in invented.values_list("at", flat=True)[:50])
    assert not LedgerLeaf.objects.filter(kind__in=[Kind.QUERY_ASKED, Kind.QUERY_HELD]).exists()
    assert not Query.objects.exists()
    assert not Alert.objects.exists()
    assert not User.objects.filter(full_name__contains="invented").exists()


def test_only_a_demo_has_an_imagined_past(year: Loaded, cast: Cast) -> None:
    """A real agency is offered no such period, whatever lies on its ledger."""
    now = utc_now()
    assert year.report.period in imagined_periods(cast.agency.pk, now=now)
    assert year.report.period not in real_periods(now=now)
    cast.agency.is_demo = False
    cast.agency.save()
    assert imagined_periods(cast.agency.pk, now=now) == []


def test_loading_takes_seconds(year: Loaded) -> None:
    """Most of a year's searches, and no more than a few thousand entries."""
    assert 5_000 < year.entries < 15_000
    assert isinstance(year.report.signed_at, datetime)
