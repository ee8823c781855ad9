"""Keyed digests by which the audit knows a plate again without keeping it.

HMAC-SHA-256 under the agency's register key, which lies in the keystore, never in the database: whoever has the
database alone reads no plate out of it. Whoever has both can try all plates there are; docs/reference/audit-signals.md
says so.
"""

import hashlib
import hmac
import json
from functools import cached_property

from platewarden.images.keystore import KeyName
from platewarden.images.store import image_store
from platewarden.matching.plates import PlateError, normalise


class PlateDigester:
    """Makes digests under one agency's key, which is made at the first use."""

    def __init__(self, agency_id: int) -> None:
        self._agency_id = agency_id

    @cached_property
    def _key(self) -> bytes:
        return image_store().keystore.obtain(KeyName.of_register(self._agency_id))

    def digest(self, plate: str) -> bytes:
        """Return how the plate written as *plate* is known again: 32 bytes.

        Raises:
            PlateError: It is no plate.
            KeyUnavailable: The key cannot be unwrapped.
        """
        return hmac.digest(self._key, json.dumps(["audit", normalise(plate)]).encode(), hashlib.sha256)

    def digest_or_none(self, plate: str) -> bytes | None:
        """Return the same, or None where *plate* is none."""
        try:
            return self.digest(plate) if plate else None
        except PlateError:
            return None
