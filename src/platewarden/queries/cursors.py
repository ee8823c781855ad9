"""Where a page of an answer ends, as an address may carry it."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from platewarden.reads.models import Read

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last read of a page: the next page goes on from what was seen before it."""

    seen_at: datetime
    read_id: uuid.UUID

    @classmethod
    def of(cls, read: Read) -> "Cursor":
        """Return the cursor at *read*."""
        return cls(read.seen_at, read.id)

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Return the cursor that `text` gave.

        Raises:
            ValueError: It is not one.
        """
        microseconds, _, read_id = text.partition(".")
        try:
            return cls(EPOCH + timedelta(microseconds=int(microseconds)), uuid.UUID(read_id))
        except OverflowError as error:
            raise ValueError("there is no such time") from error

    @property
    def text(self) -> str:
        """The cursor for an address: a time and a read's id, nothing that names a plate."""
        return f"{(self.seen_at - EPOCH) // timedelta(microseconds=1)}.{self.read_id}"

    def is_before(self, read: Read) -> bool:
        """Whether *read* belongs on the pages after this one."""
        return (read.seen_at, read.id) < (self.seen_at, self.read_id)
