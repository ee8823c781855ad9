"""What the pages on devices show: whether each is heard of, what waits on it, what it lost, how its clock is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from platewarden.cameras.models import Camera
from platewarden.devices import actions
from platewarden.devices.models import Device, DeviceKey, DeviceState
from platewarden.edge.settings import Settings, SourceSettings
from platewarden.policy.devices import is_clock_doubtful
from platewarden.policy.parameters import Parameters
from platewarden.reads.clocks import offset_in_words
from platewarden.site.components import Badge

_MISSED: Final = 5
"""So many reports may fail to come before a device is said not to report."""

_LOST: Final = {
    "dropped_non_hits": "gave way: no room, hit nothing",
    "dropped_hits": "gave way: no room, were hits",
    "expired": "reached the end of their time",
    "damaged": "altered on the device's disk",
    "refused": "refused by this server",
    "lost": "no room even for themselves",
}


@dataclass(frozen=True, slots=True)
class DeviceSheet:
    """One device as it stands now."""

    device: Device
    state: DeviceState
    cameras: list[Camera]
    settings: Settings
    settings_version: int
    is_clock_doubtful: bool
    now: datetime

    @property
    def report(self) -> dict[str, Any]:
        """What it last said; empty where it never said anything."""
        report: dict[str, Any] = self.state.report
        return report

    @property
    def is_silent(self) -> bool:
        """Whether it has not reported for so long that somebody should look."""
        heard = self.state.reported_at
        return heard is None or self.now - heard > timedelta(seconds=_MISSED * self.settings.report_seconds)

    @property
    def badge(self) -> Badge:
        """Whether it works; a device that says nothing is never called healthy."""
        if self.device.revoked_at is not None:
            told = "Revoked, and told" if self.device.told_at else "Revoked, not told yet"
            return Badge(told, "warning", "warning")
        if self.is_silent:
            return Badge("Does not report", "warning", "question")
        if self.is_clock_doubtful:
            return Badge("Clock off" if self.clock else "Clock not compared", "warning", "clock")
        return Badge("Reporting", "plain", "check")

    @property
    def lost(self) -> list[tuple[str, int]]:
        """Reads that never got here, by what became of them, since the device was set up."""
        counters = self.report.get("counters", {})
        return [(words, counters[name]) for name, words in _LOST.items() if counters.get(name)]

    @property
    def lost_in_all(self) -> int:
        """How many that is."""
        return sum(count for _, count in self.lost)

    @property
    def megabytes(self) -> float:
        """What waits on it, in megabytes."""
        return float(round(self.report.get("spool", {}).get("bytes", 0) / 1e6, 1))

    @property
    def clock(self) -> str:
        """How far its clock is from ours, in words; empty where nobody has compared them."""
        offset = self.report.get("clock_offset_seconds")
        return "" if offset is None else offset_in_words(offset)

    @property
    def has_settings(self) -> bool:
        """Whether it works by the settings that it is to have."""
        return bool(self.report.get("settings_version", 0) == self.settings_version)

    @property
    def sources(self) -> list[tuple[Camera, SourceSettings]]:
        """Its cameras, with what of each is looked at."""
        return [(camera, self.settings.of_source(camera.code)) for camera in self.cameras]

    @property
    def keys(self) -> list[DeviceKey]:
        """Its public keys, the one in use first."""
        return list(self.device.keys.all())


def sheet_of(device: Device, *, parameters: Parameters, now: datetime) -> DeviceSheet:
    """Return *device* as a sheet."""
    held = device.settings.first()
    state = device.state
    doubtful = bool(state.report) and is_clock_doubtful(
        state.report.get("clock_offset_seconds"), parameters=parameters
    )
    return DeviceSheet(
        device=device,
        state=state,
        cameras=list(actions.cameras_of(device, now=now)),
        settings=actions.settings_of(device),
        settings_version=held.version if held else 1,
        is_clock_doubtful=doubtful,
        now=now,
    )
