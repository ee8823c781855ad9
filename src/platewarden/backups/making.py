"""Make a backup: a key, an entry on the ledger, then one sealed file that is there whole or not at all."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from platewarden.adoption.in_force import parameters_at
from platewarden.backups.content import Selection, columns_of, copy_out, in_order
from platewarden.backups.opening import LASTING, SHORT
from platewarden.backups.parts import write_part
from platewarden.backups.sealed import SealedWriter
from platewarden.images.keystore import KeyName, key_id
from platewarden.images.store import image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import retention as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.reads.days import day_of
from platewarden.site.configuration import FILE_NAME
from platewarden.site.secrets import sync_folder

KEY_FILES: Final = (
    "wrapped/case-*.key",
    "wrapped/complaint-*.key",
    "wrapped/records-*.key",
    "wrapped/release-*.key",
    "wrapped/register-*.key",
    "wrapped/statement-*.key",
    "webhooks/*.key",
    "ledger.pub",
)
"""What of the keys folder a backup holds. Never: the master key, the signing key, keys of days and of backups."""

OBJECTS: Final = ("cases", "complaints", "records", "releases", "statements")
"""Folders of sealed objects that every backup holds."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made.

    Attributes:
        path: Where it lies.
        size: Its bytes.
        backup_id: Its id on the ledger.
        ends_at: When its key is destroyed; None for a lasting one.
    """

    path: Path
    size: int
    backup_id: str
    ends_at: datetime | None


def make_backup(*, destination: Path, read_days: int, actor: Actor, now: datetime) -> Made:
    """Write a backup to *destination*, a folder or the name of a new file.

    Args:
        destination: Where to.
        read_days: For how many of the youngest capture days it holds reads; 0 for a lasting backup without any.
        actor: Who has it made.
        now: The present moment.

    Raises:
        PolicyRefusal: *actor* may not, or its oldest read would soon be past its day.
        FileExistsError: There is a file of that name.
        KeyUnavailable, LedgerUnavailable, OSError: It cannot be made; nothing is left under its name.
    """
    parameters = parameters_at(now)
    require(
        policy.may_back_up(actor, read_days=read_days, parameters=parameters, now=now), action="backup.make"
    )
    since = day_of(now) - timedelta(days=read_days - 1) if read_days else None
    backup_id = secrets.token_hex(6)
    path = _file_in(destination, since, backup_id, now)
    name = KeyName.of_backup(since, backup_id) if since else None
    key = image_store().keystore.obtain(name) if name else secrets.token_bytes(32)
    header = _header(backup_id, key, since, now)
    try:
        _record(header, key, actor=actor)
        size = _write(path, key, header, Selection(since))
    except BaseException:
        if name:
            image_store().keystore.destroy(name)
        raise
    return Made(path, size, backup_id, policy.backup_ends_at(since, parameters=parameters) if since else None)


def _file_in(destination: Path, since: date | None, backup_id: str, now: datetime) -> Path:
    if destination.is_dir():
        kind = SHORT if since else LASTING
        destination /= f"platewarden-{kind}-{now:%Y%m%d}-{backup_id}.backup"
    if destination.exists():
        raise FileExistsError(f"{destination} exists already: a backup never overwrites anything.")
    return destination


def _header(backup_id: str, key: bytes, since: date | None, now: datetime) -> dict[str, Any]:
    """Return what anyone may read of a backup; a lasting one carries its key, wrapped by the master key."""
    header: dict[str, Any] = {"id": backup_id, "kind": LASTING, "made_at": now.isoformat(timespec="seconds")}
    if since:
        return header | {"kind": SHORT, "oldest_day": since.isoformat()}
    return header | {"key": image_store().keystore.wrap(key, f"backup {backup_id}").hex()}


@transaction.atomic
def _record(header: dict[str, Any], key: bytes, *, actor: Actor) -> None:
    """Put on the ledger that the backup is begun, so that none lies about of which nobody knows."""
    ledger.append(
        Kind.BACKUP_MADE,
        actor=actor,
        subject=f"backup:{header['id']}",
        outcome="begun",
        details={
            "kind": header["kind"],
            "oldest_day": header.get("oldest_day", ""),
            "key": key_id(key),
        },
    )


def _write(path: Path, key: bytes, header: dict[str, Any], selection: Selection) -> int:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _fill(file, key, header, selection)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        os.link(temporary, path)  # atomic, and fails where rename would overwrite
    finally:
        temporary.unlink()
    sync_folder(path.parent)
    return size


def _fill(file: BinaryIO, key: bytes, header: dict[str, Any], selection: Selection) -> None:
    stream = SealedWriter(file, key, header)
    migrations = [list(one) for one in MigrationRecorder(connection).applied_migrations()]
    origin = settings.PLATEWARDEN_ORIGIN
    write_part(stream, {"part": "manifest", "header": header, "migrations": migrations, "origin": origin})
    _write_settings(stream)  # first, so that no checkpoint covers more than the snapshot's ledger holds
    with _snapshot() as cursor:
        rows = _write_tables(stream, cursor, selection)
        objects = _write_objects(stream, selection)
    write_part(stream, {"part": "end", "rows": rows, "objects": objects})
    stream.close()


@contextmanager
def _snapshot() -> Iterator[Any]:
    """Look at the database as it is at one moment; objects that its rows refer to are there before the rows are."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield cursor


def _write_settings(stream: SealedWriter) -> None:
    home: Path = settings.CONFIGURATION.home
    if (home / FILE_NAME).exists():
        write_part(stream, {"part": "settings"}, [(home / FILE_NAME).read_bytes()])
    keys = Path(settings.PLATEWARDEN_KEYS)
    for path in _matching(keys, KEY_FILES):
        write_part(stream, {"part": "key", "name": str(path.relative_to(keys))}, [path.read_bytes()])
    for path in _matching(Path(settings.PLATEWARDEN_CHECKPOINTS), ["*.checkpoint"]):
        write_part(stream, {"part": "checkpoint", "name": path.name}, [path.read_bytes()])


def _matching(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


def _write_tables(stream: SealedWriter, cursor: Any, selection: Selection) -> dict[str, int]:
    rows = {}
    for table in in_order(cursor, selection.tables()):
        columns = columns_of(cursor, table.name)
        condition = selection.condition(table)
        name = {"part": "table", "name": table.name, "columns": columns}
        write_part(stream, name, copy_out(cursor, table, columns, condition))
        rows[table.name] = int(cursor.rowcount)
    return rows


def _write_objects(stream: SealedWriter, selection: Selection) -> int:
    store, written = image_store(), 0
    for name in store.names(OBJECTS, since=selection.since):
        content = store.sealed(name)
        if content is not None:  # a purge or a sweep may have removed it meanwhile
            write_part(stream, {"part": "object", "name": name}, [content])
            written += 1
    return written
