"""Which light a photograph was taken in, told roughly from the picture alone."""

from typing import Final

import cv2
import numpy as np

from platewarden.recognition.types import Frame

DAY, DUSK, NIGHT, INFRARED = "day", "dusk", "night", "infrared"
LIGHTS: Final = (DAY, DUSK, NIGHT, INFRARED)

DUSK_BELOW: Final = 62.0
NIGHT_BELOW: Final = 40.0
"""Mean brightness, 0-255, below which a photograph counts as taken at dusk, and at night."""

COLOURLESS_BELOW: Final = 3.0
"""Mean distance of the strongest colour from the weakest, 0-255, below which a picture has no colours."""

_SIZE_WH: Final = (160, 120)
_GREY_BGR: Final = np.array([0.114, 0.587, 0.299], np.float32)


def light_of(frame: Frame) -> str:
    """Return one of `LIGHTS` for *frame*, (H, W, 3) uint8 BGR.

    Dark without colours is taken for infrared; bright without colours for day, as old black and white cameras
    see it. Where it matters, the labels should say it.
    """
    small = cv2.resize(frame, _SIZE_WH, interpolation=cv2.INTER_AREA).astype(np.float32)
    bright = float((small @ _GREY_BGR).mean())
    if bright >= DUSK_BELOW:
        return DAY
    if float((small.max(axis=2) - small.min(axis=2)).mean()) < COLOURLESS_BELOW:
        return INFRARED
    return NIGHT if bright < NIGHT_BELOW else DUSK
