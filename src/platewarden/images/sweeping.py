"""Removing sealed bytes and keys that no record refers to: what a failed act or a crash between two steps leaves.

Sealing comes before the commit, so that no record is without its bytes. The price is bytes without a record, now and
then; they are past anybody's reach, and must not stay.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from platewarden.images.store import ImageStore, Shelf

GRACE: Final = timedelta(days=1)
"""How long sealed bytes may be without a record: far longer than any act takes to commit."""


def sweep(
    store: ImageStore,
    shelf_of: Callable[[int], Shelf],
    references: Mapping[int, Iterable[str]],
    *,
    now: datetime,
) -> int:
    """Remove what *references* do not lead to, and the keys of records that there are not; return how much it was.

    Args:
        store: Where it lies.
        shelf_of: Names the shelf of a record by its id.
        references: Every reference into the store that is on record, by the record's id.
        now: What is younger than `GRACE` stays: its record may be about to be committed.
    """
    before = now - GRACE
    parent = shelf_of(0).folder.partition("/")[0]
    known = {record: {reference.split(":")[0] for reference in kept} for record, kept in references.items()}
    removed = 0
    for record in store.records(parent):
        removed += store.remove_unknown(shelf_of(record), known.get(record, set()), before=before)
    prefix = shelf_of(0).key.text.removesuffix("0")
    for record in store.keystore.records(prefix, before=before) - known.keys():
        removed += bool(store.keystore.destroy(shelf_of(record).key))
    return removed
