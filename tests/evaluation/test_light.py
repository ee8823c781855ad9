import numpy as np
import pytest

from platewarden.evaluation.light import LIGHTS, light_of
from platewarden.rendering.scene import render_scene


@pytest.mark.parametrize("light", LIGHTS)
def test_the_light_of_a_rendered_scene_is_told_from_its_picture(light: str) -> None:
    """Day, dusk, night and infrared are told apart."""
    scene = render_scene(5, light=light, size_wh=(640, 360))
    assert light_of(scene.image) == light


def test_a_bright_picture_without_colours_is_taken_for_day() -> None:
    """Black and white does not make it infrared."""
    assert light_of(np.full((90, 160, 3), 120, np.uint8)) == "day"
    assert light_of(np.full((1, 1, 3), 0, np.uint8)) == "infrared"
