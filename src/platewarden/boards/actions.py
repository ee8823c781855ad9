"""Giving a car its list: whole the first time, by difference while what changed is known, and always on record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from platewarden.accounts.models import Agency, RoleGrant
from platewarden.adoption.in_force import parameters_at
from platewarden.boards.content import Contents
from platewarden.boards.models import BoardVersion
from platewarden.devices import keys
from platewarden.devices.actions import actor_of, cameras_of
from platewarden.devices.models import Device
from platewarden.edge.board.entries import BoardEntry
from platewarden.edge.board.store import Removal
from platewarden.edge.board.wire import PARAMETERS, CarriedList, Statement, written
from platewarden.hotlists.matching import max_age_of
from platewarden.hotlists.models import Snapshot
from platewarden.hotlists.steps import changed_since
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Role
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import require
from platewarden.policy.devices import may_carry_lists

_FACTS: Final = ("snapshots", "categories", "suppressions", "by_hand")


@dataclass(frozen=True, slots=True)
class Difference:
    """What leads from one version to another."""

    removed: list[Removal]
    loaded: dict[int, frozenset[int]]
    by_hand: list[BoardEntry]


@transaction.atomic
def give(*, device: Device, base: int, address: str, now: datetime) -> BoardVersion | None:
    """Return the version that *device*, which carries version *base*, is to be given; None if it carries it.

    Raises:
        PolicyRefusal: It may carry no lists.
        LedgerUnavailable: It cannot be recorded, so nothing is given.
    """
    kinds = {CameraKind(camera.kind) for camera in cameras_of(device, now=now)}
    is_vendors = RoleGrant.objects.filter(user_id=device.enrolled_by_id, role=Role.VENDOR).exists()
    decision = may_carry_lists(kinds, parameters=parameters_at(now), is_vendors=is_vendors)
    require(decision, action="board.take")
    version = _version_now(device.agency_id, now)
    if version.pk == base:
        return None
    details = {"version": version.pk, "since": base}
    subject = f"device:{device.code}"
    ledger.append(Kind.BOARD_GIVEN, actor=actor_of(device, address), subject=subject, details=details)
    return version


def _version_now(agency_id: int, now: datetime) -> BoardVersion:
    """Return the version that is in force, stored anew if anything differs from the last one."""
    Agency.objects.select_for_update().get(pk=agency_id)
    fresh = Contents(agency_id, parameters_at(now), now).version()
    last = BoardVersion.objects.filter(agency_id=agency_id).first()
    if last and _facts(last) == _facts(fresh):
        return last
    fresh.save()
    return fresh


def lines_for(*, device: Device, version: BoardVersion, base: int, now: datetime) -> Iterator[bytes]:
    """Yield the lines of *version* for *device*, as `edge.board.wire` has them.

    They are of one moment of the database. What is in force then must still be *version*: otherwise they end before
    the signature, and the device asks again.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        contents = Contents(device.agency_id, parameters_at(now), now)
        if _facts(contents.version()) != _facts(version):
            return
        old = BoardVersion.objects.filter(pk=base, agency_id=device.agency_id).first()
        difference = _difference(old, version, contents) if old else None
        removed = difference.removed if difference else []
        statement = _statement(device, version, base if difference else 0, contents)
        rows = _rows(contents, difference)
        yield from written(statement, removed=removed, rows=rows, signer=keys.signer())


def _rows(contents: Contents, difference: Difference | None) -> Iterator[list[Any]]:
    entries = contents.whole() if difference is None else _added(contents, difference)
    for entry in entries:
        yield entry.row()


def _added(contents: Contents, difference: Difference) -> Iterator[BoardEntry]:
    yield from difference.by_hand
    for snapshot_id, fingerprints in difference.loaded.items():
        yield from contents.loaded(snapshot_id, fingerprints)


def _difference(old: BoardVersion, new: BoardVersion, contents: Contents) -> Difference | None:
    """Return what leads from *old* to *new*; None where that cannot be told, or is no less than the whole."""
    if (old.categories, old.suppressions) != (new.categories, new.suppressions):
        return None  # what was left out or switched off is not known entry by entry
    removed: list[Removal] = []
    loaded: dict[int, frozenset[int]] = {}
    follows = _followed(old, new)
    if follows is None:
        return None
    for before, after in follows.items():
        changed = changed_since(before, after)
        if changed is None:
            return None
        removed += [Removal(plate, fingerprint) for plate, fingerprint in changed.removed]
        loaded[after] = changed.added
    before_by_hand = {(plate, fingerprint) for plate, fingerprint in old.by_hand}
    now_by_hand = list(contents.by_hand())
    kept = {(entry.plate, entry.fingerprint) for entry in now_by_hand}
    removed += [Removal(*one) for one in sorted(before_by_hand - kept)]
    fresh = [entry for entry in now_by_hand if (entry.plate, entry.fingerprint) not in before_by_hand]
    return Difference(removed, loaded, fresh)


def _followed(old: BoardVersion, new: BoardVersion) -> dict[int, int] | None:
    """Return for each snapshot of *old* that of the same list in *new*; None where the lists are not the same."""
    lists = dict(
        Snapshot.objects.filter(pk__in=[*old.snapshots, *new.snapshots]).values_list("pk", "hotlist_id")
    )
    before = {lists.get(pk): pk for pk in old.snapshots}
    after = {lists.get(pk): pk for pk in new.snapshots}
    if None in before or before.keys() != after.keys():
        return None
    return {before[one]: after[one] for one in before if before[one] != after[one]}


def _statement(device: Device, version: BoardVersion, base: int, contents: Contents) -> Statement:
    parameters = contents.parameters
    lists = tuple(
        CarriedList(snapshot.hotlist.name, "", 0)
        if snapshot.hotlist.is_manual
        else CarriedList(
            snapshot.hotlist.name,
            snapshot.effective_at.isoformat(),
            int(max_age_of(snapshot.hotlist, parameters=parameters).total_seconds() // 3600),
        )
        for snapshot in contents.snapshots()
    )
    values = {name: _plain(parameters.values[name]) for name in PARAMETERS}
    return Statement(device.code, version.pk, base, contents.now, lists, values, contents.left_out())


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | frozenset) else value


def _facts(version: BoardVersion) -> tuple[Any, ...]:
    return tuple(getattr(version, name) for name in _FACTS)


def forget_versions(*, now: datetime) -> int:
    """Remove versions from which no change can be told any more; return how many."""
    kept = parameters_at(now).days("hotlist.steps_kept_days")
    last = BoardVersion.objects.first()
    old = BoardVersion.objects.filter(made_at__lte=now - kept)
    return (old.exclude(pk=last.pk) if last else old).delete()[0]
