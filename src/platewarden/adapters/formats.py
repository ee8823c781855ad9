"""The formats by their keys, and how each device expects to be answered."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum
from typing import Final, NamedTuple, Protocol

from platewarden.adapters import (
    axis,
    csvfiles,
    dahua,
    flock,
    genetec,
    hikvision,
    openalpr,
    plain,
    platerecognizer,
)
from platewarden.adapters.layouts import OCCUPANT, Layout
from platewarden.adapters.results import AdaptedRead, Delivery, Encoded, Outcome
from platewarden.policy.cameras import CredentialStyle


class Encode(Protocol):
    """Whatever writes a read as a device would."""

    def __call__(self, read: AdaptedRead, *, zone: tzinfo) -> Encoded:
        """Return *read* as a device whose clock is of *zone* pushes it."""


class Answer(Enum):
    """What became of a delivery, as far as the device is concerned."""

    TAKEN = "taken"
    NEVER = "cannot be used, now or later"
    NOT_NOW = "could not be stored at the moment"


class Reply(NamedTuple):
    """What a device is answered."""

    status: int
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        key: As the register of cameras and the address have it.
        title: The maker's name for it.
        layouts: What of it is taken; more than one where it has variants, each with its name.
        decode: Makes reads of a delivery; raises `UnusableError` and nothing else.
        encode: Makes a delivery of a read.
        means: Members of a read that the format can carry.
        reply: How the device is answered.
        answers: The same in words, for the documentation.
        presents: How its devices can present a credential; of several ways the one that is best kept.
    """

    key: str
    title: str
    layouts: tuple[tuple[str, Layout], ...]
    decode: Callable[[Delivery], Outcome]
    encode: Encode
    means: frozenset[str]
    reply: Callable[[Answer], Reply]
    answers: str
    presents: CredentialStyle


_STATUS: Final = {Answer.TAKEN: 200, Answer.NEVER: 400, Answer.NOT_NOW: 503}


def _plainly(answer: Answer) -> Reply:
    content = json.dumps({"result": answer.name.lower()}).encode()
    return Reply(_STATUS[answer], "application/json", content)


def _without_repeat(answer: Answer) -> Reply:
    status = 503 if answer is Answer.NOT_NOW else 200
    return Reply(status, "application/json", json.dumps({"result": answer.name.lower()}).encode())


def _to_hikvision(answer: Answer) -> Reply:
    return Reply(_STATUS[answer], "text/plain", b"")


def _to_dahua(answer: Answer) -> Reply:
    is_done = answer is not Answer.NOT_NOW
    content = json.dumps({"result": "true" if is_done else "false", "message": answer.value}).encode()
    return Reply(200 if is_done else 503, "application/json", content)


_PLAIN_ANSWERS: Final = (
    "200 taken or ignored; 400 it can never be used; 503 it could not be stored, to be sent again later."
)
_QUEUED_ANSWERS: Final = (
    "200 also for what can never be used, because the device keeps and repeats what is refused; what was wrong is "
    "counted on the camera's page. 503 it could not be stored, to be sent again later."
)

_ALL: Final = (
    Format(
        openalpr.KEY,
        openalpr.TITLE,
        (("", openalpr.LAYOUT),),
        openalpr.decode,
        openalpr.encode,
        openalpr.MEANS,
        _without_repeat,
        _QUEUED_ANSWERS,
        CredentialStyle.PATH,
    ),
    Format(
        platerecognizer.KEY,
        platerecognizer.TITLE,
        (("older nesting", platerecognizer.OLDER), ("newer nesting", platerecognizer.NEWER)),
        platerecognizer.decode,
        platerecognizer.encode,
        platerecognizer.MEANS,
        _without_repeat,
        _QUEUED_ANSWERS,
        CredentialStyle.BEARER,
    ),
    Format(
        hikvision.KEY,
        hikvision.TITLE,
        (("", hikvision.LAYOUT),),
        hikvision.decode,
        hikvision.encode,
        hikvision.MEANS,
        _to_hikvision,
        _PLAIN_ANSWERS.replace(";", ", with an empty body;", 1),
        CredentialStyle.PATH,
    ),
    Format(
        dahua.KEY,
        dahua.TITLE,
        (("", dahua.LAYOUT),),
        dahua.decode,
        dahua.encode,
        dahua.MEANS,
        _to_dahua,
        '200 with `"result": "true"`, also for what can never be used: without it the device would repeat it for '
        'ever. 503 with `"result": "false"` when it could not be stored.',
        CredentialStyle.PATH,
    ),
    Format(
        axis.KEY,
        axis.TITLE,
        (("", axis.LAYOUT),),
        axis.decode,
        axis.encode,
        axis.MEANS,
        _plainly,
        _PLAIN_ANSWERS,
        CredentialStyle.BASIC,
    ),
    Format(
        genetec.KEY,
        genetec.TITLE,
        (("", genetec.LAYOUT),),
        genetec.decode,
        genetec.encode,
        genetec.MEANS,
        _plainly,
        _PLAIN_ANSWERS,
        CredentialStyle.PATH,
    ),
    Format(
        flock.KEY,
        flock.TITLE,
        (("", flock.LAYOUT),),
        flock.decode,
        flock.encode,
        flock.MEANS,
        _plainly,
        _PLAIN_ANSWERS,
        CredentialStyle.BEARER,
    ),
    Format(
        plain.KEY,
        plain.TITLE,
        (("", plain.LAYOUT),),
        plain.decode,
        plain.encode,
        plain.MEANS,
        _plainly,
        _PLAIN_ANSWERS,
        CredentialStyle.BEARER,
    ),
)

FORMATS: Final = {each.key: each for each in _ALL}
"""Formats that are pushed, by key."""


FILE_LAYOUTS: Final = (
    ("our own columns", csvfiles.OWN),
    ("Plate Recognizer Stream's columns", csvfiles.STREAM),
)
"""Formats of files."""

ABOUT_PEOPLE: Final = frozenset(
    name.replace(" ", "-")
    for _, layout in (*(each for one in _ALL for each in one.layouts), *FILE_LAYOUTS)
    for name, reason in layout.dropped.items()
    if reason == OCCUPANT
)
"""Under these names fields are counted that say something of the people in a vehicle."""


def presented_by(key: str) -> CredentialStyle:
    """Return how a camera of the format *key* can present its credential; what is our own, files too, by a header."""
    return FORMATS[key].presents if key in FORMATS else CredentialStyle.BEARER
