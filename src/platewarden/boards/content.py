"""What is on a list for a car: the entries in force that anybody in the car may know of."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from platewarden.boards.models import BoardVersion
from platewarden.corrections.matching import found_wrong
from platewarden.corrections.models import Suppression
from platewarden.edge.board.entries import BoardEntry
from platewarden.hotlists.in_force import in_force
from platewarden.hotlists.models import Entry, Snapshot
from platewarden.hotlists.writing import fingerprint_of
from platewarden.policy.parameters import Parameters

_CHUNK: Final = 5000
_BY_HAND: Final = {"snapshot__hotlist__is_manual": True, "snapshot__is_current": True}


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in force for cars at one moment.

    Attributes:
        agency_id: The agency.
        parameters: In force.
        now: The moment.
    """

    agency_id: int
    parameters: Parameters
    now: datetime

    def snapshots(self) -> list[Snapshot]:
        """Return the snapshots in use, lists kept by hand included."""
        found = Snapshot.objects.filter(hotlist__agency_id=self.agency_id, is_current=True)
        return list(found.select_related("hotlist").order_by("pk"))

    def version(self) -> BoardVersion:
        """Return, not yet stored, the version that these contents are."""
        loaded = [snapshot.pk for snapshot in self.snapshots() if not snapshot.hotlist.is_manual]
        return BoardVersion(
            agency_id=self.agency_id,
            made_at=self.now,
            snapshots=loaded,
            categories=sorted(self.parameters.codes("hotlist.categories")),
            suppressions=_standing(self.agency_id),
            by_hand=sorted([entry.plate, entry.fingerprint] for entry in self.by_hand()),
        )

    def whole(self) -> Iterator[BoardEntry]:
        """Yield everything, by list."""
        yield from self.by_hand()
        for snapshot in self.snapshots():
            if not snapshot.hotlist.is_manual:
                yield from self._carried(snapshot_id=snapshot.pk)

    def loaded(self, snapshot_id: int, fingerprints: Collection[int]) -> Iterator[BoardEntry]:
        """Yield those of one snapshot that have one of *fingerprints*."""
        wanted = sorted(fingerprints)
        for at in range(0, len(wanted), _CHUNK):
            part = wanted[at : at + _CHUNK]
            yield from self._carried(snapshot_id=snapshot_id, fingerprint__in=part)

    def by_hand(self) -> Iterator[BoardEntry]:
        """Yield what was entered by hand."""
        yield from self._carried(**_BY_HAND)

    def left_out(self) -> int:
        """Return how many entries stay at the server: for certain people alone, or found wrong."""
        by_hand = (entry for part in self._parts(**_BY_HAND) for entry in part)
        return sum(map(_is_for_some, by_hand)) + len(_standing(self.agency_id))

    def _carried(self, **which: Any) -> Iterator[BoardEntry]:
        for part in self._parts(**which):
            wrong = found_wrong([(entry, entry.plate) for entry in part])
            yield from (
                _as_carried(entry)
                for entry in part
                if not _is_for_some(entry) and (entry.pk, entry.plate) not in wrong
            )

    def _parts(self, **which: Any) -> Iterator[Sequence[Entry]]:
        """Yield the entries in force, some thousands at a time, by their number."""
        entries = Entry.objects.filter(
            in_force(parameters=self.parameters, now=self.now), agency_id=self.agency_id
        )
        entries = entries.filter(**which).select_related("snapshot__hotlist").order_by("pk")
        last = 0
        while part := list(entries.filter(pk__gt=last)[:_CHUNK]):
            yield part
            last = part[-1].pk


def _is_for_some(entry: Entry) -> bool:
    """Whether only people that its audience names may know of *entry*: nobody knows who sits in the car."""
    return any(code.startswith(("role:", "person:")) for code in entry.audience)


def _as_carried(entry: Entry) -> BoardEntry:
    carried = BoardEntry(
        fingerprint=entry.fingerprint or 0,
        plate=entry.plate,
        state=entry.state,
        category=entry.category,
        priority=entry.priority,
        hotlist=entry.snapshot.hotlist.name,
        reason=entry.reason,
        case_number=entry.case_number,
        instructions=entry.instructions,
        cautions=entry.cautions,
        vehicle=(entry.vehicle_type, entry.vehicle_make, entry.vehicle_model, entry.vehicle_colour),
        expires_at=entry.expires_at,
    )
    if entry.fingerprint is not None:
        return carried
    row = carried.row()  # an entry by hand has no fingerprint of its own, and changes when it is renewed
    return BoardEntry.of_row([fingerprint_of(json.dumps(row)), *row[1:]])


def _standing(agency_id: int) -> list[int]:
    found = Suppression.objects.filter(agency_id=agency_id, lifted_at=None).order_by("pk")
    return [
        2 * pk + (confirmed_at is not None) for pk, confirmed_at in found.values_list("pk", "confirmed_at")
    ]
