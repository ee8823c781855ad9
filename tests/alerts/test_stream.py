"""`/events` over a real port: at once, in order, nothing lost, nothing twice, nobody who may not."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from django.test import Client

from tests.alerts.scenes import another, entries
from tests.cast import Cast
from tests.conftest import NOW
from tests.live import free_port

PATIENCE = 180.0
Event = tuple[str, dict[str, Any]]


@pytest.fixture
def server(cast: Cast, fresh_database: str) -> Iterator[str]:
    """The console and its stream under uvicorn on a free loopback port, as a process of its own."""
    port = free_port()
    url = psycopg.conninfo.make_conninfo(os.environ["PLATEWARDEN_TEST_APP_URL"], dbname=fresh_database)
    owner = psycopg.conninfo.make_conninfo(os.environ["PLATEWARDEN_TEST_OWNER_URL"], dbname=fresh_database)
    command = [sys.executable, "-m", "uvicorn", "tests.alerts.served:application", "--port", str(port)]
    options = ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    environment = {**os.environ, "DATABASE_URL": url, "DATABASE_OWNER_URL": owner}
    process = subprocess.Popen([*command, *options], env=environment)
    try:
        _await_health(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _await_health(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/health/").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not come up")


def cookie_of(user: Any, **session: Any) -> dict[str, str]:
    """The cookie header of a console at which *user* is signed in."""
    client = Client()
    client.force_login(user)
    kept = client.session
    kept.update(session)
    kept.save()
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


@contextmanager
def listening(address: str, headers: dict[str, Any], query: str = "") -> Iterator[Callable[[], Event]]:
    """Listen at *address*; yields a function that waits for the next event that is not a beat."""
    with httpx.stream("GET", f"{address}/events{query}", headers=headers, timeout=PATIENCE) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()

        def following() -> Event:
            while (event := _event(lines))[0] == "beat":
                pass
            return event

        assert following()[0] == "ready"
        yield following


def _event(lines: Iterator[str]) -> Event:
    fields: dict[str, str] = {}
    for line in lines:
        if not line:
            break
        name, _, value = line.partition(": ")
        fields[name] = value
    else:
        return "closed", {}
    return fields["event"], json.loads(fields["data"]) | {"id": fields.get("id")}


@pytest.mark.clause("HIT-1")
def test_an_alert_is_told_within_a_second_by_its_id_alone(server: str, cast: Cast) -> None:
    """From the camera's submission to the console; no plate is in the event. A locked console hears it too."""
    alice, dee = cookie_of(cast.alice), cookie_of(cast.dee, locked=True)
    delays = []
    with listening(server, alice) as first, listening(server, dee) as second:
        for _ in range(3):
            alert = another(cast, NOW)
            raised = time.monotonic()
            for console in (first, second):
                kind, told = console()
                assert (kind, told.pop("id")) == ("alert", str(alert.number))
                expected = {"number": alert.number, "alert": str(alert.pk), "priority": "normal"}
                assert told == expected | {"sound": "normal"}
            delays.append(time.monotonic() - raised)
    assert sorted(delays)[1] < 1


@pytest.mark.clause("HIT-1")
def test_a_console_that_comes_back_is_told_what_it_missed_and_nothing_twice(server: str, cast: Cast) -> None:
    """By the number it last heard, as header or in the address; an invented number misses nothing to come."""
    headers = cookie_of(cast.alice)
    with listening(server, headers) as console:
        first = another(cast, NOW)
        assert console()[1]["number"] == first.number
    missed = [another(cast, NOW).number for _ in range(3)]
    with listening(server, {**headers, "Last-Event-ID": str(first.number)}) as console:
        assert [console()[1]["number"] for _ in missed] == missed
        missed.append(another(cast, NOW).number)
        assert console()[1]["number"] == missed[-1]
    with listening(server, headers, f"?after={first.number}") as console:
        assert [console()[1]["number"] for _ in missed] == missed
    for nonsense in ("9" * 30, "²", "-1", "1; DROP TABLE alerts"):
        told = {**headers, "Last-Event-ID": nonsense.encode("latin-1")}
        with listening(server, told) as console:
            latest = another(cast, NOW)
            assert console()[1]["number"] == latest.number


@pytest.mark.clause("USE-1")
def test_only_those_who_see_alerts_may_listen(server: str, cast: Cast) -> None:
    """Strangers and auditors are turned away; the auditor's attempt is on the ledger."""
    for headers in (
        {},
        {"Cookie": "sessionid=invented"},
        {"Cookie": "\xff=;;"},
        cookie_of(cast.tom),
        cookie_of(cast.eve),
    ):
        encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
        assert httpx.get(f"{server}/events", headers=encoded, timeout=PATIENCE).status_code == 403
    refused = entries("request.refused")
    assert [entry["actor"]["name"] for entry in refused] == ["tom", "eve"]
    assert refused[0]["details"]["action"] == "alerts.listen"
    assert httpx.post(f"{server}/events", headers=cookie_of(cast.alice), timeout=PATIENCE).status_code == 405


@pytest.mark.clause("USE-1")
def test_a_stream_ends_with_its_session(server: str, cast: Cast) -> None:
    """Signing out, or losing the role, ends it at the next beat."""
    from django.contrib.sessions.models import Session

    with listening(server, cookie_of(cast.alice)) as console:
        Session.objects.all().delete()
        assert console()[0] == "ended"
        assert console()[0] == "closed"
    with listening(server, cookie_of(cast.alice)) as console:
        cast.alice.grants.update(withdrawn_at=NOW)
        assert console()[0] == "ended"


@pytest.mark.clause("HIT-1")
def test_the_stream_outlives_the_loss_of_its_database_connection(
    server: str, cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    """Alerts raised while nobody listened to the database are told once it does again, in order."""
    with listening(server, cookie_of(cast.alice)) as console:
        assert another(cast, NOW).number == console()[1]["number"]
        lost = owner_connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        ).fetchone()
        assert lost
        assert lost[0] >= 1
        missed = [another(cast, NOW).number for _ in range(3)]
        assert [console()[1]["number"] for _ in missed] == missed
        later = another(cast, NOW)
        assert console()[1]["number"] == later.number


@pytest.mark.clause("HIT-1")
def test_consoles_are_told_when_an_alert_changes(server: str, cast: Cast) -> None:
    """So that two people do not take the same one; who comes back later is told so as well."""
    from platewarden.alerts.actions import acknowledge

    with listening(server, cookie_of(cast.dee)) as console:
        alert = another(cast, NOW)
        console()
        entry = acknowledge(alert=alert, actor=cast.actor("alice"), now=NOW)
        kind, told = console()
        assert (kind, told["alert"], told["id"]) == ("alert-changed", str(alert.pk), str(entry.seq))
        assert "sound" not in told
    with listening(server, {**cookie_of(cast.dee), "Last-Event-ID": str(alert.number)}) as console:
        kind, told = console()
        assert (kind, told["alert"], told["id"]) == ("alert-changed", str(alert.pk), str(entry.seq))


@pytest.mark.clause("USE-1", "HIT-1")
def test_each_console_hears_what_is_for_its_person_and_as_loudly_as_they_want(
    server: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of what is for others, muted alerts without sound, notices to whom they are addressed; abroad nothing."""
    from platewarden.accounts.models import Agency
    from platewarden.alerts.actions import acknowledge
    from platewarden.duty.actions import mute, start_shift
    from platewarden.notices.actions import tell
    from platewarden.policy.actor import Role
    from platewarden.policy.audiences import Audience, Priority
    from platewarden.policy.notices import NoticeKind
    from platewarden.site.clock import utc_now

    cast.max.agency = Agency.objects.create(name="Elsewhere", county="Elsewhere")
    cast.max.save()
    alice, now = cast.actor("alice"), utc_now()
    people = [listening(server, cookie_of(cast.people[name])) for name in ("alice", "ivan", "sue")]
    with contextlib.ExitStack() as open_streams:
        officer, investigator, supervisor = [open_streams.enter_context(one) for one in people]
        start_shift(areas=[], ends_at=now + timedelta(hours=8), actor=alice, now=now)
        mute(priority=Priority.NORMAL, until=now + timedelta(minutes=10), actor=alice, now=now)
        with monkeypatch.context() as patched:
            detectives = Audience(roles=frozenset({Role.INVESTIGATOR}))
            patched.setattr("platewarden.alerts.raising._audience_of", lambda _: detectives)
            secret = another(cast, NOW)
        tell(
            kind=NoticeKind.HOTLIST_STALE, subject="hotlist:1", text="Old.", to_role=Role.SUPERVISOR, now=NOW
        )
        normal, high = another(cast, NOW), another(cast, NOW, entry={"priority": "high"})
        assert [(told["number"], told["sound"]) for _, told in (officer(), officer())] == [
            (normal.number, ""),
            (high.number, "high"),
        ]
        assert [investigator()[1]["number"] for _ in range(3)] == [secret.number, normal.number, high.number]
        heard = [supervisor() for _ in range(3)]
        assert [kind for kind, _ in heard] == ["notice", "alert", "alert"]
        assert heard[0][1]["kind"] == "hotlist.stale"
        acknowledge(alert=normal, actor=alice, now=NOW)
        assert officer()[0] == "alert-changed"
    abroad = httpx.get(f"{server}/events", headers=cookie_of(cast.max), timeout=PATIENCE)
    assert abroad.status_code == 403
    with listening(server, cookie_of(cast.sue), f"?after={high.number}") as supervisor:
        cast.sue.grants.update(withdrawn_at=NOW)
        while (told := supervisor())[0] != "ended":
            assert told[0] in {"alert", "alert-changed", "notice"}
