"""A read that arrives while its day is being removed; an application that removes reads behind the ledger's back."""

import base64
import os
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from platewarden.accounts.actors import system_actor
from platewarden.alerts.models import Alert
from platewarden.images.store import image_store
from platewarden.ingest import actions as ingest
from platewarden.ingest.schemas import ReadResult, SubmittedRead
from platewarden.ledger.models import LedgerLeaf
from platewarden.reads import days
from platewarden.reads.models import Capture, PlateSeen, Read
from platewarden.retention.actions import PurgeIncompleteError, purge_due
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, picture, store

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
"""The moment at which the reads of 21 October are due."""
DUE = date(2026, 10, 21)


def submit(cast: Cast, now: datetime) -> ReadResult:
    """Submit a read of the last second of the day that is due at midnight."""
    image = base64.b64encode(picture()).decode()
    read = SubmittedRead.model_validate(
        {
            "capture_id": "late",
            "seen_at": "2026-10-21T23:59:59+00:00",
            "plate": "WLK9027",
            "confidence": 0.9,
            "plate_image": image,
            "vehicle_image": image,
        }
    )
    (result,) = ingest.ingest(reads=[read], camera=cast.camera, actor=cast.camera_actor, now=now)
    return result


def purge(now: datetime) -> list[date]:
    """Purge as the timer does, and return the days."""
    return [done.day for done in purge_due(actor=system_actor("purge timer"), now=now)]


@pytest.fixture
def early(cast: Cast) -> Cast:
    """The cast, whose camera's statement was signed long ago."""
    cast.camera.statements.update(signed_at=MIDNIGHT - timedelta(days=60))
    return cast


@pytest.mark.clause("RET-1")
@pytest.mark.parametrize("step", ["seal", "_known_captures"])
def test_a_read_whose_day_is_purged_meanwhile_is_refused(
    fresh_database: str, early: Cast, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Begun a second before midnight, overtaken by the purge: nothing of it is stored, nothing comes back."""
    days.prepare([DUE])
    real = getattr(ingest, step)
    purged: list[date] = []

    def overtaken(*arguments: Any) -> Any:
        before = real(*arguments)
        if not purged:
            purged.extend(purge(MIDNIGHT))
        return before

    monkeypatch.setattr(ingest, step, overtaken)
    result = submit(early, MIDNIGHT - timedelta(seconds=1))
    assert purged == [DUE]
    assert (result.code, result.problem and result.problem.clause) == (403, "RET-1")
    assert [rows.objects.count() for rows in (Read, Capture, PlateSeen, Alert)] == [0, 0, 0, 0]
    assert days.kept() == []
    purge(MIDNIGHT + timedelta(minutes=10))
    assert image_store().days() == set()


@pytest.mark.clause("RET-1")
def test_a_closed_day_takes_nothing_though_its_rows_are_still_there(
    fresh_database: str, early: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A purge that died after closing the day has left the room, and nobody moves in."""
    days.prepare([DUE])
    with monkeypatch.context() as broken:
        broken.setattr(
            "platewarden.retention.actions._forget", lambda _: (_ for _ in ()).throw(OSError("power"))
        )
        with pytest.raises(PurgeIncompleteError, match="power"):
            purge(MIDNIGHT)
    assert submit(early, MIDNIGHT - timedelta(seconds=1)).code == 403
    assert image_store().days() == set()
    assert purge(MIDNIGHT) == [DUE]


@pytest.mark.clause("RET-1")
def test_a_day_is_closed_only_when_nobody_is_storing_its_reads(fresh_database: str, cast: Cast) -> None:
    """Closing waits for a submission on its way; another day's does not hold it up."""
    app = psycopg.connect(os.environ["PLATEWARDEN_TEST_APP_URL"], dbname=fresh_database)
    with app, transaction.atomic(), connection.cursor() as cursor:
        app.execute("SELECT pg_advisory_xact_lock_shared(6963, %s)", [DUE.toordinal()])
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
        days.lock(DUE + timedelta(days=1))
        with pytest.raises(OperationalError), transaction.atomic():
            days.lock(DUE)
        app.rollback()
        days.lock(DUE)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT drop_day('reads', '2026-11-20')",
        "SELECT drop_day('hits', '2026-11-20')",
        "DELETE FROM reads",
        "DELETE FROM reads_20261120",
        "DELETE FROM hits",
        "UPDATE hits SET plate = 'OTHER'",
        "UPDATE hits SET entry_reason = 'Another', disposition_note = ''",
        "UPDATE reads SET plate = 'OTHER'",
        "UPDATE reads_20261120 SET seen_at = seen_at - interval '1 day'",
        "TRUNCATE reads_20261120",
        "SELECT * FROM reads_20261120",
    ],
)
def test_no_read_is_lost_or_changed_without_an_entry(cast: Cast, statement: str) -> None:
    """The application's role neither changes a read nor removes one, but with its day, once the ledger says so."""
    store([a_sighting(cast.camera, "KAB4821", NOW)])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Read.objects.count() == 1
    assert not LedgerLeaf.objects.filter(kind="day.closed").exists()
