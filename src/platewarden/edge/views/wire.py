"""How the server hands a box the fingerprints of what its cameras are to see: a signed note, for this box alone."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from platewarden.edge.views.fingerprint import Fingerprint
from platewarden.ledger.checkpoint import Note, NoteError, SignerKey, VerifierKey

FORMAT: Final = "platewarden views 1"

_LINE: Final = re.compile(r"view ([-a-zA-Z0-9_]{1,40}) ([1-9][0-9]{0,17}) ([0-9]{1,4}) ([A-Za-z0-9+/=]+)")
_DAY: Final = 24 * 60
_FROM_NOON: Final = 4 * 60
"""Minutes before and after the sun is highest in which it is up at any season, as far north as the Canadian border."""


class ViewsError(ValueError):
    """Fingerprints are malformed, for another device, or not the server's."""


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What a camera is to see.

    Attributes:
        camera: Its code.
        statement: Number of the approved statement whose still it is taken of.
        noon: When the sun is highest there, in minutes after midnight UTC.
        fingerprint: That of the still.
    """

    camera: str
    statement: int
    noon: int
    fingerprint: Fingerprint

    def is_day(self, moment: datetime) -> bool:
        """Whether it is surely day there: at night, and by infrared light, the same street has other edges."""
        utc = moment.astimezone(UTC)
        apart = abs(60 * utc.hour + utc.minute - self.noon) % _DAY
        return min(apart, _DAY - apart) <= _FROM_NOON


def noon_at(longitude: float) -> int:
    """Return when the sun is highest at *longitude*, in minutes after midnight UTC, but for a quarter of an hour."""
    return round(_DAY / 2 - 4 * longitude) % _DAY


def views_note(references: Iterable[Reference], *, device: str, key: SignerKey) -> str:
    """Return *references* as the server hands them to *device*, signed."""
    lines = [FORMAT, f"device {device}"]
    for one in references:
        drawn = base64.b64encode(one.fingerprint.encode()).decode()
        lines.append(f"view {one.camera} {one.statement} {one.noon} {drawn}")
    return Note.sign("".join(f"{line}\n" for line in lines), key).encode()


def open_views(note: str, *, device: str, key: VerifierKey) -> dict[str, Reference]:
    """Return what *note* holds, by the codes of cameras, once *key* proves to have signed it.

    Raises:
        ViewsError: It was not, or is for another device, or not of this form.
    """
    try:
        parsed = Note.parse(note)
        parsed.verify([key])
    except NoteError as error:
        raise ViewsError(f"views: not the server's ({error})") from error
    head, about, *lines = [*parsed.text.splitlines(), ""]
    if head != FORMAT or about != f"device {device}":
        raise ViewsError("views: for another device, or of another form")
    return {one.camera: one for one in map(_reference, lines[:-1])}


def _reference(line: str) -> Reference:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ViewsError("views: of another form")
    try:
        fingerprint = Fingerprint.decode(base64.b64decode(found[4], validate=True))
    except (binascii.Error, ValueError) as error:
        raise ViewsError("views: of another form") from error
    return Reference(found[1], int(found[2]), int(found[3]), fingerprint)
