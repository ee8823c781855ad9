"""`--position` of `platewarden capture`: where a camera was when it read, said once or told by a receiver."""

import re
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import click

from platewarden.edge.place.fixes import Places
from platewarden.edge.place.receiving import Receiver, ReceiverError, check_address
from platewarden.edge.upload import Tally

if TYPE_CHECKING:
    from platewarden.commands.capture import Outlet

Where = Callable[[datetime], dict[str, float] | None]
"""Says the position at a moment, as reads carry it; None where nobody knows."""

_DEGREES: Final = re.compile(r"\s*([-+]?\d{1,3}(?:\.\d+)?)\s*,\s*([-+]?\d{1,3}(?:\.\d+)?)\s*")
_POLE: Final = 90
_DATE_LINE: Final = 180
_PLACES: Final = 6


class Whereabouts(click.ParamType[str | tuple[float, float]]):
    """Two numbers, or the address of a receiver."""

    name = "position"

    def convert(
        self, value: str | tuple[float, float], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | tuple[float, float]:
        """Return latitude and longitude, or the receiver's address, that *value* says."""
        if isinstance(value, tuple):
            return value
        if found := _DEGREES.fullmatch(value):
            latitude, longitude = float(found[1]), float(found[2])
            if abs(latitude) > _POLE or abs(longitude) > _DATE_LINE:
                self.fail("is no place on earth: latitude comes first, e.g. 42.4512,-76.5033", param, ctx)
            return latitude, longitude
        if "/" not in value:
            self.fail("is neither LAT,LON in degrees nor gpsd://HOST nor the path of a receiver", param, ctx)
        try:
            check_address(value)
        except ReceiverError as error:
            self.fail(str(error), param, ctx)
        return value


class Placed:
    """An outlet that says of each read where it was made, before another takes it."""

    def __init__(self, outlet: "Outlet", where: Where) -> None:
        """Hand on to *outlet*; *where* is asked with the moment of each read."""
        self._outlet, self._where = outlet, where

    @property
    def waiting(self) -> int:
        """How many reads the other has taken and is not done with."""
        return self._outlet.waiting

    @property
    def tally(self) -> Tally:
        """What became of those it is done with."""
        return self._outlet.tally

    def put(self, read: dict[str, Any]) -> None:
        """Hand *read* on with its position; without one where nobody knows it: none is made up."""
        position = self._where(datetime.fromisoformat(read["seen_at"]))
        self._outlet.put(read if position is None else read | {"position": position})

    def close(self) -> None:
        """Let the other be done with all it has taken."""
        self._outlet.close()


def where_of(
    position: str | tuple[float, float], tell: Callable[[str], None], stop: threading.Event
) -> Where:
    """Return what says where a camera is; where *position* is a receiver's address, it is listened to until *stop*."""
    if isinstance(position, tuple):
        latitude, longitude = position
        return lambda _moment: _said(latitude, longitude)
    places = Places()
    Receiver(position, places, tell, stop).start()
    return by(places)


def by(places: Places) -> Where:
    """Return what says where a camera is by the fixes in *places*."""

    def where(moment: datetime) -> dict[str, float] | None:
        fix = places.at(moment)
        return _said(fix.latitude, fix.longitude) if fix else None

    return where


def _said(latitude: float, longitude: float) -> dict[str, float]:
    return {"latitude": round(latitude, _PLACES), "longitude": round(longitude, _PLACES)}
