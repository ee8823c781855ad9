"""The evidence of each deletion: destruction records, read back from the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf


@dataclass(frozen=True, slots=True)
class Record:
    """One destruction record.

    Attributes:
        entry: Its number on the ledger.
        at: When the day was destroyed, by the database's clock.
        day: The capture day; None where the record's body has been erased since.
        rows: Rows removed, by table.
        objects: Sealed files removed.
        keys: Ids of the keys destroyed.
        authorisation: Ledger entry of the standing authorisation it was done under; None without one.
    """

    entry: int
    at: datetime
    day: date | None
    rows: Mapping[str, int]
    objects: int
    keys: tuple[str, ...]
    authorisation: int | None


def destruction_leaves() -> QuerySet[LedgerLeaf]:
    """Return the ledger's leaves of destruction records, newest first, with what is kept of their bodies."""
    return LedgerLeaf.objects.filter(kind=Kind.DAY_PURGED).select_related("kept_body").order_by("-seq")


def records_in(leaves: Iterable[LedgerLeaf]) -> list[Record]:
    """Read *leaves* as destruction records."""
    return [_record(leaf) for leaf in leaves]


def _record(leaf: LedgerLeaf) -> Record:
    if leaf.body is None:
        return Record(leaf.seq, leaf.at, None, {}, 0, (), None)
    content = leaf.body.content
    details = content["details"]
    return Record(
        entry=leaf.seq,
        at=leaf.at,
        day=date.fromisoformat(content["subject"].removeprefix("day:")),
        rows=details["rows_removed"],
        objects=details["objects_removed"],
        keys=tuple(details["keys_destroyed"].values()),
        authorisation=details.get("authorisation"),
    )
