import sys

import pytest

from platewarden.commands.progress import Progress


def test_somebody_who_watches_sees_one_line_refreshed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line takes the place of the one before; messages and results stand on lines of their own."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    progress = Progress()
    progress.show("1 frame")
    progress.show("2 frames")
    progress.say("no frame for 5 s")
    progress.print("{}")
    progress.end("3 frames")
    out, err = capsys.readouterr()
    assert out == "{}\n"
    assert err == (
        "\r\033[K1 frame\r\033[K2 frames\r\033[Kno frame for 5 s\n2 frames\r\033[K2 frames\r\033[K3 frames\n"
    )


def test_a_log_has_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal nothing is refreshed."""
    progress = Progress()
    progress.show("1 frame")
    progress.say("no frame for 5 s")
    progress.print("{}")
    progress.end("3 frames")
    assert capsys.readouterr() == ("{}\n", "1 frame\nno frame for 5 s\n3 frames\n")


def test_lines_are_due_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice a second where somebody watches, twice a minute in a log."""
    now_s = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now_s)
    in_log = Progress()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    watched = Progress()
    now_s += 1
    assert (watched.is_due, in_log.is_due) == (True, False)
    watched.show("1 frame")
    assert not watched.is_due
    now_s += 30
    assert in_log.is_due
