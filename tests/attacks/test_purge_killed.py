"""`kill -9` at each step of a purge and in the middle of a backup, with a PostgreSQL that dies as well."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platewarden.retention.inventory import FOLDERS
from tests.attacks.test_crash import Installation

_PURGE = """
import os, signal
from datetime import timedelta
from platewarden.commands.support import with_django

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def after(real):
    def _after(*arguments, **named):
        real(*arguments, **named)
        die()
    return _after

with with_django():
    from platewarden.cameras.models import Camera
    from platewarden.site.clock import utc_now
    from tests.sightings import a_sighting, store, with_images
    camera, now = Camera.objects.get(), utc_now()
    old = now - timedelta(days={age})
    store([with_images(a_sighting(camera, plate, old)) for plate in ("OLD1234", "OLD1235")])
    store([with_images(a_sighting(camera, "NEW1234", now))])

    from platewarden.accounts.actors import system_actor
    from platewarden.images import keystore, storage
    from platewarden.images.store import ImageStore
    from platewarden.retention import actions
    from platewarden.site.clock import utc_now
    real_append = actions.ledger.append

    def at_record(then):
        def _append(kind, **named):
            if kind != "day.purged":
                return real_append(kind, **named)
            return then(lambda: real_append(kind, **named))
        return _append

    def half(folder):
        first = sorted(os.listdir(folder))[0]
        os.unlink(os.path.join(folder, first))
        die()

    match {step!r}:
        case "closing, not committed":
            actions.days.lock = after(actions.days.lock)
        case "the day is closed":
            ImageStore.destroy_key = die
        case "a key is overwritten":
            keystore._overwrite = after(keystore._overwrite)
        case "keys are destroyed":
            actions._remove_objects = die
        case "half of the objects are removed":
            storage.shutil.rmtree = half
        case "objects are removed":
            actions._drop = die
        case "partitions are dropped, not committed":
            actions.ledger.append = at_record(lambda _: die())
        case "the record is written, not committed":
            actions.ledger.append = at_record(lambda append: (append(), die()))
        case "the day is committed":
            actions._purge_day = after(actions._purge_day)
    actions.purge_due(actor=system_actor("purge timer"), now=utc_now())
"""

_FINISH = """
import json
from platewarden.commands.support import with_django
with with_django():
    from platewarden.accounts.actors import system_actor
    from platewarden.accounts.models import Agency
    from platewarden.images.store import Shelf, image_store
    from platewarden.ledger.models import LedgerBody
    from platewarden.ledger.verify import verify_installation
    from platewarden.reads import days
    from platewarden.reads.models import PlateSeen, Read
    from platewarden.retention.actions import kept_days, purge_due
    from platewarden.site.clock import utc_now
    purge_due(actor=system_actor("purge timer"), now=utc_now())
    store, (read,) = image_store(), Read.objects.filter(plate="NEW1234")[:1]
    assert store.open(Shelf.of_day(read.agency_id, days.day_of(read.seen_at)), f"{read.id}/plate", read.plate_image)
    records = LedgerBody.objects.filter(leaf__kind="day.purged").order_by("pk")
    print(json.dumps({
        "plates": sorted(set(Read.objects.values_list("plate", flat=True))),
        "seen": sorted(PlateSeen.objects.values_list("plate", flat=True)),
        "days": len(kept_days()),
        "records": [one.content for one in records if one.content["subject"] == records.last().content["subject"]],
        "sound": verify_installation().is_sound,
    }))
"""

STEPS = (
    "closing, not committed",
    "the day is closed",
    "a key is overwritten",
    "keys are destroyed",
    "half of the objects are removed",
    "objects are removed",
    "partitions are dropped, not committed",
    "the record is written, not committed",
    "the day is committed",
)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """An installation with a PostgreSQL of its own, that the database's own account can pass through."""
    with tempfile.TemporaryDirectory(prefix="pw-killed-") as folder:
        yield Installation(Path(folder))


def run(installation: Installation, program: str) -> subprocess.CompletedProcess[str]:
    """Run *program* on the installation, come what may."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=installation.environment, capture_output=True, text=True, check=False)


@pytest.mark.clause("RET-1")
@pytest.mark.parametrize(("number", "step"), list(enumerate(STEPS)), ids=STEPS)
def test_a_purge_that_is_killed_is_finished_by_the_next(
    installation: Installation, number: int, step: str
) -> None:
    """Wherever it dies: the day goes whole, with its keys and files, on one record, and nothing else is touched."""
    killed = run(installation, _PURGE.format(age=40 + number, step=step))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    after = json.loads(installation.python(_FINISH))
    assert (after["plates"], after["seen"], after["days"]) == (["NEW1234"], ["NEW1234"], 1)
    assert after["sound"]
    (record,) = after["records"]
    assert record["details"]["rows_removed"]["reads"] == 2
    assert len(record["details"]["keys_destroyed"]) == 1, (
        "the key's id is on the record, however often it died"
    )


@pytest.mark.clause("RET-1")
def test_every_file_of_a_real_installation_is_classified(installation: Installation) -> None:
    """A new file or folder in the home fails this test until somebody has said what it may hold of a read."""
    known = {folder.path.partition("/")[0] for folder in FOLDERS}
    assert {path.name for path in installation.home.iterdir()} <= known


_BACKUP = """
import os, signal
from pathlib import Path
from platewarden.commands.support import with_django
with with_django():
    from platewarden.accounts.actors import system_actor
    from platewarden.backups import making
    from platewarden.site.clock import utc_now
    making._write_objects = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    making.make_backup(destination=Path({path!r}), read_days=5, actor=system_actor("x"), now=utc_now())
"""


def platewarden(installation: Installation, *arguments: str, home: Path | None = None) -> Any:
    """Run the command on the installation, or on another home."""
    command = [sys.executable, "-m", "platewarden", *arguments]
    environment = installation.environment | ({"PLATEWARDEN_HOME": str(home)} if home else {})
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.clause("RET-1")
def test_a_backup_that_is_killed_leaves_nothing_under_its_name(installation: Installation) -> None:
    """And the next one, made and restored by the commands into an empty home, is whole and verifies."""
    run(installation, _PURGE.format(age=60, step="closing, not committed"))
    folder = installation.home / "backups"
    folder.mkdir(mode=0o700)
    killed = run(installation, _BACKUP.format(path=str(folder / "of-today")))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not (folder / "of-today").exists()
    made = platewarden(installation, "backup", "--reads", "5", str(folder / "of-today"))
    assert made.returncode == 0, made.stderr
    assert platewarden(installation, "restore", "--check", str(folder / "of-today")).returncode == 0
    with tempfile.TemporaryDirectory(prefix="pw-restored-") as other:
        home = Path(other)
        home.chmod(0o711)
        refused = platewarden(installation, "restore", str(folder / "of-today"), home=home)
        assert "master.key is not there" in refused.stderr
        carry_keys(installation.home, home)
        restored = platewarden(installation, "restore", str(folder / "of-today"), home=home)
        assert restored.returncode == 0, restored.stderr
        assert "verifies" in restored.stdout
        assert (home / "platewarden.toml").read_bytes() == (
            installation.home / "platewarden.toml"
        ).read_bytes()
        verified = platewarden(installation, "ledger", "verify", home=home)
        assert verified.returncode == 0, verified.stdout
        again = platewarden(installation, "restore", str(folder / "of-today"), home=home)
        assert "an agency here already" in again.stderr


def carry_keys(source: Path, home: Path) -> None:
    """Carry the keystore over, as one does whose other disk was lost."""
    shutil.copytree(source / "keys", home / "keys")
    assert (home / "keys" / "master.key").stat().st_mode & 0o077 == 0
