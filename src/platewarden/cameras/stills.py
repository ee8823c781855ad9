"""The reference still of a statement: a stranger's file becomes a plain picture, sealed on a shelf of its own.

A still is evidence about a camera, not a read: it says what the camera looks at, and stays as long as its statement,
and the audit after it (`capture.still_keep_days`). Vehicles may stand in it all the same. So it is decoded and encoded
anew, which leaves nothing but pixels; every plate that our detector finds in it is painted over first; and whoever
looks at it is on the ledger.
"""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from platewarden.cameras.models import FieldOfViewStatement
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.recognition.images import ImageError, decode_image, verify_image
from platewarden.recognition.plate_detector import PlateDetector
from platewarden.recognition.types import Frame
from platewarden.site.limits import STILL_BYTES

FORMATS: Final = frozenset({"JPEG", "PNG"})
LONG_SIDE_PX: Final = 1600
"""Enough to see what lies in view, too little to recognise anybody far away."""

_SHORT_SIDE_PX: Final = 120
_GREY: Final = (128, 128, 128)
_MARGIN: Final = 0.15


def prepared(data: bytes) -> tuple[bytes, int]:
    """Return the still in *data* as a JPEG of pixels alone, and how many plates were painted over in it.

    Raises:
        ImageError: It is no JPEG or PNG, too large, too small, or damaged.
    """
    name = "the still"
    if len(data) > STILL_BYTES:
        raise ImageError(f"{name}: more than {STILL_BYTES // 1_000_000} MB, which is the most we accept")
    facts = verify_image(data, name=name)
    if facts.format not in FORMATS:
        raise ImageError(f"{name}: is {facts.format}, save it as JPEG or PNG")
    if min(facts.width, facts.height) < _SHORT_SIDE_PX:
        raise ImageError(f"{name}: too small to show anything, at least {_SHORT_SIDE_PX} pixels are needed")
    frame, painted = without_plates(decode_image(data, name=name))
    done, encoded = cv2.imencode(".jpg", _scaled(frame), [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not done:  # pragma: no cover - OpenCV encodes every frame there is
        raise ImageError(f"{name}: could not be encoded")
    return bytes(encoded), painted


def without_plates(frame: Frame) -> tuple[Frame, int]:
    """Return *frame* with each plate that is found in it painted over, a little beyond its edges, and their number."""
    painted = frame.copy()
    found = _detector().detect(frame)
    for plate in found:
        middle = plate.corners.mean(axis=0)
        corners = middle + (plate.corners - middle) * (1 + 2 * _MARGIN)
        cv2.fillConvexPoly(painted, np.round(corners).astype(np.int32), _GREY)
    return painted, len(found)


def seal(statement: FieldOfViewStatement, still: bytes) -> str:
    """Seal *still* on the shelf of *statement*, durably, and return the reference."""
    return image_store().seal(Shelf.of_statement(statement.pk), [(_image_id(statement), still)])[0]


def unsealed(statement: FieldOfViewStatement) -> bytes | None:
    """Return the still of *statement*; None where there is none any more, or it cannot be opened."""
    if not statement.still:
        return None
    try:
        return image_store().open(Shelf.of_statement(statement.pk), _image_id(statement), statement.still)
    except (ImageUnavailable, KeyUnavailable):
        return None


def destroy(statement: FieldOfViewStatement) -> None:
    """Destroy the key of the still of *statement*, and remove its bytes."""
    image_store().destroy(Shelf.of_statement(statement.pk))


def _image_id(statement: FieldOfViewStatement) -> str:
    return f"statement/{statement.pk}/still"


def _scaled(frame: Frame) -> Frame:
    height, width = frame.shape[:2]
    ratio = LONG_SIDE_PX / max(height, width)
    if ratio >= 1:
        return frame
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    scaled: Frame = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return scaled


@lru_cache(maxsize=1)
def _detector() -> PlateDetector:
    return PlateDetector(threads=1)
