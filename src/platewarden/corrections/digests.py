"""Keyed digests by which an entry and a plate are known again without being kept.

HMAC-SHA-256 under a key of the agency's own, which lies in the keystore, never in the database: whoever has the
database alone learns no plate from it, not even by trying all there are.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass

from platewarden.alerts.models import Hit
from platewarden.hotlists.models import Entry
from platewarden.images.keystore import KeyName
from platewarden.images.store import image_store
from platewarden.matching.plates import PlateError, normalise


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What an entry says, as far as its owner decides it.

    Attributes:
        plate_as_given: Its plate as the list writes it.
        content: State, category, reason, case number, vehicle; not how long it lasts nor how loud it is.
    """

    plate_as_given: str
    content: tuple[str, ...]

    @classmethod
    def of_hit(cls, hit: Hit) -> "EntryFacts":
        """Return what the entry said that *hit* matched."""
        said = (hit.entry_state, hit.entry_category, hit.entry_reason, hit.entry_case_number)
        return cls(hit.entry_plate_as_given, (*said, hit.entry_vehicle))

    @classmethod
    def of_entry(cls, entry: Entry) -> "EntryFacts":
        """Return what *entry* says now."""
        said = (entry.state, entry.category, entry.reason, entry.case_number)
        return cls(entry.plate_as_given, (*said, entry.vehicle))


@dataclass(frozen=True, slots=True)
class Digests:
    """An entry and a plate as a suppression knows them."""

    entry: bytes
    plate: bytes
    content: bytes


class Digester:
    """Makes digests under one agency's key."""

    def __init__(self, agency_id: int, *, may_create: bool = False) -> None:
        """Take the agency's key out of the keystore.

        Raises:
            KeyUnavailable: There is none and *may_create* is false, or it cannot be unwrapped.
        """
        keystore, name = image_store().keystore, KeyName.of_register(agency_id)
        self._key = keystore.obtain(name) if may_create else keystore.get(name)

    def digests(self, *, hotlist_id: int, facts: EntryFacts, plate: str) -> Digests:
        """Return how the entry with *facts* on the list *hotlist_id*, matched by the read *plate*, is known again."""
        given = _canonical(facts.plate_as_given)
        return Digests(
            self._digest("entry", str(hotlist_id), given),
            self.plate(plate),
            self._digest("content", given, *facts.content),
        )

    def plate(self, plate: str) -> bytes:
        """Return how a canonical *plate* is known again."""
        return self._digest("plate", plate)

    def _digest(self, *parts: str) -> bytes:
        return hmac.digest(self._key, json.dumps(parts).encode(), hashlib.sha256)


def _canonical(plate_as_given: str) -> str:
    try:
        return normalise(plate_as_given)
    except PlateError:  # a partial entry is longer than any plate
        return plate_as_given.strip().upper()
