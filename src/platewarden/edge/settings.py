"""What the agency may set on a device from afar: a closed list, bounded, numbered and signed by the server."""

import re
from dataclasses import dataclass
from typing import Any, Final, Self

from platewarden.edge.gate import LONGEST_REST_S, SHARE, Looking, Region, RegionError
from platewarden.ledger.checkpoint import Note, NoteError, SignerKey, VerifierKey

FORMAT: Final = "platewarden settings 1"
FORMAT_OF_SOURCES: Final = "platewarden settings 2"
"""With lines about sources. A box that does not know them refuses the whole, says so, and keeps what it has."""

MOST_HOURS: Final = 30 * 24
"""Longer than the policy keeps a read nothing is kept (RET-1), whatever anybody sets."""

BOUNDS: Final = {
    "least_confidence": (0, 100),
    "spool_megabytes": (16, 1_000_000),
    "retention_hours": (1, MOST_HOURS),
    "batch": (1, 100),
    "report_seconds": (5, 3600),
}


BOUNDS_OF_A_SOURCE: Final = {"rest_ms": (100, 10_000), "share": (1, 1000)}

MOST_REGION: Final = 400
"""Characters of a region as it is handed out; some forms in which it may be typed are shorter than that."""

_SOURCE: Final = re.compile(
    r"source ([-a-zA-Z0-9_]{1,40}) rest_ms ([0-9]{1,9}) share ([0-9]{1,9}) region (-|[0-9.,;]{1,400})"
)
_SHARES: Final = 10_000


class SettingsError(ValueError):
    """Settings are malformed, out of bounds, for another device, older than those in use, or not the server's."""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What of one source is looked at.

    Attributes:
        camera: Code of its camera.
        rest_ms: So often at least a frame is looked at though nothing moves, in milliseconds.
        share: So many ten-thousandths of the picture must change for one to be looked at sooner.
        region: Where plates are read; None for what the box's own file says, or the whole picture.
    """

    camera: str
    rest_ms: int = round(1000 * LONGEST_REST_S)
    share: int = round(_SHARES * SHARE)
    region: Region | None = None

    def __post_init__(self) -> None:
        """Refuse what is out of bounds."""
        for name, (least, most) in BOUNDS_OF_A_SOURCE.items():
            if not least <= getattr(self, name) <= most:
                raise SettingsError(f"{name}: {least} to {most}")
        if self.region is not None and len(self.region.text) > MOST_REGION:
            raise SettingsError("region: has too many corners")

    @classmethod
    def of(cls, camera: str, values: dict[str, Any]) -> Self:
        """Return the settings of the source of *camera* with *values*; raises SettingsError as `Settings.of` does."""
        if set(values) != {*BOUNDS_OF_A_SOURCE, "region"}:
            raise SettingsError(f"sources: exactly {', '.join(BOUNDS_OF_A_SOURCE)} and region")
        try:
            region = Region.parse(values["region"]) if values["region"] else None
        except RegionError as error:
            raise SettingsError(f"region: {error}") from error
        return cls(camera, int(values["rest_ms"]), int(values["share"]), region)

    def values(self) -> dict[str, Any]:
        """Return them by name."""
        region = self.region.text if self.region else ""
        return {"rest_ms": self.rest_ms, "share": self.share, "region": region}

    @property
    def looking(self) -> Looking:
        """The same, as the gate takes it."""
        return Looking(self.region, self.rest_ms / 1000, self.share / _SHARES)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a device works; the values here hold until others come.

    Attributes:
        least_confidence: Percent; a read less sure is not kept.
        spool_megabytes: So much the reads on disk may take.
        retention_hours: A read that could not be submitted goes after so long.
        batch: Reads in one submission.
        report_seconds: How often it says how it fares.
        sources: What of each source is looked at, where that is set; others are as the program has it.
    """

    least_confidence: int = 30
    spool_megabytes: int = 4096
    retention_hours: int = MOST_HOURS
    batch: int = 20
    report_seconds: int = 60
    sources: tuple[SourceSettings, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is out of bounds."""
        for name, (least, most) in BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise SettingsError(f"{name}: {least} to {most}")

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Return the settings with *values*, all of them and no others; ``sources``, by camera, may be missing.

        Raises:
            SettingsError: A name is missing or strange, or a value out of bounds.
        """
        numbers = {name: value for name, value in values.items() if name != "sources"}
        if set(numbers) != set(BOUNDS):
            raise SettingsError(f"settings: exactly {', '.join(BOUNDS)}")
        sources = [SourceSettings.of(camera, said) for camera, said in values.get("sources", {}).items()]
        sources.sort(key=lambda source: source.camera)
        return cls(**{name: int(value) for name, value in numbers.items()}, sources=tuple(sources))

    def numbers(self) -> dict[str, int]:
        """Return what is set for the whole device, by name."""
        return {name: int(getattr(self, name)) for name in BOUNDS}

    def values(self) -> dict[str, Any]:
        """Return all settings by name, ready for JSON; without ``sources`` where nothing is set for any."""
        sources = {source.camera: source.values() for source in self.sources}
        return {**self.numbers(), **({"sources": sources} if sources else {})}

    def of_source(self, camera: str) -> SourceSettings:
        """Return what is set for the source of *camera*, or what the program has where nothing is."""
        return next((source for source in self.sources if source.camera == camera), SourceSettings(camera))


def settings_note(settings: Settings, *, device: str, version: int, key: SignerKey) -> str:
    """Return *settings* as the server hands them out, signed."""
    head = FORMAT_OF_SOURCES if settings.sources else FORMAT
    lines = [head, f"device {device}", f"version {version}"]
    lines += [f"{name} {value}" for name, value in settings.numbers().items()]
    lines += [_line_of(source) for source in settings.sources]
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
    if head not in {FORMAT, FORMAT_OF_SOURCES} or about != f"device {device}" or version is None:
        raise SettingsError("settings: for another device, or of another form")
    if int(version[1]) < least_version:
        raise SettingsError(f"settings: version {version[1]} is older than {least_version}, which was in use")
    numbers, of_sources = lines[: len(BOUNDS)], lines[len(BOUNDS) : -2]
    pairs = [re.fullmatch(r"([a-z_]+) ([0-9]{1,9})", line) for line in numbers]
    sources = [_SOURCE.fullmatch(line) for line in of_sources]
    if None in pairs or None in sources or bool(sources) != (head == FORMAT_OF_SOURCES):
        raise SettingsError("settings: of another form")
    values: dict[str, Any] = {pair[1]: int(pair[2]) for pair in pairs if pair}
    values["sources"] = {
        found[1]: {"rest_ms": found[2], "share": found[3], "region": found[4].strip("-")}
        for found in sources
        if found
    }
    return int(version[1]), Settings.of(values)


def _line_of(source: SourceSettings) -> str:
    region = source.region.text if source.region else "-"
    return f"source {source.camera} rest_ms {source.rest_ms} share {source.share} region {region}"
