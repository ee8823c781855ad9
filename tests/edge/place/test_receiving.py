"""Listening to a receiver: to a real gpsd where there is one, and to whatever a line may do."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from platewarden.edge.place import receiving
from platewarden.edge.place.fixes import Places
from platewarden.edge.place.receiving import Receiver, ReceiverError
from tests.edge.place.test_fixes import sentence
from tests.live import free_port

GPSD = shutil.which("gpsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
DRIVE = [
    sentence(f"GPRMC,1200{second:02d},A,4227.{second:03d},N,07630.198,W,26.0,350.2,040326,,,A")
    for second in range(20)
]


def eventually(holds: Callable[[], bool], *, within: float = 60.0) -> bool:
    """Whether it holds before the time is over."""
    until = time.monotonic() + within
    while not (done := holds()) and time.monotonic() < until:
        time.sleep(0.02)
    return done


@pytest.fixture
def listening() -> Iterator[Callable[[str], tuple[Places, list[str]]]]:
    """Listen to an address until the test is over."""
    begun = []

    def listen(address: str) -> tuple[Places, list[str]]:
        places, told = Places(), list[str]()
        receiver = Receiver(address, places, told.append)
        begun.append((receiver, receiver.start()))
        return places, told

    yield listen
    for receiver, thread in begun:
        receiver.stop.set()
        thread.join(10)


@pytest.mark.clause("CAP-5")
@pytest.mark.skipif(GPSD is None, reason="no gpsd on this machine")
def test_a_real_gpsd_tells_where_the_car_is(
    listening: Callable[[str], tuple[Places, list[str]]],
) -> None:
    """It reads a receiver on a serial line, here one end of a pseudo-terminal."""
    port = free_port()
    ours, theirs = os.openpty()
    gpsd = subprocess.Popen([str(GPSD), "-N", "-n", "-S", str(port), os.ttyname(theirs)])
    done = threading.Event()

    def drive() -> None:
        while not done.is_set():
            for line in DRIVE:
                os.write(ours, f"{line}\r\n".encode())
                if done.wait(0.05):
                    return

    driving = threading.Thread(target=drive, daemon=True)
    driving.start()
    try:
        places, _ = listening(f"gpsd://127.0.0.1:{port}")
        assert eventually(lambda: places.last() is not None)
        last = places.last()
        assert last is not None
        assert last.latitude == pytest.approx(42.45, abs=0.02)
        assert last.longitude == pytest.approx(-76.5033)
    finally:
        done.set()
        driving.join(5)
        gpsd.terminate()
        gpsd.wait(10)
        os.close(ours)
        os.close(theirs)


def test_a_serial_line_is_read_without_gpsd(
    tmp_path: Path, listening: Callable[[str], tuple[Places, list[str]]]
) -> None:
    """Noise on it is passed over."""
    line = tmp_path / "receiver"
    line.write_bytes(b"\xff\xfe\n" + "\n".join(["$GPRMC,half", *DRIVE, ""]).encode())
    places, told = listening(str(line))
    assert eventually(lambda: places.last() is not None)
    assert eventually(lambda: bool(told))
    assert "lost" in told[0]


def test_a_receiver_that_is_not_there_is_said_once_and_asked_again(
    monkeypatch: pytest.MonkeyPatch, listening: Callable[[str], tuple[Places, list[str]]]
) -> None:
    """When it is back, that is said too."""
    monkeypatch.setattr(receiving, "_AGAIN_S", 0.05)
    port = free_port()
    places, told = listening(f"gpsd://127.0.0.1:{port}")
    assert eventually(lambda: len(told) == 1)
    fix = b'{"class":"TPV","mode":2,"time":"2026-03-04T12:00:00Z","lat":42.4,"lon":-76.5}\n'

    def is_told(server: socket.socket) -> bool:
        line, _ = (
            server.accept()
        )  # the receiver may be gone again: it waits for no longer than between attempts
        with line, suppress(OSError):
            line.sendall(fix)
        return eventually(lambda: places.last() is not None, within=0.2)

    with socket.create_server(("127.0.0.1", port)) as server:
        server.settimeout(60)
        assert eventually(lambda: is_told(server))
    assert [text.partition(" (")[0] for text in told[:2]] == ["the receiver is lost", "the receiver is back"]


def test_an_address_of_another_form_is_refused() -> None:
    """At the start, not on the road."""
    with pytest.raises(ReceiverError, match="gpsd://HOST"):
        Receiver("http://127.0.0.1", Places(), print)
