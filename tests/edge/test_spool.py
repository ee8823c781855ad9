"""Reads wait on disk: sealed, bounded, in order, dropped by the rule, and gone when their time is over."""

import os
import secrets
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from platewarden.edge import spool as spools
from platewarden.edge.agent import kept_since
from platewarden.edge.spool import BALLAST, FILE, Spool
from platewarden.edge.vault import (
    SECRET_BYTES,
    DamagedError,
    Vault,
    VaultError,
    destroy_secret,
    make_secret,
    open_vault,
)

AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
PLATE = "KAB4821"


def vault() -> Vault:
    """The same vault each time."""
    return Vault(b"k" * SECRET_BYTES)


def opened(folder: Path, *, most_bytes: int = 1_000_000) -> Spool:
    """A spool in *folder*."""
    return Spool(folder, vault(), most_bytes=most_bytes)


def put(
    spool: Spool, name: str, *, is_hit: bool = False, at: datetime = AT, camera: str = "a", size: int = 10_000
) -> bool:
    """Put a read called *name*."""
    facts = {"capture_id": name, "plate": PLATE}
    return spool.put(camera, facts, (b"p" * (size // 2), b"v" * (size // 2)), at=at, is_hit=is_hit)


def names(spool: Spool, camera: str = "a") -> list[str]:
    """What waits, in order."""
    return [read.capture_id for read in spool.batch(camera, 1000)]


def test_a_read_comes_out_as_it_went_in_after_a_restart(tmp_path: Path) -> None:
    """Facts, images and order survive; the same capture is not taken twice."""
    first = opened(tmp_path)
    assert all(put(first, name) for name in ("1", "2", "3"))
    assert put(first, "2")
    first.close()
    again = opened(tmp_path)
    assert names(again) == ["1", "2", "3"]
    (read, *_) = again.batch("a", 1)
    assert (read.facts["plate"], read.images) == (PLATE, (b"p" * 5000, b"v" * 5000))


def test_nothing_of_a_read_lies_open_on_the_disk(tmp_path: Path) -> None:
    """Neither plate nor picture; and without the secret nothing opens."""
    spool = opened(tmp_path)
    picture = secrets.token_bytes(4000)
    spool.put("a", {"capture_id": "1", "plate": PLATE}, (picture, picture), at=AT, is_hit=True)
    for path in tmp_path.iterdir():
        held = path.read_bytes()
        assert PLATE.encode() not in held
        assert picture[:16] not in held
    spool.close()
    thief = Spool(tmp_path, Vault(b"x" * SECRET_BYTES), most_bytes=1_000_000)
    assert (thief.batch("a", 10), thief.counters()["damaged"]) == ([], 1)


def test_a_full_spool_drops_the_oldest_that_hit_nothing_first_and_says_so(tmp_path: Path) -> None:
    """Hits go only for hits, when nothing else is left; a read that hit nothing never drives out a hit."""
    spool = opened(tmp_path, most_bytes=60_000)
    for name, is_hit in (("h1", True), ("n1", False), ("h2", True), ("n2", False), ("n3", False)):
        assert put(spool, name, is_hit=is_hit)
    assert put(spool, "h3", is_hit=True)
    assert names(spool) == ["h1", "h2", "n2", "n3", "h3"]
    for name in ("h4", "h5", "h6"):
        assert put(spool, name, is_hit=True)
    assert names(spool) == ["h2", "h3", "h4", "h5", "h6"]
    assert not put(spool, "n4")
    assert names(spool) == ["h2", "h3", "h4", "h5", "h6"]
    assert (spool.counters()["dropped_non_hits"], spool.counters()["dropped_hits"]) == (4, 1)


def test_a_read_larger_than_all_room_drives_out_nothing(tmp_path: Path) -> None:
    """It is counted, and what was there stays."""
    spool = opened(tmp_path, most_bytes=60_000)
    put(spool, "1")
    assert not put(spool, "2", size=100_000, is_hit=True)
    assert (names(spool), spool.counters()["dropped_hits"]) == (["1"], 1)


def test_what_was_altered_is_removed_counted_and_holds_up_nothing(tmp_path: Path) -> None:
    """One byte of one read; a read moved to another's place is found out as well."""
    spool = opened(tmp_path)
    for name in ("1", "2", "3"):
        put(spool, name)
    with sqlite3.connect(tmp_path / FILE) as thief:
        thief.execute("UPDATE images SET sealed = (SELECT sealed FROM images WHERE seq = 3) WHERE seq = 1")
        (facts,) = thief.execute("SELECT facts FROM reads WHERE seq = 2").fetchone()
        thief.execute("UPDATE reads SET facts = ? WHERE seq = 2", (facts[:-1] + bytes([facts[-1] ^ 1]),))
    thief.close()
    assert (names(spool), spool.counters()["damaged"]) == (["3"], 2)


@pytest.mark.clause("RET-1")
def test_what_reaches_the_end_of_its_time_goes_though_nobody_took_it(tmp_path: Path) -> None:
    """The device keeps the server's clock: day D is gone at the start of D + 30, and sooner where less is allowed."""
    now = datetime(2026, 12, 20, 0, 0, tzinfo=UTC)
    assert kept_since(now, 720) == datetime(2026, 11, 21, tzinfo=UTC)
    assert kept_since(now + timedelta(hours=23), 720) == datetime(2026, 11, 21, tzinfo=UTC)
    assert kept_since(now, 10) == now - timedelta(hours=10)
    spool = opened(tmp_path)
    put(spool, "old", at=datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC))
    put(spool, "young", at=datetime(2026, 11, 21, tzinfo=UTC))
    assert spool.expire(before=kept_since(now, 720)) == 1
    assert (names(spool), spool.counters()["expired"]) == (["young"], 1)


def test_what_is_removed_is_overwritten(tmp_path: Path) -> None:
    """Sealed bytes of a read that is gone are left in no file either, once the minute's tidying is done."""
    spool = opened(tmp_path)
    put(spool, "1")
    (sealed,) = spool._db.execute("SELECT sealed FROM images").fetchone()
    spool.forget([1])
    spool.expire(before=AT - timedelta(days=30))
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert sealed[:64] not in held


def test_a_full_disk_keeps_the_newest_by_the_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database cannot grow, the ballast goes, the oldest make room, and it goes on taking reads."""
    spool = opened(tmp_path)
    for number in range(20):
        put(spool, str(number))
    pages = spool._db.execute("PRAGMA page_count").fetchone()[0]
    spool._db.execute(f"PRAGMA max_page_count={pages}")
    for number in range(20, 40):
        assert put(spool, str(number), is_hit=number % 2 == 0)
    left = names(spool)
    assert left[-1] == "39"
    assert 0 < spool.counters()["dropped_non_hits"] + spool.counters()["dropped_hits"] <= 30
    assert [name for name in left if int(name) >= 20 and int(name) % 2 == 0] == [
        str(n) for n in range(20, 40, 2)
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk takes root")
def test_a_disk_that_others_have_filled_stops_nothing(tmp_path: Path) -> None:
    """On a real full disk reads are still taken, by the rule, and what went is counted."""
    import subprocess

    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "edge", str(disk)], check=False).returncode:
        pytest.skip("this machine mounts no small disk")
    try:
        spool = opened(disk / "edge", most_bytes=1 << 30)
        for number in range(30):
            assert put(spool, str(number), size=100_000)
        free = os.statvfs(disk)
        with (disk / "others").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize)
        assert all(put(spool, str(number), size=100_000) for number in range(30, 60))
        assert names(spool)[-1] == "59"
        counters, left = spool.counters(), spool.batch("a", 1000)
        assert counters["lost"] == 0
        assert counters["dropped_non_hits"] + len(left) == 60
        spool.settle([(read, read.facts) for read in left])
        assert all(read.is_signed for read in spool.batch("a", 1000))
        spool.forget([read.seq for read in left])
        assert spool.depth().reads == 0
        (disk / "others").unlink()
        assert put(spool, "after", size=100_000)
        assert (disk / "edge" / BALLAST).exists()
        spool.close()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_the_secret_lies_apart_for_its_owner_alone(tmp_path: Path) -> None:
    """Not in the folder of the reads; not readable by others; destroyed, nothing opens any more."""
    key = str(tmp_path / "key" / "device.key")
    with pytest.raises(VaultError, match="put it elsewhere"):
        make_secret(str(tmp_path / "edge" / "device.key"), apart_from=tmp_path / "edge")
    made = make_secret(key, apart_from=tmp_path / "edge")
    sealed = made.seal("spool", "a", b"x")
    assert open_vault(key).open("spool", "a", sealed) == b"x"
    with pytest.raises(DamagedError):
        open_vault(key).open("identity", "a", sealed)
    Path(key).chmod(0o644)
    with pytest.raises(VaultError, match="others may read it"):
        open_vault(key)
    assert destroy_secret(key)
    with pytest.raises(VaultError):
        open_vault(key)


def test_systemd_hands_the_secret_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`LoadCredential=platewarden-edge:...` puts it into a folder that the environment names."""
    with pytest.raises(VaultError, match="LoadCredential"):
        open_vault("systemd")
    path = tmp_path / "platewarden-edge"
    path.write_bytes(b"k" * SECRET_BYTES)
    path.chmod(0o440)  # so it looks where the unit's user reads it by an access control list
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert open_vault("systemd").seal("a", "b", b"c")
    path.chmod(0o444)
    with pytest.raises(VaultError, match="everybody may read it"):
        open_vault("systemd")


def test_a_destroyed_spool_is_gone(tmp_path: Path) -> None:
    """No file of it is left."""
    spool = opened(tmp_path)
    put(spool, "1")
    spool.close()
    spools.destroy(tmp_path)
    assert not {path.name for path in tmp_path.iterdir()} & {FILE, BALLAST, f"{FILE}-wal"}
