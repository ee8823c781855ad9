"""Whether a look tells a moved camera from one that stands: false alarms and misses, beside a difference of pixels.

    python -m benchmarks.views [FOLDER...] [--film FILE] [--limit N]

Each picture of FOLDER is a street; what a camera sees of it is its middle. The camera then looks again in another light
(exposure, contrast, colour, shadows, noise, blur, compression), with vehicles standing before it, and after it was
moved by a share of the width, turned, brought nearer, or put elsewhere. The film is of a camera that stands: half of it
is the reference, the other half is looked at, as it is and moved likewise. Without folders, scenes are rendered.

The baseline is the mean difference of pixels of the same small pictures, at the bound that gives it as few false alarms
as ours on these very pictures. Of the pictures that are looked for unless others are named none was looked at when the
bounds were chosen: those were chosen on 80 others, of empty streets.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from platewarden.edge.views.fingerprint import (
    Fingerprint,
    Grey,
    View,
    compare,
    fingerprint_of,
    judge,
    small_grey,
)
from platewarden.evaluation.report import share_text, table
from platewarden.evaluation.shares import Share
from platewarden.recognition.images import load_image
from platewarden.recognition.types import Frame
from platewarden.rendering.scene import render_scene

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data"
FOLDERS: Final = (DATA / "world_photos_b" / "images", DATA / "us_photos" / "images")
VEHICLES: Final = DATA / "us-dev" / "us-photos"
FILM: Final = DATA / "videos" / "parkpow_cars.mp4"
_WIDE: Final = 0.66
"""Share of a picture that the camera sees: around it is room to move."""
_LOOKS: Final = 40

Random = np.random.Generator
STAND: Final = ("other light", "and a vehicle", "and two vehicles", "film, as it is")
"""What must not be called moved."""


@dataclass
class Case:
    """Looks of one kind: what ours says of each, and the difference of pixels."""

    said: list[View] = field(default_factory=list)
    pixels: list[float] = field(default_factory=list)

    def add(self, reference: Fingerprint, before: Grey, picture: Frame) -> None:
        """Look once."""
        grey = small_grey(picture)
        self.said.append(judge(reference, fingerprint_of(grey))[0])
        self.pixels.append(float(cv2.absdiff(grey, before).mean()))


def seen(street: Frame, *, across: float = 0, down: float = 0, turn: float = 0, nearer: float = 1) -> Frame:
    """Return what a camera sees of *street* that was moved so far, in widths of its picture, turned and zoomed."""
    height, width = street.shape[:2]
    wide = min(_WIDE * width, 0.72 * height * 16 / 9)
    high = wide * 9 / 16
    matrix = cv2.getRotationMatrix2D((width / 2 + across * wide, height / 2 + down * wide), turn, nearer)
    matrix[:, 2] += (wide / 2 - width / 2 - across * wide, high / 2 - height / 2 - down * wide)
    size = (round(wide), round(high))
    taken = cv2.warpAffine(street, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(taken, np.uint8)


def in_another_light(picture: Frame, chance: Random) -> Frame:
    """Return *picture* at another hour, through another weather and another encoder."""
    height, width = picture.shape[:2]
    lit = (picture.astype(np.float32) / 255) ** chance.uniform(0.5, 2.0) * chance.uniform(0.5, 1.2)
    slope = np.linspace(-0.5, 0.5, width)[None, :] * chance.uniform(-0.5, 0.5)
    lit *= (1 + slope)[..., None] * chance.uniform(0.9, 1.1, 3)
    for _ in range(chance.integers(0, 4)):
        middle = chance.uniform(0, 1, 2) * (width, height)
        corners = (middle + chance.uniform(-0.35, 0.35, (5, 2)) * (width, height)).astype(np.int32)
        shadow = np.zeros((height, width), np.float32)
        cv2.fillConvexPoly(shadow, cv2.convexHull(corners), (1.0,))
        lit *= (1 - cv2.GaussianBlur(shadow, (0, 0), width / 200) * chance.uniform(0.3, 0.6))[..., None]
    lit += chance.normal(0, chance.uniform(0.005, 0.03), lit.shape)
    shown = np.asarray(np.clip(lit, 0, 1) * 255, np.uint8)
    if chance.random() < 0.3:  # rain on the glass
        shown = np.asarray(cv2.GaussianBlur(shown, (0, 0), chance.uniform(0.5, 1.5)), np.uint8)
    encoded = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(40, 90))])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def with_vehicles(picture: Frame, vehicles: Sequence[Frame], count: int, chance: Random) -> Frame:
    """Return *picture* with *count* vehicles before the lower two thirds of it, each a fifth to half as wide."""
    full = picture.copy()
    height, width = full.shape[:2]
    for _ in range(count):
        wide = int(width * chance.uniform(0.2, 0.45))
        high = min(int(wide * chance.uniform(0.5, 0.8)), 2 * height // 3)
        left, top = chance.integers(0, width - wide), chance.integers(height // 3, height - high + 1)
        vehicle = vehicles[int(chance.integers(len(vehicles)))]
        full[top : top + high, left : left + wide] = cv2.resize(vehicle, (wide, high))
    return full


def moved(street: Frame, other: Frame, chance: Random) -> Iterator[tuple[str, Frame]]:
    """Yield what the camera at *street* sees after each kind of move."""
    for share in (0.02, 0.05, 0.10, 0.20):
        way = chance.uniform(0, 2 * np.pi)
        yield (
            f"moved {share:.0%} of the width",
            seen(street, across=share * np.cos(way), down=share * np.sin(way) * 9 / 16),
        )
    yield "turned 5 degrees", seen(street, turn=chance.choice((-5, 5)))
    yield "10 % nearer", seen(street, nearer=1.1)
    yield "another place", seen(other)


def of_streets(streets: Sequence[Frame], vehicles: Sequence[Frame], cases: Mapping[str, Case]) -> None:
    """Look at each street, standing and moved."""
    chance = np.random.default_rng(20)
    for street, other in zip(streets, [*streets[1:], streets[0]], strict=True):
        view = seen(street)
        before = small_grey(view)
        reference = Fingerprint.decode(fingerprint_of(before).encode())
        for count, name in enumerate(STAND[:3]):
            standing = with_vehicles(view, vehicles, count, chance)
            cases[name].add(reference, before, in_another_light(standing, chance))
        for name, picture in moved(street, other, chance):
            cases[name].add(reference, before, in_another_light(picture, chance))


def of_film(path: Path, cases: Mapping[str, Case]) -> None:
    """Look at the second half of a film of a camera that stands, with the first half as reference."""
    film = cv2.VideoCapture(str(path))
    count = int(film.get(cv2.CAP_PROP_FRAME_COUNT))
    frames = []
    for index in range(count):
        done, frame = film.read()
        if done and index % max(1, count // (2 * _LOOKS)) == 0:
            frames.append(np.asarray(frame, np.uint8))
    half = len(frames) // 2
    before = np.asarray(np.median([small_grey(seen(each)) for each in frames[:half]], axis=0), np.uint8)
    reference, chance = fingerprint_of(before), np.random.default_rng(21)
    for frame in frames[half:]:
        cases[STAND[3]].add(reference, before, seen(frame))
        for name, picture in moved(frame, frame[:, ::-1], chance):
            if name != "another place":
                cases[f"film, {name}"].add(reference, before, picture)


def rows(cases: Mapping[str, Case]) -> list[list[str]]:
    """Return a line a case: how many looks say nothing, how many ours calls moved, how many the baseline."""
    told = [case for name, case in cases.items() if name in STAND]
    alarms = sum(case.said.count(View.DIFFERS) for case in told)
    standing = sorted((value for case in told for value in _said(case)), reverse=True)
    bound = standing[alarms] if alarms < len(standing) else 0.0
    lines = [["looks", "number", "nothing said", "ours: moved", "pixels: moved", "what is right"]]
    for name, case in cases.items():
        pixels = _said(case)
        lines.append(
            [
                name,
                str(len(case.said)),
                str(case.said.count(View.UNKNOWN)),
                share_text(Share(case.said.count(View.DIFFERS), len(pixels))),
                share_text(Share(sum(value > bound for value in pixels), len(pixels))),
                "not moved" if name in STAND else "moved",
            ]
        )
    return lines


def _said(case: Case) -> list[float]:
    """Return the differences of pixels of the looks of which ours says something."""
    return [value for said, value in zip(case.said, case.pixels, strict=True) if said is not View.UNKNOWN]


class Cases(dict[str, Case]):
    """Cases by name, in the order in which they first come."""

    def __missing__(self, name: str) -> Case:
        """Begin one."""
        self[name] = Case()
        return self[name]


def pictures(folders: Sequence[Path], limit: int) -> list[Frame]:
    """Return *limit* pictures of *folders* in an order of chance; rendered scenes where there is none."""
    files = sorted(file for folder in folders if folder.is_dir() for file in folder.iterdir())
    if not files:
        return [render_scene(seed).image for seed in range(limit)]
    chosen = np.random.default_rng(22).permutation(len(files))[:limit]
    return [load_image(files[index]) for index in chosen]


def timed(work: Callable[[], object], times: int) -> float:
    """Return the milliseconds that *work* takes."""
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) * 1000 / times


def main() -> None:
    """Look, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="*", default=FOLDERS)
    parser.add_argument("--film", type=Path, default=FILM, help="of a camera that stands")
    parser.add_argument("--limit", type=int, default=200, help="pictures")
    options = parser.parse_args()
    cases = Cases()
    streets = pictures(options.folders, options.limit)
    of_streets(streets, pictures([VEHICLES], 60), cases)
    if options.film.is_file():
        of_film(options.film, cases)
    print(f"share of the looks that say something [95 % Wilson interval]\n\n{table(rows(cases))}")
    grey = small_grey(seen(streets[0]))
    mark = fingerprint_of(grey)
    taking, judging = timed(lambda: fingerprint_of(grey), 20), timed(lambda: compare(mark, mark), 20)
    print(f"\na fingerprint takes {taking:.0f} ms, a comparison {judging:.0f} ms; {len(mark.encode())} bytes")


if __name__ == "__main__":
    main()
