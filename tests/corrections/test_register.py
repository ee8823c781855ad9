"""How often hits are false: counted when alerts end, by one dimension at a time, and exported safely."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from platewarden.accounts.actors import system_actor
from platewarden.corrections.charts import chart_of
from platewarden.corrections.models import FindingCount, Suppression
from platewarden.corrections.rates import Rate, register_of
from platewarden.corrections.views import table_of
from platewarden.policy.hits import Finding
from platewarden.retention.actions import purge_due
from platewarden.site.exports import safe_cell
from tests.alerts.scenes import entries
from tests.cast import Cast
from tests.conftest import NOW
from tests.corrections.scenes import ROW, ends, later, load, passes
from tests.telling import spoken

pytestmark = pytest.mark.django_db


def ended(cast: Cast, *findings: Finding) -> None:
    """Let one vehicle after the other pass, and end each alert with one of *findings*."""
    rows = [f"KAB482{number},NY,stolen_vehicle,Reported stolen" for number in range(len(findings))]
    load(cast, NOW, *rows)
    for number, finding in enumerate(findings):
        alert = passes(cast, NOW, plate=f"KAB482{number}", char_confidences=[0.9] * 7)
        assert alert
        ends(alert, cast, NOW, finding=finding)


@pytest.mark.clause("HIT-3")
def test_rates_are_told_by_camera_list_grade_category_and_month(cast: Cast) -> None:
    """Each with how many ended, how many were false, and the interval of the share."""
    ended(cast, Finding.CORRECT_READ, Finding.WRONG_CHARACTERS, Finding.WRONG_ENTRY, Finding.CORRECT_READ)
    register = register_of(cast.agency.pk, now=NOW)
    assert (register.overall.ended, register.overall.false, register.overall.percent) == (4, 2, "50 %")
    assert register.overall.interval == "15 to 85 %"
    labels = {heading: [rate.label for rate in rates] for heading, rates in register.tables.items()}
    assert labels == {
        "Camera": ["Route 13 north"],
        "Hotlist": ["State extract"],
        "Grade of match": ["same characters, same state"],
        "Category": ["Stolen vehicle"],
    }
    assert [month.label for month in register.months][-1] == "2026-11"
    assert [month.ended for month in register.months] == [0] * 11 + [4]
    assert register.months[0].label == "2025-12"


@pytest.mark.clause("HIT-3", "RET-1")
def test_counts_outlive_the_day_and_hold_no_plate_and_no_single_place(cast: Cast) -> None:
    """After the purge the rates are the same; no row joins a camera with a list."""
    ended(cast, Finding.WRONG_STATE)
    purge_due(actor=system_actor("tests"), now=NOW + timedelta(days=31))
    assert register_of(cast.agency.pk, now=NOW).overall.false == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM finding_counts c")
        rows = [row[0] for row in cursor.fetchall()]
    assert len(rows) == 5
    assert not [row for row in rows if "4820" in spoken(row) or ("State extract" in row and "camera" in row)]


@pytest.mark.clause("HIT-3")
def test_our_own_test_plates_are_not_counted(cast: Cast, now: datetime) -> None:
    """A calibration entry concerns nobody's vehicle: a read of one raises no alert, so that nothing can be counted."""
    load(cast, now, "KAB4821,NY,calibration,Our own test plate")
    assert passes(cast, now) is None
    assert not FindingCount.objects.exists()


def test_a_chart_says_in_words_what_it_draws() -> None:
    """Months without an alert are left empty; the others have a dot within their interval."""
    chart = chart_of(
        [Rate("2026-10", {}), Rate("2026-11", {Finding.CORRECT_READ: 3, Finding.WRONG_STATE: 1})]
    )
    assert [column.is_empty for column in chart.columns] == [True, False]
    shown = chart.columns[1]
    assert shown.high < shown.y < shown.low  # y grows downwards
    assert "2026-11: 1 of 4, 25 %, 5 to 70 %" in chart.in_words
    assert "2026-10" not in chart.in_words


@pytest.mark.parametrize("hostile", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =cmd|' /C calc'!A0"])
def test_a_cell_never_begins_a_formula(hostile: str) -> None:
    """What a spreadsheet would run is preceded by an apostrophe; numbers stay numbers."""
    assert safe_cell(hostile) == f"'{hostile}"
    assert safe_cell(-1) == "-1"
    assert safe_cell("State extract") == "State extract"


@pytest.mark.clause("HIT-3")
def test_the_export_is_safe_for_spreadsheets(cast: Cast) -> None:
    """A list named like a formula comes out as text."""
    name = '=HYPERLINK("http://x.invalid")'
    load(cast, NOW, ROW, name=name)
    alert = passes(cast, NOW)
    assert alert
    ends(alert, cast, NOW)
    rows = list(csv.DictReader(io.StringIO(table_of(register_of(cast.agency.pk, now=NOW)))))
    (row,) = [row for row in rows if row["by"] == "hotlist"]
    assert (row["which"], row["ended"], row["false"], row["wrong_entry"]) == (f"'{name}", "1", "1", "1")


@pytest.mark.clause("HIT-3")
@pytest.mark.parametrize(
    ("name", "status"), [("ada", 200), ("tom", 200), ("sue", 200), ("alice", 403), ("dee", 403), ("eve", 403)]
)
def test_oversight_sees_the_register(
    cast: Cast, sign_in: Callable[[Any], Client], name: str, status: int
) -> None:
    """Administrator, auditor and supervisor; taking the figures away is an entry."""
    ended(cast, Finding.WRONG_ENTRY)
    console = sign_in(getattr(cast, name))
    for address in ("/false-hits/", "/false-hits/suppressions/", "/false-hits/complaints/"):
        assert console.get(address).status_code == status
    assert console.post("/false-hits/export/").status_code == status
    assert len(entries("false_hits.exported")) == (status == 200)


def test_the_page_shows_rates_and_what_is_overdue(
    cast: Cast, sign_in: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures, drawing, and a review that nobody has made in time; no plate anywhere."""
    ended(cast, Finding.WRONG_ENTRY)
    suppression, console = Suppression.objects.get(), sign_in(cast.tom)
    page = console.get("/false-hits/").content.decode()
    for expected in ("100 %", "<svg", "Route 13 north", "State extract", "2026-11"):
        assert expected in page
    assert "Somebody waits" not in page
    assert "4820" not in spoken(page)
    monkeypatch.setattr("platewarden.corrections.views.utc_now", lambda: later(NOW, 73))
    assert "not reviewed in time" in console.get("/false-hits/").content.decode()
    page = console.get(f"/false-hits/suppressions/{suppression.pk}/").content.decode()
    assert "Review overdue" in page
