"""Nothing is left of a purged read: every table and every folder is looked through, and none may be forgotten."""

import base64
import json
import os
import re
import uuid
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client

from platewarden.accounts.actors import system_actor
from platewarden.alerts.models import Alert, Hit
from platewarden.candidates.models import Candidate
from platewarden.car.models import Press
from platewarden.hotlists.models import Entry
from platewarden.images.store import Shelf, image_store
from platewarden.ledger.actions import sign_checkpoint
from platewarden.ledger.keys import ensure_log_key
from platewarden.matching.plates import skeleton
from platewarden.queries.models import Query
from platewarden.reads.days import KEPT_BY_DAY, day_of
from platewarden.reads.models import Read
from platewarden.retention.actions import purge_due
from platewarden.retention.inventory import FOLDERS, TABLES, Fate
from platewarden.retention.sweeping import sweep_passing
from platewarden.webhooks.models import Delivery
from tests.alerts.scenes import list_entry, picture, submitted
from tests.cast import Cast
from tests.conftest import NOW
from tests.corrections.scenes import ends
from tests.reports.scenes import MATCHED, reported
from tests.webhooks.test_actions import set_up

SEEN = datetime(2026, 11, 20, 14, 23, 45, 123457, tzinfo=UTC)
MIDNIGHT = datetime(2026, 12, 20, tzinfo=UTC)
"""When what was seen on 20 November is due."""
AS_READ, PLATE, NEAR = "WLK 9027", "WLK9027", "KA84821"
COLOURS = ("white", "teal")

Connection = psycopg.Connection[Any]


def tables_of(connection: Connection) -> set[str]:
    """Return every table and materialised view of the database that the system does not bring, partitions apart."""
    found = connection.execute(
        "SELECT relname FROM pg_class JOIN pg_namespace schema ON schema.oid = relnamespace"
        " WHERE relkind IN ('r', 'p', 'm', 'f') AND NOT relispartition"
        " AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
    )
    return {name for (name,) in found}


def test_every_table_is_classified(owner_connection: Connection) -> None:
    """A new table fails this test until somebody has said what of a read it may hold, and how it goes."""
    assert tables_of(owner_connection) == {table.name for table in TABLES}
    assert len(TABLES) == len({table.name for table in TABLES})


def test_the_tables_kept_by_day_are_those_that_are_partitioned(owner_connection: Connection) -> None:
    """What the purge drops is what the inventory says it drops, and what the database keeps in parts."""
    dropped = {table.name for table in TABLES if table.fate is Fate.DROPPED}
    found = owner_connection.execute("SELECT relname FROM pg_class WHERE relkind = 'p'")
    assert dropped == set(KEPT_BY_DAY) == {name for (name,) in found}


def test_whatever_names_a_read_or_an_alert_is_not_said_to_hold_nothing(owner_connection: Connection) -> None:
    """A column for a read, a hit, an alert or a time of capture makes its table one that may hold something."""
    found = owner_connection.execute(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name IN"
        " ('read_id', 'hit_id', 'hit_seen_at', 'alert_id', 'seen_at', 'plate_as_read', 'plate_image')"
    )
    free = {table.name for table in TABLES if table.fate is Fate.NOTHING}
    assert not free.intersection(name for (name,) in found)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages play at the tests' moment."""
    for module in ("queries.views", "alerts.views", "reports.views", "candidates.views", "car.views"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)
    for module in ("site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


@pytest.fixture
def seen(fresh_database: str, cast: Cast, store_home: Path, settings: Any, clock: None, sign_in: Any) -> Read:
    """A wanted vehicle passed, and everybody has worked on it: a read that has left as many traces as one can."""
    from django.conf import settings as now_in_force

    settings.EMAIL_HOST = "mail.invalid"
    settings.PLATEWARDEN_EVALUATION = store_home / "evaluation"
    settings.FILE_UPLOAD_TEMP_DIR = str(store_home / "uploads")
    ensure_log_key(now_in_force.PLATEWARDEN_KEYS, now_in_force.PLATEWARDEN_ORIGIN)
    set_up(cast)
    list_entry(cast, NOW, plate=AS_READ)
    list_entry(cast, NOW, plate="KAB4821")
    submit(cast, AS_READ, seen_at=SEEN)
    submit(cast, NEAR, seen_at=SEEN)
    work_on_it(cast, Alert.objects.get(), sign_in)
    sign_checkpoint(actor=system_actor("checkpoint timer"), now=NOW)
    read = Read.objects.get(plate=PLATE)
    leave_files(store_home, read)
    Entry.objects.all().delete()  # the lists may know the plate; nothing that was seen may
    return read


def submit(cast: Cast, plate: str, *, seen_at: datetime) -> None:
    """Let the camera see *plate*."""
    from platewarden.ingest.actions import ingest

    read = submitted(
        NOW,
        plate=plate,
        seen_at=seen_at.isoformat(),
        capture_id=f"capture-{plate[:3]}",
        vehicle_image=base64.b64encode(picture(COLOURS[1])).decode(),
    )
    (result,) = ingest(reads=[read], camera=cast.camera, actor=cast.camera_actor, now=NOW)
    assert result.code == 201


def work_on_it(cast: Cast, alert: Alert, sign_in: Any) -> None:
    """Open, verify and end the alert, have a report made, search for the plate and look at its images."""
    alice: Client = sign_in(cast.alice)
    assert alice.get(f"/alerts/{alert.pk}/").status_code == 200
    alice.post(f"/car/{alert.pk}/", {"answer": "on_my_way", "key": str(uuid.uuid4())})
    Press.objects.get_or_create(
        key=uuid.uuid4(),
        defaults={"user": cast.alice, "alert_id": alert.pk, "answer": "x", "pressed_at": NOW},
    )
    ends(alert, cast, NOW, verification=MATCHED)
    reported(alert, cast, NOW, case="2026-004512")
    ivan: Client = sign_in(cast.ivan)
    assert ivan.get(f"/candidates/{Candidate.objects.get().id}/").status_code == 200
    asked = ivan.post(
        "/queries/",
        {
            "kind": "exact",
            "plate_text": AS_READ,
            "seen_from": "2026-11-13T10:00",
            "seen_until": "2026-11-20T10:15",
            "purpose": "criminal_investigation",
            "reason": "Car seen leaving the burglary on Green Street",
            "case_number": "2026-004512",
            "requested_by": "",
        },
    )
    assert asked.status_code == 303, asked.content.decode()[:2000]
    assert PLATE in ivan.get(asked["Location"]).content.decode().replace(" ", "")


def leave_files(home: Path, read: Read) -> None:
    """Leave what a stopped program and a person leave: a body on its way in, and pictures that were measured."""
    for folder in ("uploads", "evaluation/route-13"):
        (home / folder).mkdir(parents=True)
        (home / folder / f"{PLATE}.jpg").write_bytes(picture(COLOURS[1]))
    old = (NOW - timedelta(minutes=30)).timestamp()
    for path in (home / "uploads" / f"{PLATE}.jpg", home / "evaluation" / "route-13"):
        os.utime(path, (old, old))


def traces_of(read: Read, hit: Hit) -> dict[str, list[str]]:
    """Return everything by which the read could be found, written as any column or file might write it."""
    images = [picture(colour) for colour in COLOURS]
    return {
        "plate": [PLATE, AS_READ, PLATE[::-1], skeleton(PLATE), NEAR, skeleton(NEAR)],
        "ids": [str(hit.id), hit.id.hex, "capture-WLK", "capture-KA8"],
        "time": ["2026-11-20 14:23:45", "2026-11-20T14:23:45", str(int(SEEN.timestamp())), "09:23:45"],
        "image": [
            *(base64.b64encode(image).decode() for image in images),
            *(image.hex() for image in images),
            read.plate_image.partition(":")[0],
        ],
    }


def tables_with(connection: Connection, texts: list[str]) -> set[str]:
    """Return the tables of which any row, written out as text, holds any of *texts*, in either case of letters."""
    connection.execute("SET TIME ZONE 'UTC'")
    found = set()
    for table in tables_of(connection):
        held = connection.execute(
            f'SELECT EXISTS (SELECT FROM "{table}" AS line, unnest(%s::text[]) trace'
            " WHERE strpos(lower(line::text), lower(trace)) > 0)",
            [texts],
        ).fetchone()
        found |= {table} if held and held[0] else set()
    return found


def files_with(home: Path, needles: list[bytes]) -> set[str]:
    """Return the files below *home* of which name or content holds any of *needles*."""
    return {
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file()
        for said in (path.read_bytes() + str(path).encode(),)
        if any(needle in said for needle in needles)
    }


@pytest.mark.clause("RET-1")
def test_no_trace_is_left_in_any_table(owner_connection: Connection, seen: Read) -> None:
    """By plate, its ending, its skeleton, by ids, times and image bytes: every row of every table is searched.

    What stays is what the policy keeps: the ledger names reads by id, and knows the plate that a query asked for.
    """
    hit, candidate = Hit.objects.get(), Candidate.objects.get()
    traces = traces_of(seen, hit)
    before = {table for texts in traces.values() for table in tables_with(owner_connection, texts)}
    holding = {table.name for table in TABLES if table.fate in {Fate.DROPPED, Fate.DELETED, Fate.REDUCED}}
    assert before >= {"reads", "hits", "candidates", "captures", "plates_seen", "alerts", "queries"}
    assert Delivery.objects.exists()
    assert rows_about(owner_connection, "alert_openings") > 0
    assert purge_due(actor=system_actor("purge timer"), now=MIDNIGHT)
    assert tables_with(owner_connection, traces["plate"]) == {"ledger_body"}
    assert kinds_with(owner_connection, traces["plate"]) <= {"query.asked", "query.answered"}
    for kind in ("ids", "time", "image"):
        assert tables_with(owner_connection, traces[kind]) == set(), kind
    for named in (seen.id, candidate.id):
        assert tables_with(owner_connection, [str(named)]) <= {"ledger_body"}, "an entry names it by its id"
    assert not [table for table in holding - {"alerts"} if rows_about(owner_connection, table)]
    assert not Query.objects.exists()


def rows_about(connection: Connection, table: str) -> int:
    """Return how many rows of *table* there are that could be about the read; all of it happened to it alone."""
    condition = " WHERE subject LIKE 'alert:%'" if table == "notices" else ""
    if table == "notice_readings":
        condition = " WHERE notice_id NOT IN (SELECT id FROM notices)"
    (count,) = connection.execute(f'SELECT count(*) FROM "{table}"{condition}').fetchone() or (0,)
    return int(count)


def kinds_with(connection: Connection, texts: list[str]) -> set[str]:
    """Return the kinds of ledger entries whose body holds any of *texts*."""
    found = connection.execute(
        "SELECT DISTINCT kind FROM ledger_leaf JOIN ledger_body USING (seq), unnest(%s::text[]) trace"
        " WHERE strpos(lower(body), lower(trace)) > 0",
        [texts],
    )
    return {kind for (kind,) in found}


@pytest.mark.clause("RET-1")
def test_no_trace_is_left_in_any_session(owner_connection: Connection, seen: Read) -> None:
    """What the server remembers of a browser holds no plate and no read, even while it lasts; then it goes."""
    assert Session.objects.exists()
    for session in Session.objects.all():
        said = json.dumps(SessionStore().decode(session.session_data))
        assert not re.search(rf"{PLATE}|{AS_READ}|{seen.id}", said)
    sweep_passing(now=datetime.now(UTC) + timedelta(days=2))  # Django dates sessions by the machine's clock
    assert not Session.objects.exists()


@pytest.mark.clause("RET-1")
def test_no_trace_is_left_in_any_file(seen: Read, cast: Cast, store_home: Path) -> None:
    """Neither name nor bytes of any file lead to the read; what was sealed is gone with its key."""
    shelf = Shelf.of_day(cast.agency.pk, day_of(SEEN))
    (sealed, *_) = (store_home / "images" / shelf.folder).iterdir()
    needles = [
        sealed.read_bytes()[:64],
        *(picture(colour) for colour in COLOURS),
        *(text.encode() for text in (PLATE, AS_READ, str(seen.id), "capture-WLK", sealed.name)),
    ]
    assert files_with(store_home, needles) >= {
        f"images/{shelf.folder}/{sealed.name}",
        f"uploads/{PLATE}.jpg",
        f"evaluation/route-13/{PLATE}.jpg",
    }
    purge_due(actor=system_actor("purge timer"), now=MIDNIGHT)
    sweep_passing(now=MIDNIGHT)
    sweep_passing(now=NOW + timedelta(days=30))
    assert files_with(store_home, needles) == set()
    assert not list((store_home / "keys" / "wrapped").glob("day-*"))
    assert image_store().days() == set()


@pytest.mark.clause("RET-1")
def test_every_file_of_an_installation_is_classified(seen: Read, store_home: Path) -> None:
    """A new folder in the home fails this test until somebody has said what it holds, and how it goes."""
    unknown = [
        str(path.relative_to(store_home))
        for path in store_home.rglob("*")
        if path.is_file() and not _is_classified(path.relative_to(store_home))
    ]
    assert unknown == []


def _is_classified(path: Path) -> bool:
    candidates = [str(path), *(str(parent) for parent in path.parents if parent != Path())]
    return any(fnmatch(candidate, folder.path) for candidate in candidates for folder in FOLDERS)
