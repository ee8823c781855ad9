"""What the agency may set on a device from afar: a closed list, bounded, numbered and signed by the server."""

import re
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from platewarden.ledger.checkpoint import Note, NoteError, SignerKey, VerifierKey

FORMAT: Final = "platewarden settings 1"

MOST_HOURS: Final = 30 * 24
"""Longer than the policy keeps a read nothing is kept (RET-1), whatever anybody sets."""

BOUNDS: Final = {
    "least_confidence": (0, 100),
    "spool_megabytes": (16, 1_000_000),
    "retention_hours": (1, MOST_HOURS),
    "batch": (1, 100),
    "report_seconds": (5, 3600),
}


class SettingsError(ValueError):
    """Settings are malformed, out of bounds, for another device, older than those in use, or not the server's."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a device works; the values here hold until others come.

    Attributes:
        least_confidence: Percent; a read less sure is not kept.
        spool_megabytes: So much the reads on disk may take.
        retention_hours: A read that could not be submitted goes after so long.
        batch: Reads in one submission.
        report_seconds: How often it says how it fares.
    """

    least_confidence: int = 30
    spool_megabytes: int = 4096
    retention_hours: int = MOST_HOURS
    batch: int = 20
    report_seconds: int = 60

    def __post_init__(self) -> None:
        """Refuse what is out of bounds."""
        for name, (least, most) in BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise SettingsError(f"{name}: {least} to {most}")

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Return the settings with *values*, all of them and no others.

        Raises:
            SettingsError: A name is missing or strange, or a value out of bounds.
        """
        if set(values) != set(BOUNDS):
            raise SettingsError(f"settings: exactly {', '.join(BOUNDS)}")
        return cls(**{name: int(value) for name, value in values.items()})

    def values(self) -> dict[str, int]:
        """Return the settings by name."""
        return {field.name: int(getattr(self, field.name)) for field in fields(self)}


def settings_note(settings: Settings, *, device: str, version: int, key: SignerKey) -> str:
    """Return *settings* as the server hands them out, signed."""
    lines = [FORMAT, f"device {device}", f"version {version}"]
    lines += [f"{name} {value}" for name, value in settings.values().items()]
    return Note.sign("".join(f"{line}\n" for line in lines), key).encode()


def open_settings(note: str, *, device: str, key: VerifierKey, least_version: int) -> tuple[int, Settings]:
    """Return version and settings of *note*, once *key* proves to have signed it.

    Raises:
        SettingsError: It was not, or is for another device, older than *least_version*, or not of this form.
    """
    try:
        parsed = Note.parse(note)
        parsed.verify([key])
    except NoteError as error:
        raise SettingsError(f"settings: not the server's ({error})") from error
    head, about, numbered, *lines = [*parsed.text.splitlines(), "", ""]
    version = re.fullmatch(r"version ([1-9][0-9]{0,8})", numbered)
    if head != FORMAT or about != f"device {device}" or version is None:
        raise SettingsError("settings: for another device, or of another form")
    if int(version[1]) < least_version:
        raise SettingsError(f"settings: version {version[1]} is older than {least_version}, which was in use")
    pairs = [re.fullmatch(r"([a-z_]+) ([0-9]{1,9})", line) for line in lines[:-2]]
    if None in pairs or len(pairs) != len(BOUNDS):
        raise SettingsError("settings: of another form")
    return int(version[1]), Settings.of({pair[1]: int(pair[2]) for pair in pairs if pair})
