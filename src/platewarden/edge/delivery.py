"""Taking reads from the spool to the server: in order, signed, until it has answered for each.

A read is signed once, before it is first sent, and kept as signed: whatever is sent again is the same, and the server
tells it from another by camera and capture id. It leaves the spool when the server has answered, and not before.
"""

import base64
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from platewarden.edge import signed
from platewarden.edge.clock import Clock, Stamp
from platewarden.edge.identity import Identity
from platewarden.edge.spool import Spool, Spooled
from platewarden.edge.talking import Line, answer_facts
from platewarden.edge.upload import UnreachableError

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0
"""Among what waits may be a hit: when the server is back, it waits no longer than this."""

REFUSED_PAUSE_S: Final = 60.0
"""A camera whose reads the server refuses as a whole, e.g. because its statement has lapsed, waits so long."""

_TAKEN: Final = frozenset({200, 201, 202})
_DEVICE_ONLY: Final = "stamp"


class Backoff:
    """Pauses that double with every failure, up to the longest; chance shortens each: not all come at once."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        """Draw from *chance*, 0-1."""
        self._chance, self.failures = chance, 0

    def fail(self) -> float:
        """Return how long to wait after one more failure: between half and all of the pause."""
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self.failures, 16))
        self.failures += 1
        return float(pause * (0.5 + self._chance() / 2))

    def succeed(self) -> None:
        """Begin anew."""
        self.failures = 0


class Delivery:
    """Takes what waits to the server, a batch a camera at a time."""

    def __init__(self, spool: Spool, line: Line, clock: Clock, *, tell: Callable[[str], None]) -> None:
        """Deliver from *spool* over *line*; messages go to *tell*."""
        self._spool, self._line, self._clock, self._tell = spool, line, clock, tell
        self._waits: dict[str, float] = {}
        self.taken = 0

    def round(self, identity: Identity, *, batch: int) -> int:
        """Deliver one batch of each camera; return how many reads were answered for.

        Raises:
            UnreachableError: The server cannot take them now; they stay.
            RevokedError: The device was revoked.
            StrangerError: The server does not know the device.
        """
        if self._clock.offset_s is None:  # no read is dated before it is known how far the clock is off
            self._line.ask("GET", "/time")
        done = 0
        for camera in self._spool.cameras():
            if self._waits.get(camera, 0.0) > time.monotonic():
                continue
            if reads := self._spool.batch(camera, batch):
                done += self._deliver(camera, reads, identity)
        return done

    def _deliver(self, camera: str, reads: list[Spooled], identity: Identity) -> int:
        fresh = [(read, signed_facts(read, self._clock, identity)) for read in reads if not read.is_signed]
        self._spool.settle(fresh)
        facts = {read.seq: made for read, made in fresh}
        body = {"reads": [_submission(facts.get(read.seq, read.facts), read.images) for read in reads]}
        answer = self._line.ask("POST", f"/cameras/{camera}/reads", body)
        results = answer_facts(answer).get("results")
        if not isinstance(results, list) or len(results) != len(reads):
            return self._put_off(camera, reads, answer)
        self._forget(reads, results)
        return len(reads)

    def _put_off(self, camera: str, reads: list[Spooled], answer: httpx.Response) -> int:
        """Deal with a submission refused as a whole: one read too large goes, anything else waits."""
        if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            if len(reads) == 1:
                self._spool.forget([reads[0].seq], "refused")
                return 1
            raise UnreachableError("the server finds so many reads at once too large: set a smaller batch")
        facts = answer_facts(answer)
        said = facts.get("message", f"it answers {answer.status_code}")
        self._tell(f"{camera}: the server takes no reads of it: {said} {facts.get('remedy', '')}".strip())
        self._waits[camera] = time.monotonic() + REFUSED_PAUSE_S
        return 0

    def _forget(self, reads: list[Spooled], results: list[dict[str, Any]]) -> None:
        taken = [read.seq for read, result in zip(reads, results, strict=True) if result["code"] in _TAKEN]
        refused = [
            (read, result)
            for read, result in zip(reads, results, strict=True)
            if result["code"] not in _TAKEN
        ]
        self._spool.forget(taken)
        self._spool.forget([read.seq for read, _ in refused], "refused")
        self.taken += len(taken)
        for read, result in refused:
            problem = result.get("problem") or {}
            self._tell(f"{read.camera}: a read was refused: {problem.get('field')}: {problem.get('message')}")


def signed_facts(read: Spooled, clock: Clock, identity: Identity) -> dict[str, Any]:
    """Return the facts of *read* as they are sent: its time by the server's clock where that is known, and signed."""
    stamp = Stamp.of_json(read.facts[_DEVICE_ONLY])
    facts = {name: value for name, value in read.facts.items() if name != _DEVICE_ONLY}
    offset = clock.offset_of(stamp)
    seen_at = datetime.fromisoformat(facts["seen_at"])
    if offset is not None and stamp.is_live:
        seen_at -= timedelta(seconds=offset)
    facts |= {"seen_at": seen_at.astimezone(UTC).isoformat(), "clock_offset_seconds": offset}
    plate, vehicle = read.images
    text = signed.read_text(
        facts | {"seen_at": seen_at},
        device=identity.device,
        camera=read.camera,
        plate_image=signed.image_digest(plate),
        vehicle_image=signed.image_digest(vehicle),
    )
    return facts | {"signature": signed.sign(text, identity.key)}


def spoolable(submission: dict[str, Any], stamp: Stamp) -> tuple[dict[str, Any], tuple[bytes, bytes]]:
    """Return facts and images of a read as the spool takes them, from the form that recognition gives it."""
    facts = {
        name: value for name, value in submission.items() if name not in {"plate_image", "vehicle_image"}
    }
    for name in ("confidence", "state_confidence"):
        facts[name] = round(facts[name], signed.PLACES)
    facts["char_confidences"] = [round(value, signed.PLACES) for value in facts["char_confidences"]]
    facts["alternates"] = [
        {**one, "confidence": round(one["confidence"], signed.PLACES)} for one in facts["alternates"]
    ]
    images = (base64.b64decode(submission["plate_image"]), base64.b64decode(submission["vehicle_image"]))
    return facts | {_DEVICE_ONLY: stamp.as_json()}, images


def _submission(facts: dict[str, Any], images: tuple[bytes, bytes]) -> dict[str, Any]:
    plate, vehicle = (base64.b64encode(image).decode() for image in images)
    return {**facts, "plate_image": plate, "vehicle_image": vehicle}
