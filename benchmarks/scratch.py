"""A scratch installation for a benchmark: a home of its own, the cast of the tests, a server on a free port."""

import io
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from platewarden.cameras.models import Camera
    from tests.cast import Cast

IMAGE_SIDE = 408
"""Pixels; noise of this size makes a JPEG of about 150 kB."""

_UNLIKE = "347AHKMNPRTW"
"""Characters of which none looks like another."""


@contextmanager
def installation(prepare: Callable[[Path], None] = lambda _home: None) -> Iterator["Cast"]:
    """Start a PostgreSQL in a scratch home, with an agency, people in every role and one approved camera.

    *prepare* is given the home before anything is in it.
    """
    from tests.live import free_port

    with tempfile.TemporaryDirectory(prefix="pw-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # the database's service account passes through it
        prepare(home)
        settings = f'mode = "test"\norigin = "bench.invalid/ledger"\nport = {free_port()}\n'
        (home / "platewarden.toml").write_text(settings, encoding="utf-8")

        from platewarden.commands.support import with_django

        with with_django(home):
            from platewarden.site import databases
            from platewarden.site.clock import utc_now
            from tests.cast import make_cast

            databases.migrate()
            yield make_cast(utc_now())


def approved_camera(
    cast: "Cast", code: str, *, protocol: str = "platewarden", north: float = 42.0
) -> "Camera":
    """Register a fixed camera called *code*, let what it sees be signed and approved, and return it."""
    from platewarden.cameras.actions import register_camera
    from platewarden.policy.capture import CameraKind
    from platewarden.site.clock import utc_now
    from tests.cast import let_submit

    now = utc_now()
    camera = register_camera(
        code=code,
        name=f"Bench {code}",
        kind=CameraKind.FIXED,
        place="Bench",
        latitude=north,
        longitude=-76.0,
        heading_degrees=0,
        actor=cast.actor("ada"),
        now=now,
    )
    camera.protocol = protocol
    let_submit(camera, signed_by=cast.ada, approved_by=cast.sue, now=now)
    return camera


@contextmanager
def served() -> Iterator[str]:
    """Serve the installation; yield its address."""
    from django.db import connections

    from platewarden.site import configuration

    connections.close_all()
    address = f"http://127.0.0.1:{configuration.load().port}"
    server = Popen([sys.executable, "-m", "platewarden", "web"], env=dict(os.environ))
    try:
        awaited(address, server)
        yield address
    finally:
        server.terminate()
        server.wait()


def awaited(address: str, server: "Popen[bytes]") -> None:
    """Wait until *server* answers at *address*."""
    for _attempt in range(600):
        if server.poll() is not None:
            raise SystemExit("the server ended by itself")
        try:
            httpx.get(f"{address}/health/", trust_env=False).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not answer within a minute")


def noise() -> bytes:
    """A JPEG that does not compress, as large as a camera's."""
    pixels = np.random.default_rng(1).integers(0, 256, (IMAGE_SIDE, IMAGE_SIDE, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def want(cast: "Cast", count: int) -> list[str]:
    """Put *count* plates on a list and return them; no two of them look alike, so that each is an alert of its own."""
    from platewarden.hotlists.loading import create_hotlist, load_snapshot
    from platewarden.site.clock import utc_now

    sue, now = cast.actor("sue"), utc_now()
    plates = [
        "K" + "".join(_UNLIKE[number // 12**place % 12] for place in range(5)) for number in range(count)
    ]
    hotlist = create_hotlist(name="Bench", source="Bench", max_age_hours=None, actor=sue, now=now)
    lines = "\n".join(f"{plate},NY,stolen_vehicle" for plate in plates)
    load_snapshot(
        hotlist=hotlist,
        content=f"plate,state,category\n{lines}\n".encode(),
        file_name="b.csv",
        effective_at=now,
        actor=sue,
        now=now,
    )
    return plates


def a_hit(plate: str, image: str) -> dict[str, Any]:
    """A read of *plate*, just now, as a camera submits it; *image* is base64."""
    from platewarden.site.clock import utc_now

    return {
        "capture_id": secrets.token_hex(8),
        "seen_at": utc_now().isoformat(),
        "plate": plate,
        "confidence": 0.97,
        "state": "NY",
        "state_confidence": 0.9,
        "plate_image": image,
        "vehicle_image": image,
    }


def small_picture() -> bytes:
    """A JPEG as small as a plate's crop often is."""
    buffer = io.BytesIO()
    Image.new("RGB", (160, 80), "white").save(buffer, "JPEG")
    return buffer.getvalue()
