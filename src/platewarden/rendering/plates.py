"""A plate alone, seen straight on: ground, scenery, name, serial, stickers, bolts and frame."""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from platewarden.rendering.colours import Colour, Floats, Picture, bgr, lay, mix
from platewarden.rendering.designs import Design
from platewarden.rendering.glyphs import ALPHABET, Die, glyph, glyph_width
from platewarden.rendering.lettering import word
from platewarden.rendering.scenery import paint_scenery

ASPECT: Final = 2.0
"""Width by height: a plate of the United States is 12 inches by 6."""

SERIAL_HEIGHT: Final = 0.44
_SERIAL_TOP: Final = 0.285
_WIDEST_PITCH: Final = 0.262
_SERIAL_WIDTH: Final = 1.78
_MARK_WIDTHS: Final = {"-": 0.66, " ": 0.48, ".": 0.5, "*": 0.9}
_FRAMES: Final = ("#17181a", "#2a2c2f", "#b9bcc0")
_MONTHS: Final = ("JAN", "MAR", "APR", "JUN", "AUG", "OCT", "DEC")
_STICKERS: Final = ("#d63a36", "#2f7f4d", "#e8c132", "#3466b0", "#e9e9e6")


class SerialError(ValueError):
    """The serial cannot be stamped; the message says why without repeating it."""


@dataclass(frozen=True, slots=True, eq=False)
class RenderedPlate:
    """A plate seen straight on.

    Attributes:
        image: (h, 2h, 3) uint8 BGR.
        mask: (h, 2h) uint8: 255 on the plate, 0 outside its round corners.
        corners: (4, 2) float32, pixels, clockwise from the top left.
        serial_box: xyxy around the serial, pixels.
        char_boxes: (n, 4) float32 xyxy, pixels, one for each letter or figure, left to right.
    """

    image: Picture
    mask: Picture
    corners: Floats
    serial_box: tuple[float, float, float, float]
    char_boxes: Floats


@dataclass(slots=True, eq=False)
class _Canvas:
    """A plate being painted: (h, 2h, 3) float32, and its own random numbers."""

    pixels: Floats
    rng: np.random.Generator

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    def stamp(self, mask: Picture, left: float, top: float, ink: Colour, opacity: float = 1.0) -> None:
        """Lay *mask* with its top left at (left, top), pixels; what falls outside is lost."""
        x, y = round(left), round(top)
        right, bottom = (
            min(a, b) for a, b in zip((x + mask.shape[1], y + mask.shape[0]), self._size, strict=True)
        )
        x0, y0 = max(0, x), max(0, y)
        if right > x0 and bottom > y0:
            part = mask[y0 - y : bottom - y, x0 - x : right - x]
            lay(self.pixels[y0:bottom, x0:right], part, ink, opacity)

    @property
    def _size(self) -> tuple[int, int]:
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])


def render_plate(
    serial: str, design: Design, rng: np.random.Generator | int, *, height_px: int = 192
) -> RenderedPlate:
    """Return a plate of *design* with *serial* stamped on it.

    Args:
        serial: A-Z and 0-9; marks between groups are put in by the design, or kept if the serial is of none of
            its patterns.
        design: Which plate.
        rng: Source of wear, stickers and frames, or a seed for one.
        height_px: Height of the picture; it is twice as wide.

    Raises:
        SerialError: The serial is empty or has a character for which there is no die.
    """
    rng = np.random.default_rng(rng)
    spaced = design.spaced(serial)
    canvas = _Canvas(_ground(design, height_px), rng)
    paint_scenery(canvas.pixels, design, rng)
    _paint_words(canvas, design)
    boxes = _paint_serial(canvas, design, spaced)
    _paint_furniture(canvas, design)
    wide = round(ASPECT * height_px)
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = boxes[:, 2:].max(axis=0).tolist()
    return RenderedPlate(
        image=np.clip(canvas.pixels, 0, 255).astype(np.uint8),
        mask=_outline(height_px),
        corners=np.array([(0, 0), (wide, 0), (wide, height_px), (0, height_px)], np.float32),
        serial_box=(left, top, right, bottom),
        char_boxes=boxes,
    )


def _ground(design: Design, height: int) -> Floats:
    """Return the bare plate: its colour, running into another towards the foot, and its bands."""
    top, foot = bgr(design.ground), bgr(design.foot or design.ground)
    share = np.clip(np.linspace(-0.6, 1.0, height, dtype=np.float32), 0, 1)[:, None, None]
    ground = np.array(top, np.float32) + (np.array(foot, np.float32) - np.array(top, np.float32)) * share
    pixels = np.repeat(ground, round(ASPECT * height), axis=1)
    if design.band:
        pixels[: round(0.235 * height)] = bgr(design.band)
    if design.rule:
        pixels[round(0.235 * height) : round(0.258 * height)] = bgr(design.rule)
    if design.foot_band:
        pixels[round(0.82 * height) :] = bgr(design.foot_band)
    return pixels


def _paint_words(canvas: _Canvas, design: Design) -> None:
    height = canvas.height
    lean, boldness = (0.25, 2) if design.script else (0.0, 3)
    name_height = round((0.15 if design.script else 0.118) * height)
    widest = round((1.05 if design.stickers else 1.5) * height)
    name = word(design.name, name_height, max_width_px=widest, boldness=boldness, lean=lean)
    canvas.stamp(name, height - name.shape[1] / 2, 0.072 * height, bgr(design.name_ink or design.ink))
    if design.slogan:
        slogan = word(design.slogan, round(0.075 * height), max_width_px=round(1.15 * height), boldness=2)
        canvas.stamp(
            slogan, height - slogan.shape[1] / 2, 0.868 * height, bgr(design.slogan_ink or design.ink)
        )


def _fitted(character: str, die: Die, height_px: int, pitch_px: float) -> Picture:
    """Return the glyph, set narrower if it would run into its neighbours."""
    fitting = replace(die, width=min(die.width, round(0.84 * pitch_px / height_px, 3)))
    narrowest = 0.96 * pitch_px / height_px / max(glyph_width(character, fitting), 1e-6)
    if narrowest < 1:
        fitting = replace(fitting, width=round(fitting.width * narrowest, 3))
    return glyph(character, fitting, height_px)


def _paint_serial(canvas: _Canvas, design: Design, spaced: str) -> Floats:
    """Stamp *spaced* across the middle and return the boxes of its characters, (n, 4) xyxy pixels."""
    if unknown := {mark for mark in spaced if mark not in ALPHABET and mark not in _MARK_WIDTHS}:
        raise SerialError(f"{len(unknown)} kinds of character have no die: use A-Z, 0-9, blank, dash or dot")
    units = sum(_MARK_WIDTHS.get(mark, 1.0) for mark in spaced)
    if not any(mark in ALPHABET for mark in spaced):
        raise SerialError("the serial is empty: give at least one letter or figure")
    height = canvas.height
    pitch = min(_WIDEST_PITCH, _SERIAL_WIDTH / units) * height
    tall, top = round(SERIAL_HEIGHT * height), round(_SERIAL_TOP * height)
    x, boxes = height - units * pitch / 2, []
    for mark in spaced:
        cell = _MARK_WIDTHS.get(mark, 1.0) * pitch
        if mark in ALPHABET:
            mask = _fitted(mark, design.die, tall, pitch)
            left = round(x + (cell - mask.shape[1]) / 2)
            _emboss(canvas, mask, left, top, bgr(design.ink))
            boxes.append((left, top, left + mask.shape[1], top + tall))
        elif mark != " ":
            symbol = _symbol(mark, design.symbol, round(0.2 * height))
            ink = bgr(design.symbol_ink or design.ink) if mark == "*" else bgr(design.ink)
            canvas.stamp(symbol, x + (cell - symbol.shape[1]) / 2, top + (tall - symbol.shape[0]) / 2, ink)
        x += cell
    return np.array(boxes, np.float32)


def _emboss(canvas: _Canvas, mask: Picture, left: int, top: int, ink: Colour) -> None:
    """Stamp a raised character: lit from above, its ink a little thin where the roller slipped."""
    step = max(1, round(canvas.height / 90))
    canvas.stamp(mask, left - step, top - step, (255, 255, 255), 0.45)
    canvas.stamp(mask, left + step, top + step, (60, 60, 60), 0.35)
    canvas.stamp(mask, left, top, ink, float(canvas.rng.uniform(0.93, 1.0)))


def _symbol(mark: str, name: str, size: int) -> Picture:
    """Return the picture of a separator, (size, size) uint8."""
    mask = np.zeros((size * 4, size * 4), np.uint8)
    middle = size * 2
    if mark == "-":
        cv2.rectangle(
            mask, (round(size * 0.6), round(size * 1.7)), (round(size * 3.4), round(size * 2.3)), 255, -1
        )
    elif mark == "." or name in {"disc", "fruit"}:
        cv2.circle(mask, (middle, middle), round(size * (0.6 if mark == "." else 1.7)), 255, -1)
    else:
        points, inner = (5, 0.4) if name == "star" else (2, 0.6)
        angles = np.arange(points * 2) * np.pi / points - np.pi / 2
        radii = np.where(np.arange(points * 2) % 2, inner, 1.0) * 1.9 * size
        outline = np.stack([middle + np.cos(angles) * radii, middle + np.sin(angles) * radii], axis=1)
        cv2.fillPoly(mask, [outline.astype(np.int32)], 255)
    return np.asarray(cv2.resize(mask, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def _paint_furniture(canvas: _Canvas, design: Design) -> None:
    """Add what is fastened to a plate, what it is fastened with, and the dirt of the road."""
    if design.stickers:
        _paint_stickers(canvas)
    _paint_rim(canvas)
    height, rng = canvas.height, canvas.rng
    if rng.random() < 0.3:
        frame = bgr(_FRAMES[int(rng.integers(len(_FRAMES)))])
        thickness = round(rng.uniform(0.04, 0.075) * height)
        cv2.rectangle(canvas.pixels, (0, 0), (canvas.pixels.shape[1] - 1, height - 1), frame, thickness)
    for x in (0.42, 1.58):
        for y in (0.075, 0.925) if rng.random() < 0.5 else (0.075,):
            at = (round(x * height), round(y * height))
            cv2.circle(canvas.pixels, at, max(1, round(0.024 * height)), (60, 62, 66), -1, cv2.LINE_AA)
            cv2.circle(canvas.pixels, at, max(1, round(0.014 * height)), (150, 152, 155), -1, cv2.LINE_AA)
    dirt = rng.normal(0, rng.uniform(1, 7), (5, 9)).astype(np.float32)
    size = (canvas.pixels.shape[1], height)
    canvas.pixels += cv2.resize(dirt, size, interpolation=cv2.INTER_CUBIC)[..., None]


def _paint_stickers(canvas: _Canvas) -> None:
    height, rng = canvas.height, canvas.rng
    tall, wide = round(0.13 * height), round(0.22 * height)
    texts = (_MONTHS[int(rng.integers(len(_MONTHS)))], str(27 + int(rng.integers(3))))
    for left, text in zip((0.1 * height, 1.9 * height - wide), texts, strict=True):
        colour = bgr(_STICKERS[int(rng.integers(len(_STICKERS)))])
        canvas.stamp(np.full((tall, wide), 255, np.uint8), left, 0.06 * height, colour)
        label = word(text, round(0.6 * tall), max_width_px=round(0.8 * wide))
        ink = (20.0, 20.0, 20.0) if sum(colour) > 380 else (240.0, 240.0, 240.0)
        at = left + (wide - label.shape[1]) / 2, 0.06 * height + (tall - label.shape[0]) / 2
        canvas.stamp(label, *at, ink)


def _paint_rim(canvas: _Canvas) -> None:
    """Draw the pressed rim: a light line inside a dark one, close to the edge."""
    height, wide = canvas.height, canvas.pixels.shape[1]
    for inset, tone, share in ((0.028, (40.0, 40.0, 40.0), 0.25), (0.04, (255.0, 255.0, 255.0), 0.3)):
        at = round(inset * height)
        ground = tuple(canvas.pixels[height // 2, at].tolist())
        colour = mix((ground[0], ground[1], ground[2]), tone, share)
        cv2.rectangle(
            canvas.pixels, (at, at), (wide - 1 - at, height - 1 - at), colour, max(1, height // 120)
        )


def _outline(height: int) -> Picture:
    """Return the mask of a plate with round corners, (height, 2 height) uint8."""
    wide, radius = round(ASPECT * height), round(0.075 * height)
    mask = np.zeros((height, wide), np.uint8)
    mask[radius : height - radius] = 255
    mask[:, radius : wide - radius] = 255
    for x in (radius, wide - 1 - radius):
        for y in (radius, height - 1 - radius):
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    return mask
