"""One made-up camera: what it pushes, how it errs, and what it does when it is not answered."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from platewarden.adapters.formats import FORMATS
from platewarden.adapters.results import AdaptedRead, Encoded
from platewarden.simulation.pictures import Pictures
from platewarden.simulation.traffic import Passage, Traffic

OWN: Final = "platewarden"
"""The name in the register of what `POST /api/v1/push` takes as plain JSON."""

_FORMATS: Final = FORMATS | {OWN: FORMATS["json"]}
_PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
_HINTS: Final[dict[int, str]] = {
    httpx.codes.UNAUTHORIZED: " (give it a credential in the style header)",
    httpx.codes.BAD_REQUEST: " (its page says whether it may submit)",
}


class CameraError(ValueError):
    """What is said of a made-up camera cannot be; the message says how."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How often a camera does what cameras do; shares of its deliveries.

    Attributes:
        repeated: Pushed a second time, as if the answer had been lost.
        held_back: Pushed after the next one.
        garbage: Something unusable is pushed besides.
        ahead_s: So far ahead is its clock.
    """

    repeated: float = 0.0
    held_back: float = 0.0
    garbage: float = 0.0
    ahead_s: float = 0.0

    def __post_init__(self) -> None:
        for name in ("repeated", "held_back", "garbage"):
            if not 0 <= getattr(self, name) <= 1:
                raise CameraError(f"{name}: is a share, 0 to 1")


@dataclass(slots=True)
class Results:
    """What became of everything that the cameras pushed; shared by all of them.

    Attributes:
        counts: Deliveries by what became of them.
        seconds: How long each that was taken waited for its answer.
    """

    counts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, name: str, seconds: float | None = None) -> None:
        """Count one delivery."""
        with self._lock:
            self.counts[name] += 1
            if seconds is not None:
                self.seconds.append(seconds)


@dataclass(slots=True)
class SimulatedCamera:
    """A camera that is none.

    Attributes:
        format: Key of the format it speaks.
        credential: ``code.secret``.
        traffic: What passes it.
        pictures: What it sees.
        faults: How it errs.
        position: Latitude and longitude that it sends; None for a fixed one.
        stop: Set when it is to end.
    """

    format: str
    credential: str
    traffic: Traffic
    pictures: Pictures
    faults: Faults = Faults()
    position: tuple[float, float] | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        if self.format not in _FORMATS:
            raise CameraError(f"{self.format}: is no format; there are {', '.join(sorted(_FORMATS))}")
        if "." not in self.credential:
            raise CameraError("a credential is CODE.SECRET, as it was shown when it was issued")

    @property
    def code(self) -> str:
        """Its code in the register."""
        return self.credential.partition(".")[0]

    def run(self, client: httpx.Client, results: Results, *, most: int = 0) -> None:
        """Push what passes over *client* until `stop` is set, or *most* vehicles have passed."""
        chance, waiting = random.Random(self.traffic.seed), []  # noqa: S311 - a simulation
        began, due = time.monotonic(), 0.0
        for passage in self.traffic.passages():
            due += passage.wait_s
            if (most and passage.number > most) or self.stop.wait(max(0.0, began + due - time.monotonic())):
                break
            waiting.append(self.delivery(passage))
            if chance.random() < self.faults.held_back:
                continue
            for delivery in reversed(waiting):
                self._push(client, delivery, results)
                if chance.random() < self.faults.repeated:
                    self._push(client, delivery, results)
            waiting.clear()
            if chance.random() < self.faults.garbage:
                self._push_garbage(client, chance.randbytes(200), results)
        for delivery in waiting:
            self._push(client, delivery, results)

    def delivery(self, passage: Passage) -> Encoded:
        """Return *passage* as this camera would push it now."""
        plate_image, vehicle_image = self.pictures.of(passage)
        seen_at = datetime.now(UTC) + timedelta(seconds=self.faults.ahead_s)
        read = AdaptedRead(
            capture_id=f"{self.format}:{self.traffic.seed}-{passage.number}-{seen_at:%H%M%S%f}",
            seen_at=seen_at,
            plate=passage.plate,
            confidence=passage.confidence,
            char_confidences=(passage.confidence,) * len(passage.plate),
            state=passage.state,
            state_confidence=0.95 if passage.state else 0.0,
            vehicle=passage.vehicle,
            position=self.position,
            plate_image=plate_image,
            vehicle_image=vehicle_image,
            pass_id=f"{self.format}:{self.traffic.seed}{passage.number:07d}",
            revision=1,
        )
        return _FORMATS[self.format].encode(read, zone=UTC)

    def _push(self, client: httpx.Client, delivery: Encoded, results: Results) -> None:
        """Push until it is answered for: a camera keeps what it could not deliver."""
        results.note("offered")
        for attempt in range(1_000_000):
            began = time.perf_counter()
            status = self._send(client, delivery)
            took = time.perf_counter() - began
            if status and status < httpx.codes.BAD_REQUEST:
                return results.note("taken", took)
            if (
                status
                and status < httpx.codes.INTERNAL_SERVER_ERROR
                and status != httpx.codes.TOO_MANY_REQUESTS
            ):
                hint = _HINTS.get(status, "")
                return results.note(f"of {self.code} refused with {status}{hint}")
            results.note("tried again")
            if self.stop.wait(_PAUSES_S[min(attempt, len(_PAUSES_S) - 1)]):
                return results.note("not delivered")
        return None

    def _push_garbage(self, client: httpx.Client, content: bytes, results: Results) -> None:
        results.note("garbage")
        self._send(client, Encoded("", "application/json", content))

    def _send(self, client: httpx.Client, delivery: Encoded) -> int:
        path = f"/api/v1/push/{delivery.path}" if delivery.path else "/api/v1/push"
        headers = {"Authorization": f"Bearer {self.credential}", "Content-Type": delivery.content_type}
        try:
            return client.post(path, content=delivery.content, headers=headers).status_code
        except httpx.TransportError:
            return 0
