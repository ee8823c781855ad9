"""Lettering that is no plate: words, numbers and the letters they are set in."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from platewarden.rendering.colours import Picture
from platewarden.rendering.lettering import word

_WORDS: Final = (
    "POLICE", "SHERIFF", "TAXI", "AMBULANCE", "FIRE", "RESCUE", "TURBO", "SPORT", "LIMITED", "QUATTRO",
    "HYBRID", "DIESEL", "AUTO", "SALES", "MOTORS", "CLASSIC", "GARAGE", "BAKERY", "MARKET", "PHARMACY",
    "HOTEL", "OPEN", "EXIT", "ONLY", "STOP", "PARKING", "NO", "ENTRY", "SPEED", "LIMIT", "AVENUE", "STREET",
    "BRIDGE", "NORTH", "SOUTH", "SCHOOL", "BUS", "EXPRESS", "DELIVERY", "MOVING", "PLUMBING", "ELECTRIC",
    "ROOFING", "COUNTY", "STATE", "PARK", "PIZZA", "COFFEE", "BABY", "BOARD", "VOTE", "PEACE", "FAMILY",
    "COEXIST", "RESIST", "MARATHON", "UNIVERSITY", "COLLEGE", "ALUMNI", "TEAM", "RACING", "SUPERCHARGED",
    "LONG", "VEHICLE", "KEEP", "BACK", "DEALER", "CHEVROLET", "TOYOTA", "HONDA", "NISSAN", "SUBARU", "FORD",
    "JEEP", "DODGE", "OF", "THE", "AND", "SONS", "INC", "LLC", "CAMERA", "LANE", "REAR", "FRONT",
)  # fmt: skip

_FACES: Final = tuple(range(8))
"""OpenCV's own letters, plain, serif and handwriting."""


def random_words(rng: np.random.Generator) -> str:
    """Return what may stand on a car or beside a road: words, a telephone number, an address, a date."""
    kind = rng.random()
    if kind < 0.6:
        return " ".join(rng.choice(_WORDS, int(rng.integers(1, 4))))
    if kind < 0.75:
        return f"{rng.integers(200, 999)}-{rng.integers(200, 999)}-{rng.integers(0, 9999):04}"
    if kind < 0.85:
        return f"www.{str(rng.choice(_WORDS)).lower()}{str(rng.choice(_WORDS)).lower()}.com"
    return str(rng.integers(1, 9999))


def random_stamp(rng: np.random.Generator) -> str:
    """Return what a recorder writes into its pictures: a date and time, a camera's name, a speed."""
    date = f"{rng.integers(2008, 2027)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"
    time = f"{rng.integers(0, 24):02}:{rng.integers(0, 60):02}:{rng.integers(0, 60):02}"
    return str(
        rng.choice([f"{date} {time}", f"CAM {rng.integers(1, 20):02}", f"{rng.integers(10, 90)} MPH  {time}"])
    )


def lettered(rng: np.random.Generator, text: str, height_px: int) -> Picture:
    """Return *text* as a mask, (height_px, w) uint8, in a letter taken at random."""
    if rng.random() < 0.5:
        boldness = int(rng.integers(0, 8))
        lean = 0.25 if rng.random() < 0.2 else 0.0
        mask = word(text, height_px, max_width_px=2000, boldness=boldness, lean=lean)
    else:
        mask = _stroked(text, int(rng.choice(_FACES)), int(rng.integers(1, 6)))
    wide = max(1, round(mask.shape[1] * height_px / mask.shape[0] * rng.uniform(0.7, 1.15)))
    return np.asarray(cv2.resize(mask, (wide, height_px), interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=2000)
def _stroked(text: str, face: int, thickness: int) -> Picture:
    (wide, high), base = cv2.getTextSize(text, face, 1.2, thickness)
    page = np.zeros((high + base + 12, wide + 12), np.uint8)
    cv2.putText(page, text, (6, high + 6), face, 1.2, 255, thickness, cv2.LINE_AA)
    x, y, w, h = cv2.boundingRect(page)
    return page[y : y + max(h, 4), x : x + max(w, 4)]
