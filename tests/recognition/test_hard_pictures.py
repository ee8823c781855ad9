"""Pictures that are no ordinary photograph of a car, through the recognition of this release."""

import io
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from platewarden.recognition.images import decode_image
from platewarden.recognition.pipeline import MAX_DESCRIBED, Recogniser, load_recogniser
from platewarden.recognition.plate_detector import PlateDetector
from platewarden.recognition.plate_reader import PlateReader
from platewarden.recognition.types import Frame, PlateRead
from platewarden.rendering.designs import DESIGNS, random_serial
from platewarden.rendering.plates import render_plate
from platewarden.rendering.scene import Scene, render_scene

PATIENCE_S = 20.0
"""Processor time: far more than any of these takes; what runs away takes far more still."""


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """The models of this release, loaded once."""
    return load_recogniser(threads=1)


@pytest.fixture(scope="module")
def scene() -> Scene:
    """A street by day with one plate, 1280 x 720."""
    return render_scene(11, state="NY")


def read(recogniser: Recogniser, frame: Frame) -> list[PlateRead]:
    """The plates in *frame*, which are inside it, surest first; it must not take long."""
    started = time.process_time()
    reads = recogniser.read(frame)
    assert time.process_time() - started < PATIENCE_S
    high, wide = frame.shape[:2]
    for each in reads:
        left, top, right, bottom = each.box_xyxy
        assert left < wide
        assert top < high
        assert right > 0
        assert bottom > 0
        assert 0 < each.confidence < 1
    assert [each.confidence for each in reads] == sorted((each.confidence for each in reads), reverse=True)
    return reads


def wall_of_plates(rows: int, columns: int) -> tuple[Frame, set[str]]:
    """A garage's wall: plates beside and above one another, nothing between them but a little wall."""
    rng = np.random.default_rng(4)
    wall = np.full((rows * 110 + 20, columns * 200 + 20, 3), 90, np.uint8)
    serials = set()
    for number in range(rows * columns):
        design = DESIGNS[number % len(DESIGNS)]
        serial = random_serial(design, rng)
        serials.add("".join(filter(str.isalnum, serial)))
        plate = cv2.resize(render_plate(serial, design, rng).image, (160, 80), interpolation=cv2.INTER_AREA)
        y, x = number // columns * 110 + 30, number % columns * 200 + 40
        wall[y : y + 80, x : x + 160] = plate
    return wall, serials


def test_a_frame_full_of_plates_is_read_plate_by_plate() -> None:
    """Most of forty plates are read, each once, and in bounded time."""
    wall, serials = wall_of_plates(8, 5)
    reads = read(Recogniser(PlateDetector(threads=1), PlateReader(threads=1)), wall)
    plates = [each.plate for each in reads]
    assert len(plates) <= len(serials)
    assert len(serials & set(plates)) >= 0.75 * len(serials)
    assert len(plates) == len(set(plates))


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 2), (31, 33), (5, 400)])
@pytest.mark.parametrize("tone", [0, 255])
def test_pictures_too_small_for_a_plate_have_none(
    recogniser: Recogniser, size: tuple[int, int], tone: int
) -> None:
    """One pixel, one row, one column: nothing to find, and no error."""
    assert read(recogniser, np.full((*size, 3), tone, np.uint8)) == []


@pytest.mark.parametrize("kind", ["black", "white", "noise", "stripes"])
def test_a_frame_without_anything_has_no_plate(recogniser: Recogniser, kind: str) -> None:
    """A covered, a blinded and a broken camera see no plates."""
    frame = np.zeros((720, 1280, 3), np.uint8)
    if kind == "white":
        frame[:] = 255
    elif kind == "noise":
        frame = np.random.default_rng(2).integers(0, 255, frame.shape, np.uint8)
    elif kind == "stripes":
        frame[:, ::8] = 255
    assert read(recogniser, frame) == []


def test_a_panorama_is_searched_along_its_whole_length(recogniser: Recogniser, scene: Scene) -> None:
    """A strip sixteen times as wide as high, with the vehicle near its end."""
    panorama = np.full((720, 11520, 3), 120, np.uint8)
    panorama[:, 10000:11280] = scene.image
    assert scene.truth[0].plate in [each.plate for each in read(recogniser, panorama)]


def test_a_wall_of_sixty_plates_is_read_in_bounded_time(recogniser: Recogniser) -> None:
    """Every plate is read; state and vehicle, which take longest, are told of a few, and the others say so."""
    reads = read(recogniser, wall_of_plates(10, 6)[0])
    assert len(reads) >= 45
    assert sum(each.is_described for each in reads) == MAX_DESCRIBED


@pytest.mark.parametrize("size", [(64, 30000), (30000, 64), (720, 20000)])
def test_the_longest_strips_take_no_longer_than_other_pictures(
    recogniser: Recogniser, size: tuple[int, int]
) -> None:
    """What is in them may be too small to read once they fit the detector; they are looked at all the same."""
    assert read(recogniser, np.full((*size, 3), 120, np.uint8)) == []


_READ_APART = """
import re, sys, time
from pathlib import Path
from platewarden.recognition.images import load_image
from platewarden.recognition.pipeline import load_recogniser
reads = load_recogniser(threads=1).read(load_image(Path(sys.argv[1])))
highest_kb = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(int(highest_kb) // 1024, time.process_time(), *(read.plate for read in reads))
"""
"""Prints megabytes, seconds and plates. (What getrusage tells of memory includes the process that started this one.)"""


def test_a_picture_of_forty_megapixels_is_read(scene: Scene, tmp_path: Path) -> None:
    """From the file to the plate, models and all: in seconds, and in less than 700 MB of memory."""
    large = cv2.resize(scene.image, (8432, 4743), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(tmp_path / "large.jpg"), large)
    command = [sys.executable, "-c", _READ_APART, str(tmp_path / "large.jpg")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert int(said[0]) < 700
    assert float(said[1]) < PATIENCE_S
    assert said[2:] == [scene.truth[0].plate]


@pytest.mark.parametrize("kind", ["portrait", "grey", "sixteen bits", "palette", "inks"])
def test_a_plate_is_read_whatever_the_file_is_like(recogniser: Recogniser, scene: Scene, kind: str) -> None:
    """The same vehicle out of a rotated, a grey, a deep, a palette and a four-ink picture."""
    image = Image.fromarray(scene.image[:, :, ::-1])
    out, exif = io.BytesIO(), Image.Exif()
    if kind == "portrait":
        exif[0x0112] = 6
        image.rotate(90, expand=True).save(out, "JPEG", exif=exif, quality=92)
    elif kind == "grey":
        image.convert("L").save(out, "JPEG", quality=92)
    elif kind == "sixteen bits":
        Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257).save(out, "PNG")
    elif kind == "palette":
        image.quantize(128).save(out, "PNG")
    else:
        image.convert("CMYK").save(out, "JPEG", quality=92)
    frame = decode_image(out.getvalue())
    assert frame.shape == scene.image.shape
    assert scene.truth[0].plate in [each.plate for each in read(recogniser, frame)]
