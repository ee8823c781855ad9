import time
from collections.abc import Iterator
from typing import Any

import pytest

from platewarden.edge import sending
from platewarden.edge.sending import MAX_WAITING, Sender
from platewarden.edge.upload import BATCH, Uploader, UploadError
from tests.edge.console import Console, running


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gather for a tenth of the time."""
    monkeypatch.setattr(sending, "GATHER_S", 0.1)
    monkeypatch.setattr(sending, "_PAUSE_S", 0.05)


@pytest.fixture
def console() -> Iterator[Console]:
    """A console that takes everything."""
    with running() as console:
        yield console


@pytest.fixture
def told() -> list[str]:
    """What the sender has said."""
    return []


def sender(console: Console, told: list[str], *, is_patient: bool = True) -> Sender:
    """A sender whose attempts follow each other at once."""
    return Sender(
        Uploader(console.address, "gate.secret", pause=0.001), is_patient=is_patient, tell=told.append
    )


def read(number: int) -> dict[str, Any]:
    """A read; what is in it does not matter here."""
    return {"capture_id": f"read-{number}"}


def put_for_long(outlet: Sender) -> None:
    """Go on putting reads until that is refused, at most for a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        outlet.put(read(2))
        time.sleep(0.01)


def test_a_single_read_is_sent_within_moments(console: Console, told: list[str]) -> None:
    """Nobody waits for a batch to fill."""
    outlet = sender(console, told)
    outlet.put(read(1))
    console.wait_for(1)
    outlet.close()
    assert console.batches == [[read(1)]]
    assert (outlet.waiting, dict(outlet.tally.outcomes), told) == (0, {"stored": 1}, [])


def test_reads_that_come_together_go_together(console: Console, told: list[str]) -> None:
    """In order, in batches of at most the limit."""
    outlet = sender(console, told)
    reads = [read(number) for number in range(2 * BATCH + 3)]
    for one in reads:
        outlet.put(one)
    outlet.close()
    assert console.reads == reads
    assert len(console.batches) <= 4


def test_a_patient_sender_keeps_reads_until_the_server_is_back(console: Console, told: list[str]) -> None:
    """Meanwhile it says what waits; nothing is lost or sent twice."""
    console.status, console.body = 503, b'{"message": "sealed"}'
    outlet = sender(console, told)
    outlet.put(read(1))
    while not told:
        time.sleep(0.01)
    outlet.put(read(2))
    console.status = 201
    console.wait_for(1)
    outlet.close()
    assert console.reads == [read(1), read(2)]
    assert "sealed; 1 read(s) wait" in told[0]


def test_a_sender_for_files_gives_up(console: Console, told: list[str]) -> None:
    """The files are still there; that nothing arrived is an error, at the latest when it is closed."""
    console.status, console.body = 502, b"<html>Bad gateway</html>"
    outlet = sender(console, told, is_patient=False)
    outlet.put(read(1))
    with pytest.raises(UploadError, match=r"it answers 502; 1 read\(s\) not submitted"):
        outlet.close()


def test_a_refusal_ends_it_at_once(console: Console, told: list[str]) -> None:
    """A credential that is not known will not be known later; whoever puts the next read is told."""
    console.status = 401
    outlet = sender(console, told)
    outlet.put(read(1))
    with pytest.raises(UploadError, match="does not know this credential"):
        put_for_long(outlet)
    with pytest.raises(UploadError, match="not submitted"):
        outlet.close()


def test_what_is_not_submitted_at_the_end_is_an_error(console: Console, told: list[str]) -> None:
    """Patience ends with the program: how many reads are lost with it is said."""
    console.status = 503
    outlet = sender(console, told)
    outlet.put(read(1))
    while not told:
        time.sleep(0.01)
    with pytest.raises(UploadError, match=r"1 read\(s\) not submitted"):
        outlet.close()


def test_too_many_waiting_reads_push_the_oldest_out(
    console: Console, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded; each loss is told, and the end is an error."""
    monkeypatch.setattr(sending, "MAX_WAITING", 3)
    console.status = 503
    outlet = sender(console, told)
    for number in range(5):
        outlet.put(read(number))
    assert outlet.waiting == 3
    assert any("2 read(s) lost, 3 are kept" in text for text in told)
    console.status = 201
    with pytest.raises(UploadError, match=r"2 read\(s\) were lost"):
        outlet.close()
    assert console.reads[-1] == read(4)
    assert MAX_WAITING > BATCH


def test_an_accident_in_the_thread_is_not_silent(
    console: Console, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ends the thread reaches who closes it."""
    monkeypatch.setattr(Uploader, "submit", lambda _self, _reads: 1 / 0)
    outlet = sender(console, told)
    outlet.put(read(1))
    with pytest.raises(ZeroDivisionError):
        outlet.close()
