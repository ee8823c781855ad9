"""The lights a scene can be seen in."""

from dataclasses import dataclass
from typing import Final

from platewarden.rendering.colours import Colour, bgr


@dataclass(frozen=True, slots=True)
class Light:
    """What lights a scene.

    Attributes:
        name: day, dusk, night or infrared.
        sun: Strength of the light that comes from one side, 0-1.
        ambient: Strength of the light that comes from everywhere.
        tint: Colour of both; white at noon.
        zenith: Colour of the sky overhead; `horizon` where it meets the ground.
        plate: How bright plates are: they have lamps of their own, and return the camera's light.
        lamps: How strongly vehicles' lamps shine, 0-1.
        windows: Share of windows that are lit.
        noise: Standard deviation of the sensor's noise, grey levels.
        infrared: Whether the camera sees infrared only: no colours.
    """

    name: str
    sun: float
    ambient: float
    tint: Colour
    zenith: Colour
    horizon: Colour
    plate: float
    lamps: float
    windows: float
    noise: float
    infrared: bool = False


LIGHTS: Final[dict[str, Light]] = {
    light.name: light
    for light in (
        Light("day", 0.5, 0.62, bgr("#ffffff"), bgr("#5f93cf"), bgr("#d3e2ee"), 0.97, 0.0, 0.0, 1.4),
        Light("dusk", 0.22, 0.40, bgr("#e8d0d8"), bgr("#3a4a7c"), bgr("#f0a878"), 0.72, 0.55, 0.35, 3.0),
        Light("night", 0.06, 0.16, bgr("#dfe0ff"), bgr("#070b18"), bgr("#1d2338"), 0.80, 0.9, 0.4, 5.0),
        Light(
            "infrared",
            0.04,
            0.10,
            bgr("#ffffff"),
            bgr("#050505"),
            bgr("#101010"),
            0.98,
            0.35,
            0.1,
            5.0,
            infrared=True,
        ),
    )
}
"""Every light by name."""
