"""The street behind the vehicle: sky, houses, trees, pavement and road."""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from platewarden.rendering.colours import Colour, Floats, Picture, bgr, mix
from platewarden.rendering.facades import HEIGHT_M, paint_facades
from platewarden.rendering.lights import Light
from platewarden.rendering.painter import Painter

_FAR: Final = 160.0
_ASPHALT: Final = ("#6c6d70", "#77777a", "#605f61")
_PAVEMENT: Final = ("#a9a6a0", "#b5b0a6", "#9c9a97")


@dataclass(frozen=True, slots=True)
class Street:
    """Where things are across the street, metres from the middle of the near lane.

    Attributes:
        kerb_left: The far kerb; `kerb_right` the near one.
        wall_left: The house fronts beyond it; `wall_right` likewise.
        verge: Whether grass grows between kerb and walk.
    """

    kerb_left: float
    kerb_right: float
    wall_left: float
    wall_right: float
    verge: bool


def random_street(rng: np.random.Generator) -> Street:
    """Return a street of two lanes with a place to park along the kerb."""
    right = float(rng.uniform(1.9, 4.2))
    left = float(-rng.uniform(4.8, 6.5))
    walk = float(rng.uniform(2.2, 4.5))
    return Street(left, right, left - walk, right + walk, bool(rng.random() < 0.5))


def paint_street(painter: Painter, street: Street, rng: np.random.Generator) -> Floats:
    """Paint the whole background into the painter's picture.

    Returns:
        (H, W) float32: how strongly each pixel shines of itself, 0-1, for `expose`.
    """
    _paint_sky(painter, rng)
    glow = np.zeros(painter.picture.shape[:2], np.float32)
    _paint_skyline(painter, rng)
    for side, wall in ((-1, street.wall_left), (1, street.wall_right)):
        _paint_row(painter, glow, wall, side, rng)
    _paint_ground(painter, street, rng)
    _paint_trees(painter, street, rng)
    _paint_lamp_posts(painter, street, glow, rng)
    return glow


def _paint_sky(painter: Painter, rng: np.random.Generator) -> None:
    """Paint from the zenith down to the horizon, with clouds by day; the light's own colours, fully exposed."""
    light = painter.light
    full_height, width = painter.picture.shape[:2]
    clouds, detail = rng.random((6, 9), dtype=np.float32), rng.random((22, 34), dtype=np.float32)
    height = int(np.clip(painter.camera.horizon_px + 0.06 * full_height, 0, full_height))
    if height < 2:
        return
    above = painter.camera.horizon_px - np.arange(height, dtype=np.float32)
    share = np.clip(1 - above / (0.55 * full_height), 0, 1)[:, None, None]
    high, low = np.array(light.zenith, np.float32), np.array(light.horizon, np.float32)
    size = (width, height)
    cover = cv2.resize(clouds, size, interpolation=cv2.INTER_CUBIC)
    cover = cover + 0.35 * cv2.resize(detail, size, interpolation=cv2.INTER_CUBIC)
    cover = np.clip((cover - 0.72) * 2.2, 0, 0.75)[..., None]
    sky = high + (low - high) * share
    painter.picture[:height] = np.clip(sky + (low * 1.06 - sky) * cover, 0, 255).astype(np.uint8)


def _paint_skyline(painter: Painter, rng: np.random.Generator) -> None:
    """Paint what closes the street far away: tree tops and roofs in the haze."""
    camera, light = painter.camera, painter.light
    haze = mix(_lit(light, (96, 108, 100)), light.horizon, 0.55)
    x = np.linspace(-60, 60, 70)
    tops = 5 + 3 * rng.random(70) + 3 * np.sin(x / 9 + rng.uniform(0, 6))
    ridge = np.column_stack([x, tops, np.full(70, _FAR)])
    ends = np.array([(60, -3, _FAR), (-60, -3, _FAR)])
    painter.flat_polygon(camera.project(np.concatenate([ridge, ends])), haze)


def _lit(light: Light, colour: Colour) -> Colour:
    tone = light.ambient * 0.9 + light.sun * 0.75
    blue, green, red = (a * b / 255 * tone for a, b in zip(colour, light.tint, strict=True))
    return blue, green, red


def _paint_row(painter: Painter, glow: Floats, wall: float, side: int, rng: np.random.Generator) -> None:
    """Paint the house fronts on one side, from where they enter the picture to where haze hides them."""
    camera, width = painter.camera, painter.picture.shape[1]
    # Nearer than this they lie outside the picture, and perspective would only blow them up.
    near = max(8.0, 0.8 * camera.focal_px * abs(wall) / (0.62 * width))
    length = _FAR - near
    if length < 12:
        return
    front, shine = paint_facades(min(length, 85.0), painter.light, rng)
    tone = (
        np.array(_lit(painter.light, (255.0, 255.0, 255.0)), np.float32) / 255 * (1.15 if side > 0 else 0.8)
    )
    fade = np.linspace(0.12, 0.72, front.shape[1], dtype=np.float32)[None, :, None]
    colour = front[..., :3] * (tone * (1 - fade)) + np.array(painter.light.horizon, np.float32) * fade
    if painter.light.windows > 0:
        colour += (front[..., :3] - colour) * shine[..., None]
    ends = (near, near + min(length, 85.0))
    corners = [(wall, HEIGHT_M, ends[0]), (wall, HEIGHT_M, ends[1]), (wall, 0, ends[1]), (wall, 0, ends[0])]
    house = np.dstack([np.clip(colour, 0, 255).astype(np.uint8), front[..., 3]])
    _hang(painter, glow, house, shine, camera.project(np.array(corners)))


def _hang(painter: Painter, glow: Floats, house: Picture, shine: Floats, corners: Floats) -> None:
    """Put *house*, (h, w, 4) with opacity, and its *shine* at *corners*, (4, 2) pixels, of the picture."""
    height, width = painter.picture.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, (width, height))
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, (width, height))
    if not np.all(high > low):
        return
    rows, columns = house.shape[:2]
    source = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, (corners - low).astype(np.float32))
    size = (high - low).tolist()
    warped = cv2.warpPerspective(house, matrix, size, flags=cv2.INTER_LINEAR)
    part = painter.picture[low[1] : high[1], low[0] : high[0]]
    cv2.copyTo(cv2.cvtColor(warped, cv2.COLOR_BGRA2BGR), cv2.inRange(warped[..., 3], 128, 255), part)
    lit = glow[low[1] : high[1], low[0] : high[0]]
    np.maximum(lit, cv2.warpPerspective(shine, matrix, size), out=lit)


def _ground(left: float, right: float, near: float, far: float = _FAR) -> Floats:
    corners = [(left, 0, near), (left, 0, far), (right, 0, far), (right, 0, near)]
    return np.array(corners, np.float32)


def _paint_ground(painter: Painter, street: Street, rng: np.random.Generator) -> None:
    light = painter.light
    near = 2.0
    asphalt = _lit(light, bgr(_ASPHALT[int(rng.integers(len(_ASPHALT)))]))
    walk = _lit(light, bgr(_PAVEMENT[int(rng.integers(len(_PAVEMENT)))]))
    height, width = painter.picture.shape[:2]
    horizon = round(float(np.clip(painter.camera.project(np.array([0, 0, _FAR]))[1], 0, height)))
    cv2.rectangle(painter.picture, (0, horizon), (width, height), asphalt, -1)
    for kerb, wall in ((street.kerb_left, street.wall_left), (street.kerb_right, street.wall_right)):
        out = 1 if kerb > 0 else -1
        painter.polygon(_ground(kerb, wall + out * 30, near), walk)
        if street.verge:
            painter.polygon(_ground(kerb + out * 0.3, kerb + out * 1.5, near), _lit(light, (62, 118, 92)))
        painter.polygon(_ground(kerb - out * 0.02, kerb + out * 0.17, near), _lit(light, (178, 180, 182)))
        painter.polygon(_ground(kerb - out * 0.4, kerb - out * 0.02, near), _lit(light, (88, 87, 86)))
    yellow = _lit(light, (70, 172, 214))
    for offset in (-1.95, -2.25):
        painter.polygon(_ground(offset - 0.06, offset + 0.06, near), yellow, 0.85)
    _paint_joints(painter, street, walk)
    _texture(painter, horizon, rng)


def _paint_joints(painter: Painter, street: Street, walk: Colour) -> None:
    """Draw the joints between the slabs of the right-hand walk, and the edge of the parking lane."""
    for z in np.arange(6.0, 40.0, 1.6):
        joint = np.array([(street.kerb_right + 0.17, 0, z), (street.wall_right + 6, 0, z)])
        painter.line(joint, mix(walk, (40, 40, 40), 0.35), 1)


def _texture(painter: Painter, horizon: int, rng: np.random.Generator) -> None:
    """Roughen the ground: grain, patches, and tyre tracks along the lane."""
    part = painter.picture[horizon:]
    height, width = part.shape[:2]
    if height < 4:
        return
    grain = rng.standard_normal(((height + 1) // 2, (width + 1) // 2), dtype=np.float32) * 0.7
    patches = rng.standard_normal((max(2, height // 24), max(2, width // 80)), dtype=np.float32)
    strength = 4.5 * (painter.light.ambient + painter.light.sun)
    rough = cv2.resize(patches * strength, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.int16)
    rough += np.tile((grain * strength).astype(np.int16), (2, 2))[:height, :width]
    part[:] = cv2.add(part, cv2.merge([rough] * 3), dtype=cv2.CV_8U)
    for lane in (-0.85, 0.85):
        outline = painter.camera.project(_ground(lane - 0.35, lane + 0.35, 4.0, 60.0))
        painter.soft_polygon(outline, 0.015 * width, 0.12)


def _paint_trees(painter: Painter, street: Street, rng: np.random.Generator) -> None:
    """Plant trees along both kerbs, the farthest first."""
    places = [(street.kerb_right + 0.8, z) for z in rng.uniform(16, 70, 4)]
    places += [(street.kerb_left - 0.8, z) for z in rng.uniform(16, 70, 4)]
    for x, z in sorted(places, key=lambda place: -place[1]):
        _paint_tree(painter, float(x), float(z), rng)


def _paint_tree(painter: Painter, x: float, z: float, rng: np.random.Generator) -> None:
    light, size = painter.light, float(rng.uniform(0.8, 1.25))
    levels, angles = np.sort(rng.uniform(-1, 1, 46)), rng.uniform(0, 2 * np.pi, 46)
    reach = np.sqrt(1 - levels**2) * rng.uniform(0.4, 1.9, 46) * size
    haze = float(np.clip(z / _FAR, 0, 0.6))
    bark = mix(_lit(light, (52, 64, 80)), light.horizon, haze)
    painter.polygon([(x - 0.16, 0, z), (x - 0.1, 3.4, z), (x + 0.1, 3.4, z), (x + 0.16, 0, z)], bark)
    leaves = [x + np.cos(angles) * reach, 4.6 * size + levels * 1.7 * size, np.full(46, z)]
    middles = painter.camera.project(np.stack(leaves, axis=1))
    radii = painter.camera.focal_px / z * rng.uniform(0.3, 0.62, 46) * size
    shares = np.clip(0.5 + 0.4 * levels + rng.normal(0, 0.15, 46), 0, 1)
    dark, bright = _lit(light, (38, 74, 52)), _lit(light, (66, 138, 104))
    for middle, radius, share in zip(
        np.rint(middles).astype(int).tolist(), radii.tolist(), shares.tolist(), strict=True
    ):
        if middle[1] + radius > 0 and -radius < middle[0] < painter.picture.shape[1] + radius:
            green = mix(mix(dark, bright, share), light.horizon, haze * 0.8)
            cv2.circle(painter.picture, middle, max(1, round(radius)), green, -1, cv2.LINE_AA)


def _paint_lamp_posts(painter: Painter, street: Street, glow: Floats, rng: np.random.Generator) -> None:
    """Stand posts along the near kerb; at dusk and at night their lamps shine."""
    light = painter.light
    iron = _lit(light, (70, 72, 70))
    for z in np.arange(float(rng.uniform(14, 24)), 90, 26)[::-1]:
        x = street.kerb_right + 0.5
        painter.polygon([(x - 0.07, 0, z), (x - 0.05, 6.4, z), (x + 0.05, 6.4, z), (x + 0.07, 0, z)], iron)
        painter.polygon(
            [(x - 1.5, 6.5, z), (x - 1.5, 6.62, z), (x + 0.05, 6.42, z), (x + 0.05, 6.3, z)], iron
        )
        if light.lamps > 0:
            _shine(
                painter,
                glow,
                painter.camera.project(np.array([x - 1.4, 6.4, z])),
                0.16 * painter.camera.focal_px / z,
            )


def _shine(painter: Painter, glow: Floats, at: Any, radius: float) -> None:
    centre = (round(float(np.clip(at[0], -4000, 4000))), round(float(np.clip(at[1], -4000, 4000))))
    cv2.circle(painter.picture, centre, max(2, round(radius)), (190, 225, 255), -1, cv2.LINE_AA)
    cv2.circle(glow, centre, max(2, round(radius)), 1.0, -1, cv2.LINE_AA)


def expose(painter: Painter, glow: Floats) -> None:
    """Let what shines bleed into its surroundings, and put the whole background out of focus."""
    picture = painter.picture
    height, width = picture.shape[:2]
    sharp = max(0.6, width / 900)
    picture[:] = cv2.GaussianBlur(picture, (0, 0), sharp)
    if painter.light.windows > 0:
        small = cv2.resize(glow, (max(2, width // 8), max(2, height // 8)), interpolation=cv2.INTER_AREA)
        halo = cv2.resize(cv2.GaussianBlur(small, (0, 0), 3.0), (width, height))[..., None]
        picture[:] = np.clip(picture + halo * np.array([120, 165, 215], np.float32), 0, 255).astype(np.uint8)
