"""Street scenes and the truth about them."""

import cv2
import numpy as np
import pytest

from platewarden.rendering.bodies import BODIES
from platewarden.rendering.designs import design_for
from platewarden.rendering.lights import LIGHTS
from platewarden.rendering.scene import _composition, render_scene
from platewarden.rendering.vehicles import PAINTS

SIZE = (640, 360)
EACH_LIGHT = pytest.mark.parametrize("light", LIGHTS)


@EACH_LIGHT
def test_same_seed(light: str) -> None:
    """The same seed gives the same picture, byte for byte; another gives another."""
    first, again, other = (render_scene(seed, light=light, size_wh=SIZE) for seed in (3, 3, 4))
    assert np.array_equal(first.image, again.image)
    assert first.truth[0].plate == again.truth[0].plate
    assert not np.array_equal(first.image, other.image)


@EACH_LIGHT
def test_shape_and_truth(light: str) -> None:
    """A scene is a colour picture of the size asked, with one plate, wholly inside it, wide enough to read."""
    for seed in range(6):
        scene = render_scene(seed, light=light, size_wh=SIZE)
        assert scene.image.shape == (360, 640, 3)
        assert scene.image.dtype == np.uint8
        (truth,) = scene.truth
        left, top, right, bottom = truth.box_xyxy
        assert 0 <= left < right <= 640
        assert 0 <= top < bottom <= 360
        assert 55 <= right - left <= 130
        assert truth.corners.min(axis=0).tolist() == [left, top]
        assert truth.corners.max(axis=0).tolist() == [right, bottom]
        assert truth.vehicle_colour in PAINTS
        assert truth.vehicle_type in {body.kind for body in BODIES}


def test_plate_is_where_the_truth_says() -> None:
    """Another serial changes the picture inside the plate's box and nowhere far from it."""
    for seed in range(4):
        with_a, with_b = (
            render_scene(seed, plate=plate, state="ny-excelsior", size_wh=SIZE)
            for plate in ("AAA1111", "MWB8888")
        )
        assert with_a.truth[0].box_xyxy == with_b.truth[0].box_xyxy
        changed = cv2.absdiff(with_a.image, with_b.image).max(axis=2) > 40
        left, top, right, bottom = with_a.truth[0].box_xyxy
        rows, columns = np.nonzero(changed)
        assert len(rows) > 60
        assert columns.min() >= left - 4
        assert columns.max() <= right + 4
        assert rows.min() >= top - 4
        assert rows.max() <= bottom + 4


def test_any_seed() -> None:
    """Every seed gives a scene, however little of the vehicles beyond is in the picture."""
    for seed in range(300, 340):
        assert render_scene(seed, size_wh=(160, 90)).image.any()


def test_plate_lies_upright() -> None:
    """The plate's corners run clockwise from the top left, and the plate is about twice as wide as high."""
    for seed in range(5):
        first, second, third, fourth = render_scene(seed, size_wh=SIZE).truth[0].corners
        across, down = second - first, fourth - first
        assert across[0] > 0
        assert down[1] > 0
        assert across[0] * down[1] - across[1] * down[0] > 0
        assert 1.5 < np.hypot(*across) / np.hypot(*down) < 2.4
        assert np.hypot(*(third - fourth)) == pytest.approx(np.hypot(*across), rel=0.1)


def test_light_changes_only_the_light() -> None:
    """The same seed by day and by night shows the same vehicle with the same plate in the same place."""
    day, night = (render_scene(8, light=light, size_wh=SIZE) for light in ("day", "night"))
    assert day.truth[0].plate == night.truth[0].plate
    assert day.truth[0].vehicle_colour == night.truth[0].vehicle_colour
    assert day.truth[0].box_xyxy == night.truth[0].box_xyxy
    assert night.image.mean() < day.image.mean() / 2


def test_infrared_has_no_colour() -> None:
    """An infrared picture is grey, and the plate is its brightest part."""
    scene = render_scene(2, light="infrared", state="TX", size_wh=SIZE)
    assert np.ptp(scene.image.astype(int), axis=2).mean() < 3
    left, top, right, bottom = (round(edge) for edge in scene.truth[0].box_xyxy)
    assert scene.image[top:bottom, left:right].mean() > 3 * scene.image.mean()


def test_every_kind_and_colour() -> None:
    """Many scenes show every body, fronts and rears, and most colours."""
    design, rng = design_for("NY"), np.random.default_rng(1)
    vehicles = [_composition(design, SIZE, rng)[0] for _ in range(80)]
    assert {vehicle.body.kind for vehicle in vehicles} == {body.kind for body in BODIES}
    assert {vehicle.front for vehicle in vehicles} == {True, False}
    assert len({vehicle.colour for vehicle in vehicles}) >= 6


def test_no_front_plate() -> None:
    """A state that issues no front plate is never seen on a front."""
    design, rng = design_for("PA"), np.random.default_rng(1)
    assert not any(_composition(design, SIZE, rng)[0].front for _ in range(40))


def test_given_plate_and_state() -> None:
    """The plate and the state asked for are the ones shown, marks left out of the truth."""
    truth = render_scene(1, plate="MY CAR", state="vt", size_wh=SIZE).truth[0]
    assert (truth.plate, truth.state, truth.design) == ("MYCAR", "VT", "vt")


def test_unknown_names() -> None:
    """An unknown light, state or design is refused."""
    with pytest.raises(KeyError):
        render_scene(1, light="noon")
    with pytest.raises(KeyError):
        render_scene(1, state="Atlantis")
