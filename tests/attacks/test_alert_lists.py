"""The list of alerts as a way to look at past sightings without a trace."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client

from platewarden.alerts.models import Alert
from tests.alerts.scenes import entries, list_entry, pass_by
from tests.cast import Cast
from tests.conftest import NOW
from tests.telling import spoken

ADDRESSES = ("/alerts/", "/alerts/?show=all", "/alerts/?show=all&page=1")


@pytest.fixture(autouse=True)
def at_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the console's clock show the moment at which the tests play."""
    for module in ("alerts.views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


@pytest.mark.django_db
@pytest.mark.clause("QRY-2", "USE-1")
def test_who_looks_through_the_list_is_on_the_ledger(cast: Cast, sign_in: Callable[[Any], Client]) -> None:
    """Every page of it that shows a plate is an entry that names the alerts, and no plate."""
    list_entry(cast, NOW)
    alert = pass_by(cast, NOW)
    console = sign_in(cast.alice)
    for address in ADDRESSES:
        assert console.get(address).status_code == 200
    assert [entry["details"]["alerts"] for entry in entries("alerts.listed")] == [[alert.number]] * 3
    assert {entry["actor"]["name"] for entry in entries("alerts.listed")} == {"alice"}
    assert "4821" not in spoken(str(entries("alerts.listed")))


@pytest.mark.django_db
@pytest.mark.clause("QRY-2")
def test_a_line_of_the_past_is_a_look_too(cast: Cast, sign_in: Callable[[Any], Client]) -> None:
    """What consoles fetch by themselves leaves nothing; the line of an alert that ended long ago does."""
    list_entry(cast, NOW)
    alert = pass_by(cast, NOW)
    console = sign_in(cast.alice)
    address = f"/alerts/rows/{alert.pk}/"
    for ended_at in (None, NOW - timedelta(minutes=1)):
        Alert.objects.update(disposed_at=ended_at, finding="correct_read", action_taken="no_action")
        assert b"4821" in console.get(address).content
    assert not entries("alerts.listed")
    Alert.objects.update(disposed_at=NOW - timedelta(hours=1))
    assert b"4821" in console.get(address, headers={"X-Platewarden-Live": "1"}).content
    assert len(entries("alerts.listed")) == 1


@pytest.mark.clause("QRY-2")
def test_without_the_ledger_the_list_shows_nothing(
    owner_connection: psycopg.Connection[Any], cast: Cast, sign_in: Callable[[Any], Client]
) -> None:
    """A list that cannot be recorded is not shown."""
    list_entry(cast, NOW)
    pass_by(cast, NOW)
    console = sign_in(cast.alice)
    owner_connection.execute("REVOKE EXECUTE ON FUNCTION ledger_append FROM platewarden_app")
    for address in ADDRESSES:
        answer = console.get(address)
        assert answer.status_code == 503
        assert "4821" not in spoken(answer.content)
