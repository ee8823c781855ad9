"""What the demo's cameras see: rendered street scenes, or the user's own photographs, really recognised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import cv2

from platewarden.demo.cameras import PLACES
from platewarden.edge.pictures import Captured, Recognises, capture_picture, capture_pictures, picture_files
from platewarden.edge.upload import Uploader
from platewarden.rendering.scene import render_scene

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Passage:
    """One vehicle to be rendered in front of one camera, so long ago; `first_text` is what was read of it at first."""

    camera: str
    ago: timedelta
    plate: str
    state: str
    light: str = "day"
    first_text: str = ""


def _ago(**parts: float) -> timedelta:
    return timedelta(**parts)


PAST = (
    Passage("route-13-north", _ago(days=2, hours=5), "KXT4827", "NY"),
    Passage("route-13-north", _ago(days=2, hours=4), "GHC2254", "NY"),
    Passage("route-79-east", _ago(days=2, hours=1), "FLA8813", "NY", "dusk"),
    Passage("trailer-2", _ago(days=1, hours=20), "GHC2254", "NY"),
    Passage("car-7", _ago(days=1, hours=14), "LKM9047", "PA", "night"),
    Passage("route-79-east", _ago(days=1, hours=3), "GHC2254", "NY"),
    Passage("route-13-north", _ago(hours=20), "WNP3361", "NJ", "dusk"),
    Passage("trailer-2", _ago(hours=6), "EJV7718", "NY", first_text="EJV7118"),
    Passage("route-79-east", _ago(hours=2), "GHC2254", "NY"),
)
PRESENT = (
    Passage("car-7", _ago(minutes=1), "KPF5307", "NY"),
    Passage("route-13-north", _ago(seconds=40), "LDV2096", "NY"),
    Passage("route-79-east", _ago(seconds=5), "KRT4821", "NY"),
)
"""The last three are on the lists: one as it is, one with O written for 0, one that comes by again."""


def feed_scenes(
    server: str, credentials: dict[str, str], recogniser: Recognises, *, now: datetime, progress: Progress
) -> int:
    """Render every passage, read it, submit it as its camera; return how many reads were stored."""
    passages = PAST + PRESENT
    stored = 0
    for number, passage in enumerate(passages, start=1):
        progress(f"picture {number} of {len(passages)}: {passage.camera}")
        picture = _photograph(passage, seed=number)
        name = Path(f"scene-{number}.jpg")
        captured = capture_picture(picture, name, recogniser, seen_at=now - passage.ago)
        captured = _read_twice(_placed(captured, passage.camera), passage.first_text)
        stored += _submit(server, credentials[passage.camera], [captured])
    return stored


def _read_twice(captured: Captured, first_text: str) -> Captured:
    """Return *captured* with an earlier reading of the same pass before each read, as some makes' cameras send it."""
    if not first_text:
        return captured
    reads = []
    for read in captured.reads:
        of_pass = {"pass_id": f"pass-{read['capture_id']}"[:80]}
        first = {
            "capture_id": f"first-{read['capture_id']}"[:80],
            "plate": first_text,
            "char_confidences": [],
        }
        reads += [
            {**read, **of_pass, **first, "alternates": [], "revision": 1},
            {**read, **of_pass, "revision": 2},
        ]
    return replace(captured, reads=tuple(reads))


def _placed(captured: Captured, camera: str) -> Captured:
    """Return *captured*, with the position in each read where the *camera* has a receiver for it."""
    if camera not in PLACES:
        return captured
    latitude, longitude = PLACES[camera]
    position = {"latitude": latitude, "longitude": longitude}
    return replace(captured, reads=tuple({**read, "position": position} for read in captured.reads))


def feed_photographs(
    folder: Path, server: str, credential: str, recogniser: Recognises, *, now: datetime, progress: Progress
) -> int:
    """Read the photographs in *folder* and submit them as one camera, as captured now; return how many were stored."""
    files = picture_files(folder)

    def counted() -> Iterator[Captured]:
        for number, captured in enumerate(
            capture_pictures(files, recogniser, seen_at=lambda _file: now), start=1
        ):
            progress(f"photograph {number} of {len(files)}: {captured.error or captured.file.name}")
            yield captured

    return _submit(server, credential, counted())


def _photograph(passage: Passage, *, seed: int) -> bytes:
    scene = render_scene(seed, plate=passage.plate, state=passage.state, light=passage.light)
    done, encoded = cv2.imencode(".jpg", scene.image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    assert done
    return bytes(encoded)


def _submit(server: str, credential: str, captured: Iterator[Captured] | list[Captured]) -> int:
    uploader = Uploader(server, credential)
    try:
        tally = uploader.submit(read for picture in captured for read in picture.reads)
    finally:
        uploader.close()
    return tally.outcomes["stored"]
