"""Submitting reads beside recognition, so that neither waits for the other."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from platewarden.edge.upload import BATCH, Tally, UnreachableError, Uploader, UploadError

GATHER_S: Final = 1.0
"""A read waits so long for others to go with it."""

MAX_WAITING: Final = 500
"""So many reads are kept while the server cannot be reached: about 75 MB."""

_PAUSE_S: Final = 10.0
"""Between attempts, each of which is several already, to reach a server that was not there."""


class Sender:
    """Takes reads at once and submits them in batches from a thread of its own."""

    def __init__(self, uploader: Uploader, *, is_patient: bool, tell: Callable[[str], None]) -> None:
        """Submit through *uploader*.

        Args:
            uploader: Speaks for the camera; used by the thread alone until `close`.
            is_patient: Keep reads for a server that cannot be reached, rather than give up.
            tell: Takes each message; called by the thread.
        """
        self._uploader, self._is_patient, self._tell = uploader, is_patient, tell
        self._reads: deque[dict[str, Any]] = deque()
        self._changed, self._closing, self._lost = threading.Condition(), False, 0
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many reads are not submitted yet."""
        return len(self._reads)

    @property
    def tally(self) -> Tally:
        """What became of the reads that were submitted."""
        return self._uploader.tally

    def put(self, read: dict[str, Any]) -> None:
        """Take *read*; if too many wait already, the oldest is lost, which is told.

        Raises:
            UploadError: The server refuses this camera, or could not be reached.
        """
        with self._changed:
            if self._failure is not None:
                raise self._failure
            if len(self._reads) >= MAX_WAITING:
                self._reads.popleft()
                self._lost += 1
                self._tell(f"the server takes nothing: {self._lost} read(s) lost, {MAX_WAITING} are kept")
            self._reads.append(read)
            self._changed.notify()

    def close(self) -> None:
        """Submit what waits, and end.

        Raises:
            UploadError: Not everything could be submitted.
        """
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        self._uploader.close()
        if isinstance(self._failure, UploadError):
            raise UploadError(f"{self._failure}; {self.waiting} read(s) not submitted") from self._failure
        if self._failure is not None:
            raise self._failure
        if self._lost:
            raise UploadError(f"{self._lost} read(s) were lost while the server took nothing")

    def _work(self) -> None:
        """Submit until all is done; what ends the thread is told to who puts the next read, or closes."""
        try:
            while batch := self._gather():
                if self._is_submitted(batch):
                    self._forget(batch)
                else:
                    self._pause()
        except Exception as error:  # noqa: BLE001 - a thread that dies in silence loses reads
            self._failure = error

    def _is_submitted(self, batch: list[dict[str, Any]]) -> bool:
        try:
            self._uploader.submit(batch)
        except UnreachableError as error:
            if not self._is_patient or self._closing:
                raise
            self._tell(f"{error}; {self.waiting} read(s) wait")
            return False
        return True

    def _gather(self) -> list[dict[str, Any]]:
        """Return the next batch, which stays in the queue until it is submitted; empty when all is done."""
        with self._changed:
            self._changed.wait_for(lambda: self._reads or self._closing)
            until = time.monotonic() + GATHER_S
            while len(self._reads) < BATCH and not self._closing and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            return list(self._reads)[:BATCH]

    def _forget(self, batch: list[dict[str, Any]]) -> None:
        done = {id(read) for read in batch}
        with self._changed:
            while self._reads and id(self._reads[0]) in done:
                self._reads.popleft()

    def _pause(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing, _PAUSE_S)
