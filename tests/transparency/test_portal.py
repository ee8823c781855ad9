"""The portal as everybody sees it."""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platewarden.ledger.actions import sign_checkpoint
from platewarden.ledger.keys import ensure_log_key
from platewarden.policy.clauses import clauses
from platewarden.transparency.actions import renew_state
from platewarden.transparency.models import MonthlyFigures
from platewarden.transparency.texts import language_asked, texts
from platewarden.transparency.urls import urlpatterns
from tests.adoption.scenes import adopt
from tests.cast import Cast
from tests.conftest import NOW
from tests.transparency.scenes import measured, published

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
PUBLIC = ("/transparency/", "/transparency/en/", "/transparency/es/")
FILES = ("/transparency/data.json", "/transparency/data.csv", "/transparency/checkpoint.txt")


@pytest.mark.clause("TPR-1")
@pytest.mark.parametrize("address", [*PUBLIC, *FILES])
def test_it_is_open_to_everybody_without_a_cookie(address: str, cast: Cast, client: Client) -> None:
    """No sign-in, no cookie, no script; it may be kept for five minutes."""
    response = client.get(address)
    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"] == "public, max-age=300"
    assert b"<script" not in response.content
    assert b"style=" not in response.content


@pytest.mark.clause("TPR-1")
def test_who_may_do_what_at_each_of_its_addresses(cast: Cast, client: Client) -> None:
    """Every address is either for everybody, or for oversight alone: strangers sign in, officers are refused."""
    views = {pattern.name for pattern in urlpatterns}
    assert views == {
        *("portal", "portal_en", "portal_es", "json", "csv", "checkpoint"),
        *("figures", "review", "publish", "check"),
    }
    measured(cast, OCTOBER)
    staff = ("figures/", "figures/2026-10/review/", "figures/2026-10/publish/", "figures/check/")
    for address in staff:
        ask = client.get if address == "figures/" else client.post
        client.logout()
        assert ask(f"/transparency/{address}")["Location"].startswith("/sign-in/")
        for person in (cast.alice, cast.ivan, cast.dee, cast.eve):
            client.force_login(person)
            assert ask(f"/transparency/{address}").status_code == 403
    for person in (cast.ada, cast.sue, cast.tom):
        client.force_login(person)
        assert client.get("/transparency/figures/").status_code == 200


@pytest.mark.clause("TPR-1")
def test_it_says_what_is_so_and_what_is_not_built(cast: Cast, client: Client) -> None:
    """Every clause with its state, cameras by kind without places, and the newest checkpoint."""
    ensure_log_key(Path(_keys()), "test.platewarden.invalid/ledger")
    sign_checkpoint(actor=cast.actor("ada"), now=NOW)
    text = client.get("/transparency/en/").content.decode()
    assert all(clause.id in text for clause in clauses())
    assert "With nobody: no agreement is in force." in text
    assert "Route 13" not in text
    assert "No month is published yet" in text
    note = client.get("/transparency/checkpoint.txt").content.decode()
    assert note.startswith("test.platewarden.invalid/ledger\n")
    assert note.splitlines()[2] in text


def _keys() -> str:
    from django.conf import settings

    return str(settings.PLATEWARDEN_KEYS)


@pytest.mark.clause("TPR-1")
def test_places_are_named_only_where_two_people_have_decided_so(cast: Cast, client: Client) -> None:
    """By a dated parameter."""
    adopt(cast, "transparency.show_places", value=True)
    assert "Route 13 at Mill Street" in client.get("/transparency/en/").content.decode()


@pytest.mark.clause("TPR-1", "HIT-3")
def test_published_months_stand_on_page_json_and_csv_alike(cast: Cast, client: Client) -> None:
    """With shares and their Wilson intervals; what is measured but not published stands nowhere."""
    published(cast, OCTOBER, hits=(120, 104, 96, 11))
    measured(cast, date(2026, 9, 1), reads=77_777)
    page = client.get("/transparency/en/").content.decode()
    data = json.loads(client.get("/transparency/data.json").content)
    rows = list(csv.DictReader(io.StringIO(client.get("/transparency/data.csv").content.decode())))
    (month,) = data["months"]
    assert month["false_hit_rate"] == {
        "share": 0.1146,
        "low": 0.0652,
        "high": 0.1936,
        "part": 11,
        "whole": 96,
    }
    assert "11.5 %" in page
    assert "6.5 - 19.4 %" in page
    assert "41,212" in page
    assert {
        "month": "2026-10",
        "table": "reads",
        "item": "total",
        "count": "41212",
        "is_withheld": "0",
    } in rows
    for everything in (page, json.dumps(data), json.dumps(rows)):
        assert "77777" not in everything.replace(",", "")


@pytest.mark.clause("TPR-1")
def test_readers_cost_two_short_queries(
    cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The page is made once for each state of what is public, and a reader who has it is told so."""
    first = client.get("/transparency/en/")
    with django_assert_num_queries(2):
        assert client.get("/transparency/en/").content == first.content
    assert client.get("/transparency/en/", headers={"If-None-Match": first["ETag"]}).status_code == 304
    published(cast, OCTOBER)
    assert b"41,212" in client.get("/transparency/en/").content


def test_the_language_is_that_of_the_address_or_of_the_browser(cast: Cast, client: Client) -> None:
    """And English for whoever asks for neither."""
    assert 'lang="es"' in client.get("/transparency/es/").content.decode()
    answer = client.get("/transparency/", headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.8"})
    assert answer["Content-Language"] == "es"
    assert "Accept-Language" in answer["Vary"]
    assert language_asked("fr, de;q=0.5") == "en"
    assert language_asked("en;q=0.3, es;q=0.7") == "es"
    assert language_asked("es;q=x") == "en"


def test_both_languages_have_every_text() -> None:
    """The same keys, the same places for figures, lists as long; and every name that the figures bring."""

    def shape(text: Any) -> Any:
        if isinstance(text, dict):
            return {key: shape(value) for key, value in text.items()}
        if isinstance(text, list):
            return [shape(value) for value in text]
        return sorted(re.findall(r"\{\w*\}", text))

    assert shape(texts("en")) == shape(texts("es"))
    assert set(texts("en")["chapters"]) == {clause.id[:3] for clause in clauses()}


def test_the_reference_names_every_member_of_the_data(cast: Cast, client: Client) -> None:
    """docs/reference/transparency-data.md and the code agree."""
    published(cast, OCTOBER)
    page = (Path(__file__).parents[2] / "docs/reference/transparency-data.md").read_text(encoding="utf-8")

    def names(found: Any) -> set[str]:
        if isinstance(found, list):
            return set().union(*map(names, found))
        if isinstance(found, dict):
            return set(found).union(*map(names, found.values()))
        return set()

    data = json.loads(client.get("/transparency/data.json").content)
    keys = (
        names(data)
        - set(data["months"][0]["searches"]["by_purpose"])
        - {clause.id[:3] for clause in clauses()}
    )
    assert not {key for key in keys if f"`{key}`" not in page}
    assert f"version {data['version']}" in page.lower()


@pytest.mark.clause("TPR-1")
def test_the_administrator_looks_and_the_supervisor_publishes_by_hand(cast: Cast, client: Client) -> None:
    """Page by page; doing it twice is told as absent."""
    measured(cast, OCTOBER, searches={"offender": 3})
    client.force_login(cast.ada)
    assert "withheld" in client.get("/transparency/figures/").content.decode()
    assert client.post("/transparency/figures/2026-10/review/").status_code == 302
    assert client.post("/transparency/figures/2026-10/review/").status_code == 404
    assert client.post("/transparency/figures/2026-13/review/").status_code == 404
    client.force_login(cast.sue)
    assert client.post("/transparency/figures/2026-10/publish/").status_code == 302
    assert MonthlyFigures.objects.get().published_by == cast.sue
    assert client.post("/transparency/figures/check/", {"found": ""}).status_code == 422
    assert client.post("/transparency/figures/check/", {"found": "All well"}).status_code == 302
    renew_state(agency_id=cast.agency.pk, now=NOW)
    assert "Done on November 20, 2026." in client.get("/transparency/en/").content.decode()


def test_the_demo_shows_invented_months_and_says_so(db: None, store_home: Path, client: Client) -> None:
    """Published by two of its people, as real ones are; the banner says that they are invented."""
    from platewarden.accounts.actors import owning_agency_id
    from platewarden.demo.agency import load_demo

    owning_agency_id.cache_clear()
    load_demo(password="long-gravel-otter-window", now=NOW)
    text = client.get("/transparency/en/").content.decode()
    owning_agency_id.cache_clear()
    assert "invented" in text
    assert "October 2026" in text
    assert MonthlyFigures.objects.filter(published_at__isnull=False).count() == 9
