"""Listening to gpsd, or to a receiver on a serial line, for as long as the agent runs."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from platewarden.edge.place.fixes import Fix, Places, parse_gpsd, parse_nmea

WATCH: Final = b'?WATCH={"enable":true,"json":true};\n'
GPSD_PORT: Final = 2947

_AGAIN_S: Final = 5.0
_LONGEST_LINE: Final = 1 << 14


class ReceiverError(ValueError):
    """The address of a receiver is not of a form known here."""


def check_address(address: str) -> None:
    """Refuse an address of a receiver that is of no form known here.

    Raises:
        ReceiverError: It is not.
    """
    if "://" in address and not address.startswith("gpsd://"):
        raise ReceiverError("the receiver is gpsd://HOST[:PORT] or the path of a serial device")


@dataclass(slots=True)
class Receiver:
    """A thread that notes where the car is.

    Attributes:
        address: ``gpsd://host[:port]``, or the path of a serial device or file that gives NMEA 0183.
        places: Where fixes are noted.
        tell: Takes a message when the receiver is lost, and when it is back.
    """

    address: str
    places: Places
    tell: Callable[[str], None]
    stop: threading.Event = field(default_factory=threading.Event)
    _is_lost: bool = False

    def __post_init__(self) -> None:
        """Refuse an address of another form."""
        check_address(self.address)

    def start(self) -> threading.Thread:
        """Begin to listen."""
        thread = threading.Thread(target=self._run, daemon=True, name="receiver")
        thread.start()
        return thread

    def _run(self) -> None:
        while not self.stop.is_set():
            try:
                self._listen()
                reason = "it says nothing more"
            except OSError as error:
                reason = error.strerror or type(error).__name__
            if not self._is_lost and not self.stop.is_set():
                self.tell(f"the receiver is lost ({reason}): reads have no place until it is back")
                self._is_lost = True
            self.stop.wait(_AGAIN_S)

    def _listen(self) -> None:
        if self.address.startswith("gpsd://"):
            self._listen_to_gpsd()
        else:
            self._listen_to_line()

    def _listen_to_gpsd(self) -> None:
        host, _, port = self.address.removeprefix("gpsd://").partition(":")
        with socket.create_connection((host, int(port or GPSD_PORT)), timeout=_AGAIN_S) as line:
            line.sendall(WATCH)
            waiting = b""
            while not self.stop.is_set() and (chunk := line.recv(4096)):
                *lines, waiting = (waiting + chunk).split(b"\n")
                waiting = waiting[-_LONGEST_LINE:]
                for text in lines:
                    self._note(parse_gpsd(text))

    def _listen_to_line(self) -> None:
        with Path(self.address).open("rb", buffering=0) as line:
            waiting = b""
            while not self.stop.is_set() and (chunk := line.read(512)):
                *lines, waiting = (waiting + chunk).split(b"\n")
                waiting = waiting[-_LONGEST_LINE:]
                for text in lines:
                    with suppress(UnicodeDecodeError):
                        self._note(parse_nmea(text.decode("ascii")))

    def _note(self, fix: Fix | None) -> None:
        if fix is None:
            return
        if self._is_lost:
            self.tell("the receiver is back")
            self._is_lost = False
        self.places.note(fix)
