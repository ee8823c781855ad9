"""A box of the edge that talks to the program under test without a network."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from django.test import Client

from platewarden.devices.actions import issue_code
from platewarden.devices.models import Device
from platewarden.edge.clock import Clock
from platewarden.edge.delivery import Delivery, spoolable
from platewarden.edge.identity import Identity
from platewarden.edge.spool import Spool
from platewarden.edge.talking import Line, enrol
from platewarden.edge.vault import SECRET_BYTES, Vault
from tests.cast import Cast
from tests.conftest import NOW
from tests.ingest.test_ingest import picture

SERVER = "http://testserver"
AT = NOW.timestamp()


def transport() -> httpx.MockTransport:
    """The program, as if at the other end of a line."""
    client = Client()

    def answer(request: httpx.Request) -> httpx.Response:
        sent = dict(request.headers)
        kind = sent.pop("content-type", "")
        got = client.generic(request.method, request.url.path, request.content, kind, headers=sent)
        content = got.getvalue()
        return httpx.Response(got.status_code, headers=dict(got.headers), content=content)

    return httpx.MockTransport(answer)


def code_for(cast: Cast, *, code: str = "box-1", cameras: Any = None, now: datetime = NOW) -> str:
    """A one-time code, issued by the administrator."""
    chosen = [cast.camera] if cameras is None else cameras
    return issue_code(code=code, name="Box one", cameras=chosen, actor=cast.actor("ada"), now=now)


@dataclass
class Box:
    """An enrolled box with its spool.

    Attributes:
        ahead_s: How far its clock is ahead; it may be changed while it runs.
        told: What it has said.
    """

    identity: Identity
    folder: Path
    vault: Vault
    ahead_s: float = 0.0
    told: list[str] = field(default_factory=list)
    running_s: float = 1000.0

    def __post_init__(self) -> None:
        self.clock = Clock(wall=lambda: AT + self.ahead_s, running=lambda: self.running_s)
        self.spool = Spool(self.folder, self.vault, most_bytes=10_000_000)
        self.line = Line(self.identity, self.clock, transport=transport())
        self.delivery = Delivery(self.spool, self.line, self.clock, tell=self.told.append)

    @property
    def device(self) -> Device:
        """What the server knows it as."""
        return Device.objects.get(code=self.identity.device)

    def keep(self, capture_id: str = "", *, is_live: bool = True, **changes: Any) -> str:
        """Put a read into the spool as recognition would, and return its id."""
        read = submission(capture_id or secrets.token_hex(8), datetime.fromtimestamp(self.clock.wall(), UTC))
        facts, images = spoolable(read | changes, self.clock.stamp(is_live=is_live))
        assert self.spool.put(
            "route-13", facts, images, at=datetime.fromisoformat(facts["seen_at"]), is_hit=False
        )
        return str(facts["capture_id"])

    def deliver(self) -> int:
        """Take what waits to the server."""
        return self.delivery.round(self.identity, batch=20)


def submission(capture_id: str, seen_at: datetime) -> dict[str, Any]:
    """A read as recognition hands it on."""
    return {
        "capture_id": capture_id,
        "seen_at": seen_at.isoformat(),
        "plate": "KAB 4821",
        "confidence": 0.97123456,
        "char_confidences": [0.99, 0.98123456, 0.97, 0.99, 0.99, 0.99, 0.99],
        "alternates": [{"plate": "KA84821", "confidence": 0.0212345}],
        "state": "NY",
        "state_confidence": 0.9,
        "vehicle": {"type": "car", "make": "", "model": "", "colour": "red"},
        "plate_image": picture(),
        "vehicle_image": picture("navy"),
    }


def enrolled(cast: Cast, folder: Path, **options: Any) -> Box:
    """Return a box that has just enrolled for the cast's camera."""
    identity = enrol(SERVER, code_for(cast), transport=transport())
    return Box(identity, folder / "edge", Vault(b"s" * SECRET_BYTES), **options)


def submitted(box: Box, facts: dict[str, Any], plate: bytes, vehicle: bytes) -> httpx.Response:
    """Send one read as it stands, signed or not."""
    images = {
        "plate_image": base64.b64encode(plate).decode(),
        "vehicle_image": base64.b64encode(vehicle).decode(),
    }
    return box.line.ask("POST", "/cameras/route-13/reads", {"reads": [facts | images]})
