"""The two images of a read, out of whatever pictures a device sends: checked, cut to the vehicle, and not too large."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2

from platewarden.adapters.results import UnusableError
from platewarden.adapters.values import number_of, text_of
from platewarden.recognition.geometry import cut_box, grow_box
from platewarden.recognition.images import ImageError, decode_image, probe_image
from platewarden.recognition.pictures import encode_jpeg
from platewarden.recognition.types import Box, Frame

FORMATS: Final = frozenset({"JPEG", "PNG", "WEBP"})
"""What every browser shows, and what the device API takes."""

MAX_IMAGE_BYTES: Final = 2 * 1024 * 1024
MAX_PICTURE_PIXELS: Final = 25_000_000
LONG_SIDE_PX: Final = 1920
"""A picture that is too large to keep is reduced to this."""

_LEAST_PX: Final = 4


@dataclass(frozen=True, slots=True)
class Sent:
    """The pictures that came with a read.

    Attributes:
        plate: Of the plate alone; empty when none came.
        whole: Of the vehicle, or of all that the camera sees; empty when none came.
        plate_box: Where in *whole* the plate is, pixels, ``xyxy``; used to cut it out when *plate* is empty.
        vehicle_box: Where in *whole* the vehicle is; everything outside it is cut away.
    """

    plate: bytes = b""
    whole: bytes = b""
    plate_box: Box | None = None
    vehicle_box: Box | None = None


def images_of(sent: Sent) -> tuple[bytes, bytes]:
    """Return the plate image and the vehicle image of a read.

    > CAP-2: Of a passing vehicle the system keeps the plate image, the vehicle image

    Where one of them is missing it is cut from the other, or the other stands for both.

    Raises:
        UnusableError: No picture came: without one nobody can verify a hit (HIT-2). Or one is none that we take. That
            the rest of a picture is there is seen when the read is stored (`ingest.actions`), or here if it is cut.
    """
    if not (sent.plate or sent.whole):
        raise UnusableError("plate_image", "no picture came with the read: have the device send its images")
    plate = _checked(sent.plate, "plate_image") if sent.plate else b""
    whole = _checked(sent.whole, "vehicle_image") if sent.whole else plate
    frame = None
    if sent.whole and (sent.vehicle_box or (sent.plate_box and not plate) or len(whole) > MAX_IMAGE_BYTES):
        frame = _decoded(whole)
    if frame is not None and not plate and sent.plate_box:
        plate = _cut(frame, sent.plate_box, around=0.2) or b""
    if frame is not None and sent.vehicle_box:
        whole = _cut(frame, sent.vehicle_box, around=0.05) or whole
    if frame is not None and len(whole) > MAX_IMAGE_BYTES:
        whole = encode_jpeg(_reduced(frame))
    plate = plate or whole
    if max(len(plate), len(whole)) > MAX_IMAGE_BYTES:
        raise UnusableError("plate_image", f"is larger than {MAX_IMAGE_BYTES} bytes")
    return plate, whole


def _checked(picture: bytes, field: str) -> bytes:
    """Return *picture* if by its head it is one that we take; all of it is looked at where reads are stored."""
    try:
        facts = probe_image(picture, name=field)
        if facts.format not in FORMATS:
            raise UnusableError(field, f"is {facts.format}: send {', '.join(sorted(FORMATS))}")
        if facts.width * facts.height > MAX_PICTURE_PIXELS:
            raise UnusableError(field, f"has more than {MAX_PICTURE_PIXELS} pixels")
    except ImageError as error:
        raise UnusableError(field, "is no picture that we take, or is damaged") from error
    return picture


def _decoded(picture: bytes) -> Frame:
    try:
        return decode_image(picture, name="vehicle_image")
    except ImageError as error:
        raise UnusableError("vehicle_image", "is no picture that we take, or is damaged") from error


def _cut(frame: Frame, box: Box, *, around: float) -> bytes | None:
    """Return the part of *frame* in *box* as JPEG, with a little *around* it; None where there is no such part."""
    high, wide = frame.shape[:2]
    left, top, right, bottom = box
    if not (0 <= left < right <= wide and 0 <= top < bottom <= high):
        return None
    margin = around * (bottom - top)
    part = cut_box(frame, grow_box(box, x_px=margin, y_px=margin, frame=frame))
    if min(part.shape[:2]) < _LEAST_PX:
        return None
    return encode_jpeg(_reduced(part))


def _reduced(frame: Frame) -> Frame:
    ratio = LONG_SIDE_PX / max(frame.shape[:2])
    if ratio >= 1:
        return frame
    size = (max(1, round(frame.shape[1] * ratio)), max(1, round(frame.shape[0] * ratio)))
    reduced: Frame = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return reduced


def from_base64(value: Any, *, field: str) -> bytes:
    """Return the picture that *value* is in base64, with or without a ``data:`` head; empty where there is none.

    Raises:
        UnusableError: It is no base64.
    """
    text = text_of(value)
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnusableError(field, "is no base64") from error


def box_of(values: Sequence[Any]) -> Box | None:
    """Return *values*, left, top, right and bottom, as a box; None where they are none."""
    numbers = [number_of(value) for value in values]
    if len(numbers) != 4 or any(number is None for number in numbers):  # noqa: PLR2004 - sides
        return None
    left, top, right, bottom = (number or 0.0 for number in numbers)
    return (left, top, right, bottom) if left < right and top < bottom else None


def box_of_size(values: Sequence[Any]) -> Box | None:
    """Return *values*, left, top, width and height, as a box; None where they are none."""
    numbers = [number_of(value) or 0.0 for value in values]
    if len(numbers) != 4:  # noqa: PLR2004 - sides
        return None
    left, top, wide, high = numbers
    return box_of((left, top, left + wide, top + high))
