"""Pictures made from a read: the plate, the vehicle, and the frame with its reads drawn in."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from platewarden.recognition.geometry import cut_box, grow_box
from platewarden.recognition.types import Box, Frame, PlateRead

JPEG_QUALITY: Final = 90
VEHICLE_LONG_SIDE_PX: Final = 1280
"""A vehicle picture is reduced to this: enough to see the vehicle, small enough to keep for thirty days."""

_GREEN: Final = (60, 200, 60)
_BLACK: Final = (0, 0, 0)


def crop_plate(frame: Frame, read: PlateRead) -> bytes:
    """Return the plate of *read* in *frame* as JPEG, with a little around it: its edge and frame are evidence too."""
    _, high = _size(read.box_xyxy)
    return encode_jpeg(cut_box(frame, grow_box(read.box_xyxy, x_px=0.2 * high, y_px=0.2 * high, frame=frame)))


def crop_vehicle(frame: Frame, read: PlateRead) -> bytes:
    """Return the surroundings of the plate in *frame* that a car fills, as JPEG.

    By geometry, for want of a vehicle detector: a plate is 0.305 m wide and a car about 2 m, with the plate low on
    it.
    """
    wide, _ = _size(read.box_xyxy)
    left, top, right, bottom = grow_box(read.box_xyxy, x_px=2.8 * wide, y_px=1.2 * wide, frame=frame)
    return encode_jpeg(_fit(cut_box(frame, (left, max(0.0, top - 2.4 * wide), right, bottom))))


def annotate(frame: Frame, reads: Sequence[PlateRead]) -> Frame:
    """Return a copy of *frame* with the box, plate, state and confidence of each of *reads* drawn in."""
    drawn = frame.copy()
    scale = max(frame.shape[:2]) / 1200
    for read in reads:
        _draw(drawn, read, scale=max(0.5, scale))
    return drawn


def encode_jpeg(picture: Frame) -> bytes:
    """Return *picture*, (H, W, 3) uint8 BGR, as a JPEG file.

    Raises:
        ValueError: The picture is empty or too large for the format.
    """
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError(f"cannot write a picture of {picture.shape[1]} x {picture.shape[0]} pixels as JPEG")
    return bytes(data)


def _draw(drawn: Frame, read: PlateRead, *, scale: float) -> None:
    left, top, right, bottom = (round(value) for value in read.box_xyxy)
    stroke = max(1, round(2 * scale))
    cv2.rectangle(drawn, (left, top), (right, bottom), _GREEN, stroke)
    label = f"{read.plate} {read.state} {read.confidence:.2f}".replace("  ", " ")
    (wide, high), _ = cv2.getTextSize(label, cv2.FONT_HERSHEY_SIMPLEX, 0.7 * scale, stroke)
    x = int(np.clip(left, 0, max(0, drawn.shape[1] - wide)))
    y = top - stroke - 4 if top > high + stroke + 8 else bottom + high + stroke + 4
    cv2.rectangle(drawn, (x - 2, y - high - 4), (x + wide + 2, y + 4), _GREEN, cv2.FILLED)
    cv2.putText(drawn, label, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.7 * scale, _BLACK, stroke, cv2.LINE_AA)


def _fit(picture: Frame) -> Frame:
    ratio = VEHICLE_LONG_SIDE_PX / max(picture.shape[:2])
    if ratio >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * ratio)), max(1, round(picture.shape[0] * ratio)))
    reduced: Frame = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return reduced


def _size(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]
