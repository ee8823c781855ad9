"""Keys that are lost, damaged or open to others; a disk that is full."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import Shelf, image_store
from platewarden.reads.models import Read
from tests.attacks.test_closed_days import DUE, MIDNIGHT, purge, submit
from tests.cast import Cast
from tests.conftest import NOW
from tests.ingest.test_ingest import a_read

pytestmark = pytest.mark.django_db
EARLIER = datetime(2026, 10, 21, 23, 59, 59, 500_000, tzinfo=UTC)


@pytest.fixture
def sealed(cast: Cast) -> Read:
    """A read whose images are sealed."""
    cast.camera.statements.update(signed_at=MIDNIGHT - timedelta(days=60))
    assert submit(cast, EARLIER).code == 201
    return Read.objects.get()


def test_a_lost_master_key_is_never_replaced_by_a_new_one(sealed: Read, cast: Cast, store_home: Path) -> None:
    """Sealing and opening stop, saying what to restore; with the key restored all is as before."""
    master = store_home / "keys" / "master.key"
    kept = master.read_bytes()
    master.unlink()
    for day in (DUE, DUE + timedelta(days=1)):
        with pytest.raises(KeyUnavailable, match=r"master\.key"):
            image_store().seal(Shelf.of_day(cast.agency.pk, day), [("a/plate", b"x")])
    assert not master.exists()
    master.touch(mode=0o600)
    master.write_bytes(kept)
    assert image_store().open(Shelf.of_day(cast.agency.pk, DUE), f"{sealed.id}/plate", sealed.plate_image)


@pytest.mark.clause("RET-1")
@pytest.mark.parametrize("damage", ["lost", "open"])
def test_a_lost_master_key_keeps_no_day_beyond_its_limit(sealed: Read, store_home: Path, damage: str) -> None:
    """The purge needs no key to destroy keys."""
    master = store_home / "keys" / "master.key"
    master.unlink() if damage == "lost" else master.chmod(0o644)
    assert purge(MIDNIGHT) == [DUE]
    assert list((store_home / "keys" / "wrapped").iterdir()) == []


def test_a_master_key_that_others_can_read_seals_nothing(cast: Cast, store_home: Path) -> None:
    """It may have been copied: the person responsible is told, and nothing is sealed with it."""
    image_store().seal(Shelf.of_day(cast.agency.pk, DUE), [("a/plate", b"x")])
    (store_home / "keys" / "master.key").chmod(0o640)
    with pytest.raises(KeyUnavailable, match="others may read it"):
        image_store().seal(Shelf.of_day(cast.agency.pk, DUE), [("a/plate", b"x")])


@pytest.mark.clause("RET-1")
@pytest.mark.parametrize("content", [b"", b"short", bytes(500)])
def test_a_truncated_day_key_stops_neither_purge_nor_pages(
    sealed: Read, cast: Cast, store_home: Path, content: bytes
) -> None:
    """It is a key that cannot be had: said so to who looks, and destroyed with its day."""
    (path,) = (store_home / "keys" / "wrapped").iterdir()
    path.write_bytes(content)
    with pytest.raises(KeyUnavailable):
        image_store().open(Shelf.of_day(cast.agency.pk, DUE), f"{sealed.id}/plate", sealed.plate_image)
    assert purge(MIDNIGHT) == [DUE]


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("images.storage.os.fsync", OSError(28, "No space left on device")),
        ("ingest.actions.raise_alerts", OperationalError("could not extend file")),
    ],
    ids=["of the images", "of the database"],
)
def test_a_full_disk_stores_nothing_and_leaves_nothing(
    cast: Cast, store_home: Path, monkeypatch: pytest.MonkeyPatch, client: Any, place: str, error: Exception
) -> None:
    """The camera is told to keep its reads; its attempts take up nothing of what is left of the disk."""
    monkeypatch.setattr("platewarden.ingest.api.utc_now", lambda: NOW)

    def full(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as disk:
        disk.setattr(f"platewarden.{place}", full)
        answer = client.post(
            "/api/v1/reads",
            json.dumps({"reads": [a_read()]}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {cast.credential}"},
        )
    assert answer.status_code == 503
    assert "again" in answer.json()["remedy"]
    assert Read.objects.count() == 0
    assert [path for path in (store_home / "images").rglob("*") if path.is_file()] == []


def test_image_folders_are_their_owner_s_alone(cast: Cast, store_home: Path) -> None:
    """Nobody else so much as lists which days there are."""
    image_store().seal(Shelf.of_day(cast.agency.pk, date(2026, 11, 20)), [("a/plate", b"x")])
    folders = [store_home / "images", *(path for path in (store_home / "images").rglob("*") if path.is_dir())]
    assert {path.stat().st_mode & 0o077 for path in folders} == {0}
