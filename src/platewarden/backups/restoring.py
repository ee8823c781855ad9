"""Restore a backup onto an empty installation: all of it or nothing, and verified before it counts."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connections, transaction

from platewarden.accounts.actors import owning_agency_id
from platewarden.accounts.models import Agency
from platewarden.backups import content
from platewarden.backups.making import KEY_FILES
from platewarden.backups.opening import Part, Restored, parts_of, require_end
from platewarden.backups.sealed import BackupDamaged
from platewarden.images.store import image_store
from platewarden.ledger import keys
from platewarden.ledger.bodies import Draft
from platewarden.ledger.kinds import Kind
from platewarden.ledger.store import read_checkpoint_files
from platewarden.ledger.verify import verify_ledger
from platewarden.policy.actor import Actor, ActorKind
from platewarden.site import databases, secrets
from platewarden.site.configuration import FILE_NAME


class RestoreError(Exception):
    """The backup was not restored, and nothing of it is there; the message says why and what to do."""


def restore(file: BinaryIO, *, now: datetime) -> Restored:
    """Restore the backup in *file*.

    Raises:
        RestoreError: This installation is not empty, or the backup does not agree with itself or its ledger.
        BackupDamaged, KeyUnavailable: It cannot be opened.
    """
    found, store = Restored(header={}), image_store()
    parts = parts_of(file, store.keystore, found)
    what, _ = next(parts)
    _prepare(what)
    placed: list[str] = []
    try:
        with transaction.atomic(using="owner", durable=True), connections["owner"].cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            _load(parts, cursor, found, placed)
            _verify(cursor, found)
            _record(cursor, found, now=now)
    except BaseException:
        for name in placed:
            store.withdraw(name)
        raise
    owning_agency_id.cache_clear()
    _set_lost_checkpoints_aside(found)
    databases.migrate()
    return found


def _prepare(manifest: dict[str, Any]) -> None:
    """Bring the empty database to the version that the backup was made with."""
    if manifest.get("part") != "manifest":
        raise BackupDamaged("The backup does not begin with what it holds.")
    if manifest["origin"] != settings.PLATEWARDEN_ORIGIN:
        raise RestoreError(
            f"The backup is of {manifest['origin']}; the settings here say origin = {settings.PLATEWARDEN_ORIGIN!r}."
            f" Remove {FILE_NAME} to take over the backup's own settings, or restore into another home."
        )
    try:
        databases.migrate_to([(app, name) for app, name in manifest["migrations"]])
    except databases.VersionError as error:
        raise RestoreError(str(error)) from error
    if Agency.objects.using("owner").exists():
        raise RestoreError(
            "There is an agency here already: restore into an empty home, with an empty database."
        )


def _load(parts: Iterator[Part], cursor: Any, found: Restored, placed: list[str]) -> None:
    """Take everything in; the backup holds the tables in an order in which each comes after those it refers to."""
    store = image_store()
    if oldest := found.header.get("oldest_day"):
        made = datetime.fromisoformat(found.header["made_at"]).date()
        first = date.fromisoformat(oldest)
        content.prepare_days(cursor, [first + timedelta(days=n) for n in range((made - first).days + 2)])
    for what, blocks in parts:
        match what["part"]:
            case "table":
                name = what["name"]
                found.rows[name] = content.copy_in(cursor, name, what["columns"], blocks)
            case "object":
                placed.append(what["name"])
                store.place(what["name"], b"".join(blocks))
            case "key":
                _place_key(what["name"], b"".join(blocks))
            case "checkpoint":
                found.checkpoints[what["name"]] = b"".join(blocks)
            case "settings":
                found.settings = b"".join(blocks)
            case "end":
                found.end = what
    found.objects = len(placed)
    require_end(found.end)
    if (found.end["rows"], found.end["objects"]) != (found.rows, found.objects):
        raise RestoreError("The backup holds other rows or objects than it says. Nothing was restored.")
    content.set_sequences(cursor)


def _place_key(name: str, content_of_it: bytes) -> None:
    """Put a file into the keys folder unless there is one: what is here is younger than the backup."""
    path = Path(settings.PLATEWARDEN_KEYS) / name
    if ".." in path.parts or not any(Path(name).match(pattern) for pattern in KEY_FILES):
        raise BackupDamaged("The backup holds a key that does not belong into one.")
    if not path.exists():
        secrets.write_new(path, content_of_it)


def _verify(cursor: Any, found: Restored) -> None:
    """Verify the ledger that was loaded, against its own checkpoints and those in the backup."""
    files = {name: note.decode(errors="replace") for name, note in found.checkpoints.items()}
    try:
        verdict = verify_ledger(cursor, trusted=keys.verifiers(), files=files)
    except keys.LogKeyError as error:
        raise RestoreError(f"The ledger cannot be verified: {error}") from error
    if verdict.fault is not None:
        raise RestoreError(
            f"The ledger in the backup does not verify: {verdict.sentence()} Nothing was restored."
        )
    found.entries = verdict.entries
    found.lost = max([0, *(size - verdict.entries for size in _sizes_kept_here())])


def _sizes_kept_here() -> list[int]:
    """Return how many entries the checkpoints cover that survived in this home."""
    return [int(name.partition(".")[0]) for name in _checkpoints_here() if name.partition(".")[0].isdecimal()]


def _checkpoints_here() -> list[str]:
    return list(read_checkpoint_files(Path(settings.PLATEWARDEN_CHECKPOINTS)))


def _record(cursor: Any, found: Restored, *, now: datetime) -> None:
    """Put on the restored ledger that it was restored, and how many entries were lost with what was lost."""
    draft = Draft(
        kind=Kind.BACKUP_RESTORED,
        actor=Actor(kind=ActorKind.SYSTEM, id="restore command", name="restore command", agency_id=0),
        subject=f"backup:{found.header['id']}",
        details={
            "kind": found.header["kind"],
            "made_at": found.header["made_at"],
            "entries": found.entries,
            "entries_lost_at_least": found.lost,
            "at": now.isoformat(),
        },
    )
    cursor.execute(
        "SELECT seq FROM ledger_append(%s::text[], %s::text[])", [[draft.kind.value], [draft.body()]]
    )


def _set_lost_checkpoints_aside(found: Restored) -> None:
    """Keep checkpoints of what was lost, where they no longer count as this ledger's; put back the backup's own."""
    folder = secrets.private_folder(Path(settings.PLATEWARDEN_CHECKPOINTS))
    for name in _checkpoints_here():
        if name not in found.checkpoints:
            aside = secrets.private_folder(folder / f"lost-{found.header['id']}")
            shutil.move(folder / name, aside / name)
    for name, note in found.checkpoints.items():
        if not (folder / name).exists():
            secrets.write_new(folder / Path(name).name, note)
