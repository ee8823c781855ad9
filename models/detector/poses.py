"""How a flat thing, such as a plate, stands before a camera, and laying its picture where it stands."""

from typing import Final

import cv2
import numpy as np

from platewarden.rendering.colours import Floats, Picture

_CORNERS: Final = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64) / 2


def random_pose(
    rng: np.random.Generator, *, aspect: float, width_px: float, centre: tuple[float, float]
) -> Floats:
    """Return the corners, (4, 2) clockwise from the top left, of a flat thing as a camera may see it.

    Mostly from a little above and almost straight on; one in four from the side, by up to sixty degrees; three
    in ten rolled by up to 25 degrees, as a plate that hangs by one bolt or a camera on a slope.

    Args:
        rng: Source of the pose.
        aspect: Width by height.
        width_px: Width of the upright box around it.
        centre: Middle of that box.
    """
    yaw = rng.normal(0, 15) if rng.random() < 0.75 else rng.uniform(-60, 60)
    roll = rng.normal(0, 2.5) if rng.random() < 0.7 else rng.uniform(-25, 25)
    corners = _project(aspect, np.radians([rng.normal(-8, 8), yaw, roll]), rng.uniform(3, 15))
    low, high = corners.min(axis=0), corners.max(axis=0)
    corners = (corners - (low + high) / 2) * (width_px / (high[0] - low[0])) + centre
    return np.asarray(corners, np.float32)


def _project(aspect: float, turns: np.ndarray, distance: float) -> np.ndarray:
    """Return the corners seen from *distance* widths after the *turns*: pitch, yaw, roll in radians."""
    points = np.concatenate([_CORNERS * (1, 1 / aspect), np.zeros((4, 1))], axis=1)
    (sp, sy, sr), (cp, cy, cr) = np.sin(turns), np.cos(turns)
    pitch = np.array([(1, 0, 0), (0, cp, sp), (0, -sp, cp)])
    yaw = np.array([(cy, 0, -sy), (0, 1, 0), (sy, 0, cy)])
    roll = np.array([(cr, sr, 0), (-sr, cr, 0), (0, 0, 1)])
    seen = points @ roll @ yaw @ pitch
    return np.asarray(seen[:, :2] * (distance / (seen[:, 2:] + distance)))


def lay_flat(
    picture: Picture, card: Picture, mask: Picture, inner: tuple[float, float, float, float], corners: Floats
) -> None:
    """Lay *card* on *picture*, in place, so that its part *inner* comes to lie at *corners*.

    Args:
        picture: (H, W, 3) uint8 BGR.
        card: (h, w, 3) uint8 BGR.
        mask: (h, w) uint8, where the card is there (255) and where one looks through (0).
        inner: xyxy, pixels of the card.
        corners: (4, 2), pixels of the picture, clockwise from the top left.
    """
    left, top, right, bottom = inner
    # Reduced to about its final size first: warping alone would skip pixels, and letters would glitter.
    ratio = min(1.0, 1.25 * float(np.linalg.norm(corners[1] - corners[0])) / (right - left))
    size = (max(4, round(card.shape[1] * ratio)), max(4, round(card.shape[0] * ratio)))
    card = np.asarray(cv2.resize(card, size, interpolation=cv2.INTER_AREA), np.uint8)
    mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
    source = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32) * np.float32(
        ratio
    )
    matrix = cv2.getPerspectiveTransform(source, corners)
    _blend(picture, card, mask, matrix)


def _blend(picture: Picture, card: Picture, mask: Picture, matrix: np.ndarray) -> None:
    """Lay *card* on *picture*, in place, where *matrix*, (3, 3), takes it; only that part is computed."""
    outline = np.array([(0, 0), card.shape[1::-1], (card.shape[1], 0), (0, card.shape[0])], np.float32)
    reached = cv2.perspectiveTransform(outline[None], matrix)[0]
    size = np.array(picture.shape[1::-1])
    left, top = np.clip(np.floor(reached.min(axis=0)), 0, size).astype(int).tolist()
    right, bottom = np.clip(np.ceil(reached.max(axis=0)) + 1, 0, size).astype(int).tolist()
    if right <= left or bottom <= top:
        return
    shift = np.array([(1, 0, -left), (0, 1, -top), (0, 0, 1)], np.float64) @ matrix
    layer = cv2.warpPerspective(card, shift, (right - left, bottom - top), borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpPerspective(mask, shift, (right - left, bottom - top))[..., None].astype(np.float32) / 255
    part = picture[top:bottom, left:right]
    part[:] = (part + (layer.astype(np.float32) - part) * share).astype(np.uint8)
