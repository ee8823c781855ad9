"""Watermarks: every picture of a release says in itself which release it is, for whom, and when it was made."""

import unicodedata
from typing import Final

import cv2
import numpy as np

from platewarden.recognition.pictures import encode_jpeg
from platewarden.recognition.types import Frame

LEAST_WIDTH: Final = 560
"""Pixels that the line below a picture needs; a narrower picture gets grey beside it, and is not stretched."""

_STRIP_PX: Final = 26
_GREY: Final = 200
_SHARE: Final = 0.22
"""How much of a pixel the writing across a picture takes: to be seen, and to let what is below be seen."""

_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX


def marked(picture: Frame, *, line: str, mark: str) -> bytes:
    """Return *picture*, (H, W, 3) uint8 BGR, as JPEG with *line* across it and below it, and *mark* inside the file."""
    height, width = picture.shape[:2]
    wide = max(width, LEAST_WIDTH)
    canvas: Frame = np.full((height + _STRIP_PX, wide, 3), _GREY, np.uint8)
    canvas[:height, :width] = _across(picture, _plain(line))
    _write_below(canvas, _plain(line), height)
    return _with_comment(encode_jpeg(canvas), f"{line} {mark}")


def _plain(text: str) -> str:
    """Return *text* in the letters that the drawn font has."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _across(picture: Frame, text: str) -> Frame:
    height, width = picture.shape[:2]
    layer = picture.copy()
    scale = max(0.35, min(1.0, width / 900))
    (long, high), _ = cv2.getTextSize(text, _FONT, scale, 1)
    for number, y in enumerate(range(high + 4, height + high, max(40, 5 * high))):
        x = -(number % 2) * long // 3
        for start in range(x, width, long + 40):
            cv2.putText(layer, text, (start, y), _FONT, scale, (0, 0, 0), 2, cv2.LINE_AA)
            cv2.putText(layer, text, (start, y), _FONT, scale, (255, 255, 255), 1, cv2.LINE_AA)
    mixed: Frame = cv2.addWeighted(layer, _SHARE, picture, 1 - _SHARE, 0)
    return mixed


def _write_below(canvas: Frame, text: str, height: int) -> None:
    (long, _), _ = cv2.getTextSize(text, _FONT, 1.0, 1)
    scale = min(0.55, (canvas.shape[1] - 12) / max(1, long))
    cv2.putText(canvas, text, (6, height + _STRIP_PX - 9), _FONT, scale, (0, 0, 0), 1, cv2.LINE_AA)


def _with_comment(jpeg: bytes, text: str) -> bytes:
    """Return *jpeg* with a comment (ITU-T T.81, B.2.4.5) after its first marker."""
    said = text.encode()[:1000]
    return jpeg[:2] + b"\xff\xfe" + (len(said) + 2).to_bytes(2, "big") + said + jpeg[2:]
