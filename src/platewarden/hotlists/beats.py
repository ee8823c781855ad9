"""Signs of life from a long job, told outside its transaction, and whether somebody wants it to end."""

import logging
import threading
import uuid
from types import TracebackType
from typing import Final, Self

from django.db import DatabaseError, connection

PERIOD_SECONDS: Final = 1.0

logger = logging.getLogger(__name__)

_BEAT: Final = """
    UPDATE hotlist_uploads SET seen_bytes = %s, heard_of_at = now()
    WHERE id = %s AND ended_at IS NULL RETURNING is_cancelled
"""


class CancelledError(Exception):
    """Somebody has cancelled the job; nothing of it stays."""


class Beats:
    """While open, tells once a second how far a job has come, over the database connection of a thread of its own.

    The job's own transaction cannot be used: nobody sees what it writes before it ends.
    """

    def __init__(self, upload_id: uuid.UUID) -> None:
        self._upload_id = upload_id
        self._seen, self._is_cancelled = 0, False
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="hotlist upload", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def watch(self, seen: int) -> None:
        """Take note of how many bytes have been *seen*.

        Raises:
            CancelledError: Nobody wants the rest.
        """
        self._seen = seen
        if self._is_cancelled:
            raise CancelledError

    def _beat(self) -> None:
        while not self._end.wait(PERIOD_SECONDS):
            try:
                with connection.cursor() as cursor:
                    cursor.execute(_BEAT, [self._seen, self._upload_id])
                    found = cursor.fetchone()
            except DatabaseError as error:
                logger.warning("no sign of life could be given: %s", type(error).__name__)
            else:
                self._is_cancelled = found is not None and bool(found[0])
        connection.close()
