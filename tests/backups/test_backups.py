"""A backup brings back what may come back, whole; once its day has come nobody can open it any more."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from platewarden.accounts.actors import system_actor
from platewarden.accounts.models import Agency, RoleGrant, User
from platewarden.adoption.models import AdoptedValue
from platewarden.alerts.models import Alert, Hit
from platewarden.backups import making
from platewarden.backups.checking import record_check
from platewarden.backups.duties import duties_at
from platewarden.backups.making import Made, make_backup
from platewarden.backups.opening import check
from platewarden.backups.restoring import RestoreError, restore
from platewarden.backups.sealed import BackupDamaged, SealedWriter
from platewarden.cameras.models import Camera
from platewarden.cases.actions import open_report
from platewarden.cases.models import CaseReport, PreservedHit
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import Shelf, image_store
from platewarden.ledger.actions import sign_checkpoint
from platewarden.ledger.keys import ensure_log_key
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.ledger.verify import verify_installation
from platewarden.matching.plates import skeleton
from platewarden.policy.decision import PolicyRefusal
from platewarden.reads.days import day_of
from platewarden.reads.models import Capture, PlateSeen, Read
from platewarden.retention.actions import purge_due
from platewarden.retention.inventory import TABLES, Backup
from platewarden.retention.models import PurgeClock
from tests.alerts.scenes import adopted, pass_by
from tests.cast import Cast
from tests.conftest import NOW, _clone, _owner, _point_django_at
from tests.reports.scenes import a_stop, reported
from tests.sightings import a_sighting, store, with_images

DAYS = 10
OLDEST = day_of(NOW) - timedelta(days=DAYS - 1)


@dataclass
class Scene:
    """An installation with something of everything, and where its things lie."""

    cast: Cast
    home: Path
    database: str
    settings: Any
    read: Read

    @contextmanager
    def elsewhere(self, *, keystore: bool = False) -> Iterator[Path]:
        """Move to an empty database and an empty home, with the keys that are kept apart, or with all of them."""
        name, home = f"{self.database}_new", self.home / "new"
        _clone(name)
        for folder in ("keys", "images", "checkpoints"):
            shutil.rmtree(home / folder, ignore_errors=True)
        (home / "keys").mkdir(parents=True, mode=0o700)
        for key in ("master.key", "ledger.key"):
            shutil.copy2(self.home / "keys" / key, home / "keys" / key)
        if keystore:
            shutil.copytree(
                self.home / "keys" / "wrapped", home / "keys" / "wrapped", copy_function=shutil.copy2
            )
        self._live_in(home)
        _point_django_at(name)
        try:
            yield home
        finally:
            connections.close_all()
            _point_django_at(self.database)
            self._live_in(self.home)
            with _owner("postgres") as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _live_in(self, home: Path) -> None:
        self.settings.PLATEWARDEN_KEYS = home / "keys"
        self.settings.PLATEWARDEN_CHECKPOINTS = home / "checkpoints"
        storages = dict(self.settings.STORAGES)
        storages["images"] = {**storages["images"], "OPTIONS": {"location": str(home / "images")}}
        self.settings.STORAGES = storages


@pytest.fixture
def scene(fresh_database: str, cast: Cast, store_home: Path, settings: Any) -> Scene:
    """People, an adopted value, a hit in a case with its report, reads of yesterday and of three weeks ago."""
    ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)
    adopted(cast, NOW, "query.max_rows", value=100)
    alert = a_stop(cast, NOW)
    reported(alert, cast, NOW)
    pass_by(cast, NOW)
    old, read = store(
        with_images(a_sighting(cast.camera, plate, NOW - age))
        for plate, age in (("OLD1234", timedelta(days=21)), ("NEW1234", timedelta(days=1)))
    )
    assert old.plate != read.plate
    sign_checkpoint(actor=system_actor("checkpoint timer"), now=NOW)
    return Scene(cast, store_home, fresh_database, settings, read)


def backup(scene: Scene, *, read_days: int = 0, now: datetime = NOW) -> Made:
    """Make a backup as the command does."""
    folder = scene.home / "backups"
    folder.mkdir(exist_ok=True)
    actor = system_actor("backup command")
    return make_backup(destination=folder, read_days=read_days, actor=actor, now=now)


def bring_back(made: Made, now: datetime = NOW) -> Any:
    """Restore it as the command does."""
    with made.path.open("rb") as file:
        return restore(file, now=now)


@pytest.mark.clause("RET-1")
def test_a_lasting_backup_brings_back_all_but_reads(scene: Scene) -> None:
    """People, roles, cameras, values, the case with its report, the ledger; no read, hit, plate, image or day key."""
    before = (
        User.objects.count(),
        RoleGrant.objects.count(),
        Camera.objects.count(),
        LedgerLeaf.objects.count(),
    )
    made = backup(scene)
    with scene.elsewhere() as home:
        found = bring_back(made)
        assert (User.objects.count(), RoleGrant.objects.count(), Camera.objects.count()) == before[:3]
        assert AdoptedValue.objects.get(name="query.max_rows").value == 100
        assert [rows.objects.count() for rows in (Read, Hit, PlateSeen, Capture)] == [0, 0, 0, 0]
        assert not Alert.objects.exclude(hit_id=None).exists()
        assert not list((home / "keys" / "wrapped").glob("day-*"))
        assert not (home / "images" / "days").exists()
        report = CaseReport.objects.get()
        assert open_report(report=report, actor=scene.cast.actor("ivan")).startswith(b"%PDF")
        assert found.entries == before[3] + 1, "with the entry that the backup was begun"
        assert PreservedHit.objects.count() == 1


@pytest.mark.clause("RET-1")
def test_no_byte_of_a_read_is_in_a_lasting_backup(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked for before it is sealed: by plate, skeleton, id and reference to the image."""
    written = bytearray()
    real = SealedWriter.write

    def overheard(self: Any, data: bytes) -> None:
        written.extend(data)
        real(self, data)

    monkeypatch.setattr(SealedWriter, "write", overheard)
    backup(scene)
    hit = Hit.objects.order_by("seen_at").last()
    assert hit is not None
    for trace in (
        "NEW1234",
        skeleton("NEW1234"),
        "OLD1234",
        str(scene.read.id),
        scene.read.vehicle_image,
        str(hit.id),
    ):
        assert trace.encode() not in written
    assert scene.cast.ada.full_name.encode() in written


@pytest.mark.clause("RET-1")
def test_a_short_backup_brings_reads_back_with_their_images(scene: Scene) -> None:
    """Those of the days asked for, searchable and with images; those of older days are not in it."""
    made = backup(scene, read_days=DAYS)
    with scene.elsewhere(keystore=True):
        bring_back(made)
        assert set(Read.objects.values_list("plate", flat=True)) == {"KAB4821", "NEW1234"}
        assert set(PlateSeen.objects.values_list("plate", flat=True)) == {"KAB4821", "NEW1234"}
        assert (Hit.objects.count(), Capture.objects.count()) == (2, 2)
        read = Read.objects.get(plate="NEW1234")
        shelf = Shelf.of_day(read.agency_id, day_of(read.seen_at))
        assert image_store().open(shelf, f"{read.id}/plate", read.plate_image)
        store([a_sighting(scene.cast.camera, "NEXT123", NOW)])
        AdoptedValue.objects.create(
            name="x",
            value=1,
            why="numbers go on",
            in_force_from=NOW,
            proposed_by=scene.cast.ada,
            proposed_at=NOW,
        )


@pytest.mark.clause("RET-1")
def test_the_restored_ledger_verifies_and_says_that_it_was_restored(scene: Scene) -> None:
    """From which backup, and how far it reaches; then it goes on."""
    made = backup(scene)
    with scene.elsewhere():
        bring_back(made)
        assert verify_installation().is_sound
        body = LedgerBody.objects.get(leaf__kind="backup.restored")
        assert body.content["subject"] == f"backup:{made.backup_id}"
        assert body.pk == LedgerLeaf.objects.count() - 1
        sign_checkpoint(actor=system_actor("checkpoint timer"), now=NOW)
        assert verify_installation().is_sound


@pytest.mark.clause("RET-1")
def test_entries_lost_since_the_backup_are_counted_and_their_checkpoints_kept(scene: Scene) -> None:
    """Checkpoints that survived cover more than the backup: said, recorded, set aside, and never overwritten."""
    made = backup(scene)
    for _ in range(3):
        adopted(scene.cast, NOW, "query.max_rows", value=90)
    sign_checkpoint(actor=system_actor("checkpoint timer"), now=NOW)
    latest = max((scene.home / "checkpoints").glob("*.checkpoint"))
    with scene.elsewhere() as home:
        (home / "checkpoints").mkdir(mode=0o700)
        shutil.copy2(latest, home / "checkpoints" / latest.name)
        found = bring_back(made)
        assert found.lost == 7  # six proposals and adoptions, and the order to sign
        assert (
            LedgerBody.objects.get(leaf__kind="backup.restored").content["details"]["entries_lost_at_least"]
            == 7
        )
        assert (home / "checkpoints" / f"lost-{made.backup_id}" / latest.name).exists()
        assert verify_installation().is_sound


@pytest.mark.clause("RET-1")
def test_a_backup_is_on_the_ledger_before_it_exists(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails leaves neither a file nor a key, and the entry that it was begun."""
    monkeypatch.setattr(
        making, "_write_tables", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    with pytest.raises(OSError, match="No space left"):
        backup(scene, read_days=DAYS)
    assert list((scene.home / "backups").iterdir()) == []
    assert not image_store().keystore.backups()
    assert LedgerBody.objects.get(leaf__kind="backup.made").content["outcome"] == "begun"


@pytest.mark.clause("RET-1")
def test_the_key_goes_a_day_before_the_oldest_read_and_nobody_opens_it_again(scene: Scene) -> None:
    """Destroyed by the purge, on the ledger; the file is noise from then on, and restoring says so plainly."""
    made = backup(scene, read_days=DAYS)
    assert made.ends_at is not None
    assert made.ends_at.date() == OLDEST + timedelta(days=29)
    timer = system_actor("purge timer")
    purge_at(made.ends_at - timedelta(seconds=1), timer)
    assert len(image_store().keystore.backups()) == 1
    purge_at(made.ends_at, timer)
    assert not image_store().keystore.backups()
    destroyed = LedgerBody.objects.get(leaf__kind="key.destroyed", subject=f"backup:{made.backup_id}")
    assert destroyed.content["details"]["oldest_day"] == OLDEST.isoformat()
    with scene.elsewhere(keystore=True), pytest.raises(KeyUnavailable, match="nobody can open it any more"):
        bring_back(made)


def purge_at(now: datetime, actor: Any) -> None:
    """Purge at *now*, whose clock nobody doubts."""
    PurgeClock.objects.all().delete()
    purge_due(actor=actor, now=now)


@pytest.mark.clause("RET-1")
def test_a_backup_that_would_end_at_once_is_not_made(scene: Scene) -> None:
    """The oldest days are left out, or nothing would come of it; 28 days are the most."""
    backup(scene, read_days=28)
    for days in (29, 30):
        with pytest.raises(PolicyRefusal, match="RET-1"):
            backup(scene, read_days=days)


@pytest.mark.clause("RET-1")
def test_a_shorter_limit_ends_backups_earlier(scene: Scene) -> None:
    """The key follows the limit in force, not the one at which the backup was made."""
    backup(scene, read_days=DAYS)
    adopted(scene.cast, NOW, "retention.limit_days", value=DAYS)
    purge_at(NOW + timedelta(minutes=1), system_actor("purge timer"))
    assert not image_store().keystore.backups()


@pytest.mark.clause("RET-1")
def test_a_restored_day_that_is_due_goes_before_anybody_looks(scene: Scene) -> None:
    """With a key that somebody kept, what is past its day is invisible at once, and the purge removes it."""
    made = backup(scene, read_days=DAYS)
    late = datetime.combine(OLDEST + timedelta(days=40), NOW.timetz())
    with scene.elsewhere(keystore=True):
        bring_back(made, now=late)
        purge_at(late, system_actor("restore command"))
        assert not Read.objects.exists()
        assert not Hit.objects.exists()
        assert not image_store().keystore.backups()


@pytest.mark.clause("RET-1")
def test_nothing_is_restored_over_an_agency(scene: Scene) -> None:
    """An installation that is in use is not touched."""
    made = backup(scene)
    with pytest.raises(RestoreError, match="an agency here already"):
        bring_back(made)


@pytest.mark.clause("RET-1")
@pytest.mark.parametrize("at", [10, 200, -1, -1000])
def test_a_tampered_backup_restores_nothing(scene: Scene, at: int) -> None:
    """Neither row nor object nor key of a case stays."""
    made = backup(scene)
    whole = bytearray(made.path.read_bytes())
    whole[at] ^= 1
    made.path.write_bytes(whole)
    with scene.elsewhere() as home:
        with pytest.raises((BackupDamaged, KeyUnavailable)):
            bring_back(made)
        assert not Agency.objects.exists()
        assert not LedgerLeaf.objects.exists()
        assert [path for path in home.rglob("*") if path.is_file() and path.suffix != ".key"] == []


@pytest.mark.clause("RET-1")
@pytest.mark.parametrize("share", [0.2, 0.9])
def test_a_backup_that_was_cut_restores_nothing(scene: Scene, share: float) -> None:
    """All or nothing, wherever it ends."""
    made = backup(scene)
    os.truncate(made.path, int(made.size * share))
    with scene.elsewhere(), pytest.raises(BackupDamaged):
        bring_back(made)
    with scene.elsewhere():
        assert not Agency.objects.exists()


@pytest.mark.clause("RET-1")
def test_a_rebuilt_ledger_in_the_database_is_noticed_on_restore(scene: Scene) -> None:
    """A backup of a ledger that somebody changed is not restored: the checkpoints in it say otherwise."""
    with _owner(scene.database) as connection:
        connection.execute("ALTER TABLE ledger_body DISABLE TRIGGER append_only")
        connection.execute(
            "UPDATE ledger_body SET body = replace(body, 'ada', 'eve') WHERE body LIKE '%ada%'"
        )
    made = backup(scene)
    with scene.elsewhere(), pytest.raises(RestoreError, match="does not verify"):
        bring_back(made)


@pytest.mark.clause("RET-1")
def test_a_backup_of_a_newer_version_is_turned_away(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do."""
    monkeypatch.setattr(
        MigrationRecorder, "applied_migrations", lambda _: {("reads", "9999_from_the_future"): None}
    )
    made = backup(scene)
    with scene.elsewhere(), pytest.raises(RestoreError, match="upgrade first"):
        bring_back(made)


@pytest.mark.clause("RET-1")
def test_another_master_key_opens_nothing(scene: Scene) -> None:
    """Whoever finds a lasting backup has nothing without the master key."""
    made = backup(scene)
    with scene.elsewhere() as home:
        (home / "keys" / "master.key").write_bytes(os.urandom(32))
        with pytest.raises(KeyUnavailable, match="is it the right one"):
            bring_back(made)


@pytest.mark.clause("RET-1")
def test_checking_reads_to_the_end_and_changes_nothing(scene: Scene) -> None:
    """Tables and objects are counted; a damaged one is named as such."""
    made = backup(scene)
    with made.path.open("rb") as file:
        found = check(file, image_store().keystore)
    assert found.rows.keys() == {table.name for table in TABLES if table.backup is Backup.EVERY}
    assert found.objects == 2  # the case's copies, and its report
    os.truncate(made.path, made.size - 1)
    with made.path.open("rb") as file, pytest.raises(BackupDamaged):
        check(file, image_store().keystore)


@pytest.mark.clause("RET-1")
def test_nothing_is_overwritten(scene: Scene) -> None:
    """A file of that name stays as it is."""
    taken = scene.home / "taken"
    taken.write_text("something else")
    with pytest.raises(FileExistsError):
        make_backup(destination=taken, read_days=0, actor=system_actor("backup command"), now=NOW)
    assert taken.read_text() == "something else"


@pytest.mark.clause("RET-1")
def test_the_file_is_its_owners_alone(scene: Scene) -> None:
    """Nobody else reads so much as its header."""
    assert backup(scene).path.stat().st_mode & 0o077 == 0


@pytest.mark.clause("RET-1")
def test_a_key_renamed_to_a_later_day_opens_nothing(scene: Scene) -> None:
    """Whoever keeps a key from its end by giving it another name has kept noise."""
    made = backup(scene, read_days=DAYS)
    (name,) = image_store().keystore.backups()
    folder = scene.home / "keys" / "wrapped"
    later = name.text.replace(f"{OLDEST:%Y%m%d}", f"{date(2027, 1, 1):%Y%m%d}")
    (folder / f"{name.text}.key").rename(folder / f"{later}.key")
    header = made.path.read_bytes().replace(OLDEST.isoformat().encode(), b"2027-01-01", 1)
    made.path.write_bytes(header)
    with made.path.open("rb") as file, pytest.raises(KeyUnavailable):
        check(file, image_store().keystore)


@pytest.mark.clause("ADM-4")
def test_opening_a_backup_to_its_end_is_an_entry_and_a_duty_done(scene: Scene) -> None:
    """The register goes by it; an installation that is still empty has no ledger to say it on."""
    made = backup(scene)
    with made.path.open("rb") as file:
        record_check(check(file, image_store().keystore))
    entry = LedgerLeaf.objects.order_by("-seq")[0]
    assert entry.kind == "backup.checked"
    (opened,) = [duty for duty in duties_at(entry.at) if duty.what.startswith("Open a backup")]
    assert opened.due_at == entry.at + timedelta(days=92)
