"""A street scene with one vehicle whose plate can be read, and the truth about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from platewarden.rendering import degrade
from platewarden.rendering.bodies import BODIES
from platewarden.rendering.camera import PLATE_WIDTH_M, Camera, Stance
from platewarden.rendering.colours import Floats, Picture, bgr
from platewarden.rendering.designs import DESIGNS, Design, design_for, random_serial
from platewarden.rendering.lights import LIGHTS, Light
from platewarden.rendering.painter import Painter
from platewarden.rendering.plates import ASPECT, RenderedPlate, render_plate
from platewarden.rendering.street import Street, expose, paint_street, random_street
from platewarden.rendering.vehicles import PAINTS, Vehicle, draw_vehicle

_REFERENCE_WIDTH: Final = 1280
_PLATE_PX: Final = {"sedan": (120.0, 128.0, 200.0), "suv": (120.0, 121.0, 170.0)}
"""Least, likeliest and greatest width of the plate in a picture 1280 pixels wide; tall vehicles stand farther off."""
_FRONT_PLATE_STATES: Final = frozenset(
    (
        "CA",
        "CO",
        "CT",
        "IL",
        "MD",
        "MA",
        "ME",
        "MN",
        "NV",
        "NH",
        "NJ",
        "NY",
        "RI",
        "TX",
        "VT",
        "VA",
        "WA",
        "WI",
    )
)
"""States in which a vehicle's front shows a plate as well."""

_COLOUR_ODDS: Final = {
    "white": 5,
    "black": 5,
    "grey": 5,
    "silver": 4,
    "blue": 3,
    "red": 3,
    "green": 1.2,
    "brown": 1,
    "gold": 1,
}
_BODY_ODDS: Final = {"sedan": 5, "suv": 5, "pickup": 2, "van": 2}


@dataclass(frozen=True, slots=True, eq=False)
class PlateTruth:
    """What is really in a scene.

    Attributes:
        plate: Canonical serial: A-Z and 0-9 only.
        state: Two-letter code.
        design: Key of the design.
        box_xyxy: Upright box around `corners`, pixels.
        corners: (4, 2) float32, the plate's corners in the picture, clockwise from the top left.
        vehicle_colour: Name of the vehicle's colour.
        vehicle_type: sedan, suv, pickup or van.
        front: Whether the vehicle's front is seen.
    """

    plate: str
    state: str
    design: str
    box_xyxy: tuple[float, float, float, float]
    corners: Floats
    vehicle_colour: str
    vehicle_type: str
    front: bool


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A rendered street scene.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        truth: Every plate in it that can be read.
        light: day, dusk, night or infrared.
        seed: What it was made from.
    """

    image: Picture
    truth: tuple[PlateTruth, ...]
    light: str
    seed: int


def render_scene(
    seed: int,
    *,
    plate: str | None = None,
    state: str | None = None,
    light: str = "day",
    size_wh: tuple[int, int] = (1280, 720),
) -> Scene:
    """Return the street scene of *seed*.

    Args:
        seed: The same seed and arguments give the same picture, byte for byte.
        plate: Serial to show, A-Z and 0-9; one of the design's own if absent.
        state: Postal code of the state, whose designs take turns, or one design's key; any if absent, New
            York's the likeliest.
        light: A name in `lights.LIGHTS`.
        size_wh: Width and height in pixels; the plate grows with the width.

    Raises:
        KeyError: No such state, design or light.
        SerialError: The plate has a character for which there is no die.
    """
    # Each part has random numbers of its own: another plate or light leaves the street and the vehicle alone.
    issuing, composing, building, fitting, exposing = np.random.default_rng(seed).spawn(5)
    lit = LIGHTS[light]
    design = _design(state, issuing)
    serial = plate if plate is not None else random_serial(design, issuing)
    picture = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    vehicle, camera = _composition(design, size_wh, composing)
    painter = Painter(picture, camera, lit)
    street = random_street(building)
    glow = paint_street(painter, street, building)
    _draw_parked(painter, street, vehicle.stance.z_m, building)
    expose(painter, glow)
    corners = camera.project(draw_vehicle(painter, vehicle, fitting))
    rendered = render_plate(serial, design, fitting, height_px=_plate_height(corners))
    _mount(picture, rendered, corners, lit)
    image = _photographed(picture, lit, exposing)
    return Scene(image=image, truth=(_truth(serial, design, corners, vehicle),), light=light, seed=seed)


def _design(state: str | None, rng: np.random.Generator) -> Design:
    """Return the design of that key, one of that state's, or any, New York's the likeliest."""
    if state is None:
        odds = np.array([6.0 if design.state == "NY" else 1.0 for design in DESIGNS])
        return DESIGNS[int(rng.choice(len(DESIGNS), p=odds / odds.sum()))]
    of_state = [design for design in DESIGNS if design.state == state.upper()]
    return of_state[int(rng.integers(len(of_state)))] if of_state else design_for(state)


def _pick(odds: Mapping[str, float], rng: np.random.Generator) -> str:
    weights = np.array(list(odds.values()), np.float64)
    return list(odds)[int(rng.choice(len(odds), p=weights / weights.sum()))]


def _random_vehicle(rng: np.random.Generator, stance: Stance, *, may_be_front: bool) -> Vehicle:
    kind, colour = _pick(_BODY_ODDS, rng), _pick(_COLOUR_ODDS, rng)
    body = next(body for body in BODIES if body.kind == kind)
    paints = PAINTS[colour]
    front = bool(rng.random() < 0.35) and may_be_front
    return Vehicle(body, colour, bgr(paints[int(rng.integers(len(paints)))]), front, stance)


def _composition(
    design: Design, size_wh: tuple[int, int], rng: np.random.Generator
) -> tuple[Vehicle, Camera]:
    """Return a vehicle and a camera so placed that the plate has a realistic width and the vehicle fills the view."""
    width, height = size_wh
    distance = float(rng.uniform(7.0, 13.0))
    yaw = float(rng.normal(0, 0.12))
    stance = Stance(float(rng.uniform(-0.25, 0.25)), distance, float(np.clip(yaw, -0.3, 0.3)))
    vehicle = _random_vehicle(rng, stance, may_be_front=design.state in _FRONT_PLATE_STATES)
    plate_px = (
        float(rng.triangular(*_PLATE_PX.get(vehicle.body.kind, _PLATE_PX["suv"]))) * width / _REFERENCE_WIDTH
    )
    focal = plate_px / PLATE_WIDTH_M * distance
    tall = float(rng.triangular(1.1, 1.35, 2.1))
    pitch, roll = float(rng.uniform(0.02, 0.09)), float(rng.normal(0, 0.012))
    aim = Camera(focal, (0.0, 0.0), tall, pitch, roll)
    foot = aim.project(stance.world(np.array([0.0, 0.0, 0.0])))
    at = (width * float(rng.uniform(0.4, 0.6)), height * float(rng.uniform(0.95, 1.0)))
    return vehicle, Camera(focal, (at[0] - float(foot[0]), at[1] - float(foot[1])), tall, pitch, roll)


def _draw_parked(painter: Painter, street: Street, distance: float, rng: np.random.Generator) -> None:
    """Park other vehicles along the kerb, beyond the one of interest; nothing is stamped on their plates."""
    for gap in (float(rng.uniform(22, 30)), float(rng.uniform(9, 14))):
        if rng.random() < 0.7:
            stance = Stance(street.kerb_right - 1.15, distance + gap)
            plate = draw_vehicle(painter, _random_vehicle(rng, stance, may_be_front=False), rng)
            painter.polygon(plate, painter.lit((196, 190, 186)))


def _plate_height(corners: Floats) -> int:
    """Return the height to render a plate at that appears at *corners*: twice what the picture will show."""
    left, right = corners[3] - corners[0], corners[2] - corners[1]
    across = corners[1] - corners[0]
    seen = max(float(np.hypot(*left)), float(np.hypot(*right)), float(np.hypot(*across)) / ASPECT)
    return int(np.clip(round(2 * seen), 40, 480))


def _mount(picture: Picture, plate: RenderedPlate, corners: Floats, light: Light) -> None:
    """Fasten *plate* at *corners*, (4, 2) pixels, in *picture*, in place; outside the picture it is cut off."""
    height, width = picture.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - 1, 0, (width, height))
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 2, 0, (width, height))
    if not np.all(high > low):
        return
    size = (high - low).tolist()
    double = (2 * size[0], 2 * size[1])
    # A pixel covers half a unit either side of its middle; at double size the middles lie elsewhere.
    matrix = cv2.getPerspectiveTransform(plate.corners, ((corners - low) * 2 + 0.5).astype(np.float32))
    face = cv2.resize(cv2.warpPerspective(plate.image, matrix, double), size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(cv2.warpPerspective(plate.mask, matrix, double), size, interpolation=cv2.INTER_AREA)
    slope = np.linspace(0.94, 1.0, size[1], dtype=np.float32)[:, None, None]
    face = np.clip(face * (np.array(light.tint, np.float32) / 255) * light.plate * slope, 0, 255)
    part = picture[low[1] : high[1], low[0] : high[0]]
    opacity = mask[..., None].astype(np.float32) / 255
    part[:] = (part + (face - part) * opacity).astype(np.uint8)


def _photographed(picture: Picture, light: Light, rng: np.random.Generator) -> Picture:
    """Return what the camera makes of what is before it: bloom, lens, sensor, file."""
    image = _bloom(picture) if light.lamps > 0 else picture
    image = cv2.GaussianBlur(
        image, (0, 0), max(0.4, float(rng.uniform(0.5, 0.75)) * image.shape[1] / _REFERENCE_WIDTH)
    )
    if rng.random() < 0.3:
        image = degrade.motion_blur(image, rng, float(rng.uniform(0, 0.22)))
    if light.infrared:
        image = degrade.infrared(image, rng, 1.0)
    image = degrade.noise(image, rng, light.noise * float(rng.uniform(0.7, 1.4)) / 24)
    return degrade.compression(image, rng, float(rng.uniform(0.05, 0.3)))


def _bloom(picture: Picture) -> Picture:
    """Let the brightest places bleed into their surroundings, as lamps do at night."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    bright = np.where(small.max(axis=2, keepdims=True) > 175, small, 0).astype(np.uint8)
    halo = cv2.resize(cv2.GaussianBlur(bright, (0, 0), 3.2), (width, height))
    return np.asarray(cv2.addWeighted(picture, 1.0, halo, 0.45, 0), np.uint8)


def _truth(serial: str, design: Design, corners: Floats, vehicle: Vehicle) -> PlateTruth:
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return PlateTruth(
        plate="".join(mark for mark in serial if mark.isalnum()),
        state=design.state,
        design=design.key,
        box_xyxy=(left, top, right, bottom),
        corners=corners,
        vehicle_colour=vehicle.colour,
        vehicle_type=vehicle.body.kind,
        front=vehicle.front,
    )
