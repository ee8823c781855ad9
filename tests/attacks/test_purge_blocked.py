"""Attempts to keep a day by standing in the purge's way: a session that holds it, a full disk, a link, a stray file."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from platewarden.accounts.actors import system_actor
from platewarden.images.keystore import Keystore
from platewarden.images.store import Shelf, image_store
from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.reads.models import Read
from platewarden.retention import actions
from platewarden.retention.watching import look_after_purge
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, store, with_images

EARLIER, DUE = date(2026, 10, 19), date(2026, 10, 20)
SEEN = NOW - timedelta(days=31)
MIDNIGHT = NOW.replace(hour=0, minute=0)


def purge() -> list[date]:
    """Purge as the timer does."""
    return [done.day for done in actions.purge_due(actor=system_actor("purge timer"), now=NOW)]


def look(now: Any = NOW) -> None:
    """Look after the purge as the timer does."""
    look_after_purge(actor=system_actor("retention timer"), now=now)


def told() -> list[str]:
    """Return the roles that have an open notice of overdue data."""
    open_ones = Notice.objects.filter(kind="purge.overdue", handled_at=None)
    return sorted(open_ones.values_list("to_role", flat=True))


@pytest.fixture
def reads(cast: Cast) -> list[Read]:
    """Reads of two days that are due, with images."""
    moments = (SEEN - timedelta(days=1), SEEN)
    return store([with_images(a_sighting(cast.camera, "KAB4821", moment)) for moment in moments])


@contextmanager
def an_open_transaction(database: str, statement: str) -> Iterator[None]:
    """Let another session of the application look at something, and stay in its transaction."""
    with psycopg.connect(os.environ["PLATEWARDEN_TEST_APP_URL"], dbname=database) as session:
        session.execute(statement)
        yield
        session.rollback()


@pytest.mark.clause("RET-1")
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM reads WHERE seen_at < '2026-10-20'",
        f"SELECT pg_advisory_xact_lock_shared(6963, {EARLIER.toordinal()})",
    ],
    ids=["a reader", "a submission"],
)
def test_an_open_transaction_delays_its_day_alone_and_people_are_told(
    fresh_database: str, reads: list[Read], cast: Cast, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    """The purge gives way in seconds, says what stands in its way, alarms within the hour, and goes on after."""
    monkeypatch.setattr(actions, "WAIT", "50ms")
    with an_open_transaction(fresh_database, statement):
        with pytest.raises(actions.PurgeIncompleteError, match="another database session holds it") as caught:
            purge()
        assert EARLIER in caught.value.failures
        look(MIDNIGHT - timedelta(days=2) + timedelta(minutes=59))
        assert told() == []
        look(NOW)
        look(NOW)
        assert set(told()) == {"administrator", "auditor"}
    assert EARLIER in purge() or not caught.value.done
    look()
    assert told() == []
    assert Read.objects.count() == 0


@pytest.mark.clause("RET-1")
def test_a_blocked_purge_lets_submissions_through(
    fresh_database: str, reads: list[Read], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is waited for is bounded: three times two seconds, no more."""
    assert (actions.WAIT, actions.ATTEMPTS) == ("2s", 3)
    monkeypatch.setattr(actions, "WAIT", "50ms")
    with (
        an_open_transaction(fresh_database, "SELECT * FROM reads"),
        pytest.raises(actions.PurgeIncompleteError),
    ):
        purge()
    store([a_sighting(cast.camera, "NEW1234", NOW)])
    assert Read.objects.filter(plate="NEW1234").exists()


@pytest.mark.clause("RET-1")
@pytest.mark.django_db
def test_a_full_disk_keeps_no_key(
    reads: list[Read], store_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that cannot be overwritten is removed all the same: removing needs no room."""
    real = os.fsync

    def full(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(28, "No space left on device")
        real(descriptor)

    with monkeypatch.context() as disk:
        disk.setattr("platewarden.images.keystore.os.fsync", full)
        assert purge() == [EARLIER, DUE]
    assert not list((store_home / "keys" / "wrapped").iterdir())
    assert Read.objects.count() == 0


@pytest.mark.clause("RET-1")
@pytest.mark.django_db
def test_a_full_database_disk_waits_and_is_told(reads: list[Read], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room for the record nothing is destroyed; reads past their day stay invisible; people are told."""
    from django.db import OperationalError

    def full(*_: object, **__: object) -> None:
        raise OperationalError("could not extend file: No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("platewarden.ledger.actions.append", full)
        with pytest.raises(actions.PurgeIncompleteError, match="the database"):
            purge()
    assert image_store().days() == {EARLIER, DUE}
    look()
    assert told() == ["administrator", "administrator", "auditor", "auditor"]
    assert purge() == [EARLIER, DUE]


@pytest.mark.clause("RET-1")
@pytest.mark.django_db
def test_a_link_in_the_images_is_removed_and_not_followed(
    reads: list[Read], cast: Cast, store_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A day's folder that leads elsewhere neither keeps the day nor makes the purge destroy what is not its own."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "precious").write_text("not ours")
    folder = store_home / "images" / Shelf.of_day(cast.agency.pk, DUE).folder
    moved = folder.rename(elsewhere / "moved")
    folder.symlink_to(elsewhere)
    within = store_home / "images" / Shelf.of_day(cast.agency.pk, EARLIER).folder / "link"
    within.symlink_to(elsewhere / "precious")
    assert purge() == [EARLIER, DUE]
    assert (elsewhere / "precious").read_text() == "not ours"
    assert not folder.is_symlink()
    assert image_store().days() == set()
    assert list(moved.iterdir()), "what was moved away is noise: its key is gone"


@pytest.mark.clause("RET-1")
@pytest.mark.django_db
def test_what_somebody_put_into_a_days_folder_goes_with_it(
    reads: list[Read], cast: Cast, store_home: Path
) -> None:
    """A folder within the day's does not keep it from being removed."""
    inner = store_home / "images" / Shelf.of_day(cast.agency.pk, DUE).folder / "inner"
    inner.mkdir()
    (inner / "file").write_text("x")
    assert purge() == [EARLIER, DUE]
    assert image_store().days() == set()


@pytest.mark.clause("RET-1")
@pytest.mark.django_db
def test_a_key_that_is_a_link_is_removed_too(reads: list[Read], cast: Cast, store_home: Path) -> None:
    """What it leads to is not written to; the day is not due for ever."""
    path = store_home / "keys" / "wrapped" / f"day-{cast.agency.pk}-20261020.key"
    away = store_home / "away"
    path.rename(away)
    path.symlink_to(away)
    kept = away.read_bytes()
    assert purge() == [EARLIER, DUE]
    assert not path.is_symlink()
    assert away.read_bytes() == kept
    assert Keystore(store_home / "keys").days() == set()


@pytest.mark.clause("RET-1")
@pytest.mark.django_db
def test_one_day_that_fails_holds_up_no_other(
    reads: list[Read], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second day goes though the first cannot, with a record of its own."""
    real = actions._drop

    def broken(day: date, *arguments: Any, **named: Any) -> Any:
        if day == EARLIER:
            raise OSError(5, "Input/output error")
        return real(day, *arguments, **named)

    monkeypatch.setattr(actions, "_drop", broken)
    with pytest.raises(actions.PurgeIncompleteError) as caught:
        purge()
    assert [done.day for done in caught.value.done] == [DUE]
    assert LedgerLeaf.objects.filter(kind="day.purged").count() == 1
