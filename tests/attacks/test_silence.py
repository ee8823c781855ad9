"""Ways in and out while the ledger cannot be written: nobody gets in, nothing is changed, nothing is shown."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client

from platewarden.accounts.models import User
from platewarden.accounts.second_factor import code_now
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.retention.models import PurgeClock
from tests.cast import PASSWORD, Cast
from tests.conftest import NOW

NEW = "seven-cold-lantern-rivers"
CHANGE = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the edge's clock; it stands at the moment at which tests play."""

    def _set(now: Any) -> None:
        for module in (
            "accounts.views",
            "alerts.views",
            "compliance.views",
            "site.middleware",
            "site.context",
        ):
            monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: now)

    _set(NOW)
    return _set


def silence(connection: psycopg.Connection[Any]) -> None:
    """Take the right to append away."""
    connection.execute("REVOKE EXECUTE ON FUNCTION ledger_append FROM platewarden_app")


@pytest.mark.clause("ADM-3")
def test_nobody_signs_in_unrecorded(
    owner_connection: psycopg.Connection[Any], cast: Cast, client: Client
) -> None:
    """Neither with the right password nor with a wrong one is there an answer; no session begins."""
    silence(owner_connection)
    assert client.post("/sign-in/", {"login": "alice", "password": "wrong"}).status_code == 503
    assert client.post("/sign-in/", {"login": "alice", "password": PASSWORD}).status_code == 302
    for code in ("000000", code_now(cast.alice)):
        assert client.post("/sign-in/code/", {"code": code}).status_code == 503
        assert "_auth_user_id" not in client.session


@pytest.mark.clause("ADM-3")
def test_a_console_that_cannot_be_locked_shows_nothing(
    owner_connection: psycopg.Connection[Any], cast: Cast, sign_in: Any, clock: Any
) -> None:
    """Left alone too long while its lock cannot be recorded, it says so and shows no page."""
    console = sign_in(cast.alice)
    assert console.get("/alerts/").status_code == 200
    clock(NOW + timedelta(hours=2))
    silence(owner_connection)
    answers = [console.get(address) for address in ("/alerts/", "/queries/", "/hotlists/")]
    assert [answer.status_code for answer in answers] == [503] * 3
    assert answers[0]["Cache-Control"] == "no-store"


@pytest.mark.clause("ADM-3")
def test_a_locked_console_is_not_opened_unrecorded(
    owner_connection: psycopg.Connection[Any], cast: Cast, sign_in: Any, clock: Any
) -> None:
    """The right password opens nothing while that cannot be recorded."""
    console = sign_in(cast.alice)
    console.get("/alerts/")
    clock(NOW + timedelta(hours=2))
    assert console.get("/alerts/")["Location"].startswith("/locked/")
    silence(owner_connection)
    assert console.post("/locked/", {"password": PASSWORD}).status_code == 503
    assert console.get("/alerts/")["Location"].startswith("/locked/")


@pytest.mark.clause("ADM-3")
def test_no_password_changes_unrecorded(
    owner_connection: psycopg.Connection[Any], cast: Cast, sign_in: Any
) -> None:
    """A change of password is an entry; without the entry the old one stays."""
    console = sign_in(cast.alice)
    silence(owner_connection)
    assert console.post("/sign-in/password/", CHANGE).status_code == 503
    assert User.objects.get(pk=cast.alice.pk).check_password(PASSWORD)
    owner_connection.execute("GRANT EXECUTE ON FUNCTION ledger_append TO platewarden_app")
    assert console.post("/sign-in/password/", CHANGE).status_code == 302
    assert User.objects.get(pk=cast.alice.pk).check_password(NEW)
    (entry,) = LedgerBody.objects.filter(leaf__kind="account.password_set")
    assert (entry.subject, entry.actor) == (f"person:{cast.alice.pk}", "alice")
    assert NEW not in entry.body


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_a_paused_purge_can_be_let_go_by_the_administrator_alone(cast: Cast, sign_in: Any) -> None:
    """After a jump of the clock, or days without power, the policy page asks the administrator, and nobody else."""
    PurgeClock.objects.create(last_seen_at=NOW - timedelta(days=3), paused_at=NOW)
    console = sign_in(cast.sue)
    assert b'action="/policy/clock/"' not in console.get("/policy/").content
    assert console.post("/policy/clock/").status_code == 403
    console = sign_in(cast.ada)
    assert b'action="/policy/clock/"' in console.get("/policy/").content
    assert console.get("/policy/clock/").status_code == 405
    assert console.post("/policy/clock/").status_code == 302
    assert PurgeClock.objects.get().paused_at is None
    assert LedgerLeaf.objects.filter(kind="purge.resumed").count() == 1
    assert b"The purge is paused" not in console.get("/policy/").content
