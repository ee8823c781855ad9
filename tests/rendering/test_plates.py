"""Plates seen straight on."""

import re

import numpy as np
import pytest

from platewarden.rendering.designs import DESIGNS, Design, design_for, random_serial
from platewarden.rendering.glyphs import ALPHABET
from platewarden.rendering.plates import SerialError, render_plate

EACH_DESIGN = pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.key)


def example(pattern: str) -> str:
    """Return a serial of the pattern, with its marks."""
    return pattern.replace("A", "M").replace("9", "4")


@EACH_DESIGN
def test_every_pattern(design: Design) -> None:
    """Every design stamps every serial of its patterns: one box a character, in order, inside the plate, apart."""
    for pattern in design.patterns:
        serial = re.sub("[^A-Z0-9]", "", example(pattern))
        assert design.spaced(serial) == example(pattern)
        plate = render_plate(serial, design, 1, height_px=60)
        boxes = plate.char_boxes
        assert len(boxes) == len(serial)
        assert boxes.min() >= 0
        assert boxes[:, 2].max() <= 120
        assert boxes[:, 3].max() <= 60
        assert np.all(boxes[1:, 0] >= boxes[:-1, 2] - 1)


@EACH_DESIGN
def test_random_serials(design: Design) -> None:
    """Serials are of the design's patterns, and the same numbers give the same serials."""
    serials = [random_serial(design, np.random.default_rng(seed)) for seed in range(12)]
    assert serials == [random_serial(design, np.random.default_rng(seed)) for seed in range(12)]
    assert len(set(serials)) > 6
    for serial in serials:
        assert set(serial) <= set(ALPHABET)
        assert len(design.spaced(serial)) in {len(pattern) for pattern in design.patterns}


@EACH_DESIGN
def test_contrast(design: Design) -> None:
    """The serial stands out from the ground: a plate that cannot be read is of no use."""
    plate = render_plate(random_serial(design, np.random.default_rng(5)), design, 5, height_px=120)
    grey = plate.image.mean(axis=2)
    left, top, right, bottom = (round(edge) for edge in plate.serial_box)
    inside = grey[top:bottom, left:right]
    assert np.percentile(inside, 95) - np.percentile(inside, 5) > 75


def test_shape() -> None:
    """A plate is a colour picture twice as wide as high, with a mask of its round corners."""
    plate = render_plate("ABC1234", design_for("ny-excelsior"), 3, height_px=150)
    assert plate.image.shape == (150, 300, 3)
    assert plate.image.dtype == np.uint8
    assert plate.mask.shape == (150, 300)
    assert plate.mask[75, 150] == 255
    assert plate.mask[0, 0] == 0
    assert plate.corners.tolist() == [[0, 0], [300, 0], [300, 150], [0, 150]]


def test_same_seed() -> None:
    """The same seed gives the same plate; another seed wears it differently."""
    design = design_for("OH")
    first, again, other = (render_plate("ABC1234", design, seed).image for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("serial", ["I", "WWWWWWW", "ABCDEFGHIJ", "MY CAR", "10-OQ"])
def test_personal_serial(serial: str) -> None:
    """A serial of no pattern keeps its own marks and fits on the plate."""
    plate = render_plate(serial, design_for("NY"), 1, height_px=100)
    assert len(plate.char_boxes) == len(re.sub("[^A-Z0-9]", "", serial))
    assert plate.serial_box[0] > 0
    assert plate.serial_box[2] < 200


@pytest.mark.parametrize("serial", ["", " - ", "abc", "ÄBC1"])
def test_refused_serial(serial: str) -> None:
    """An empty serial, or one with a character there is no die for, is refused without being repeated."""
    with pytest.raises(SerialError) as refusal:
        render_plate(serial, design_for("NY"), 1, height_px=40)
    assert not serial.strip(" -") or serial not in str(refusal.value)


def test_designs_by_name() -> None:
    """New York's three designs come by name, a state's first design by its code, and no other name is known."""
    assert [design_for(f"ny-{name}").state for name in ("excelsior", "gold", "blue-white")] == ["NY"] * 3
    assert design_for("ny").key == "ny-excelsior"
    assert len({design.key for design in DESIGNS}) == len(DESIGNS)
    assert len({design.state for design in DESIGNS}) >= 16
    with pytest.raises(KeyError, match="ny-gold"):
        design_for("ZZ")
