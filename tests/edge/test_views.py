"""Whether a source still sees what its approved still shows: what a fingerprint tells, and when a box looks."""

from datetime import datetime, timedelta

import cv2
import numpy as np
import pytest

from platewarden.edge.sources import VideoFrame
from platewarden.edge.views.fingerprint import (
    BYTES,
    COLUMNS,
    Fingerprint,
    View,
    compare,
    fingerprint_of,
    judge,
    small_grey,
)
from platewarden.edge.views.looking import AGAIN_S, BETWEEN_S, EVERY_S, FRAMES, Lookout
from platewarden.edge.views.wire import Reference, ViewsError, noon_at, open_views, views_note
from platewarden.ledger.checkpoint import SignerKey
from platewarden.recognition.types import Frame
from tests.conftest import NOW

NOON = NOW.replace(hour=17, minute=6)
"""When the sun is highest over 76.5 degrees west."""


def street(seed: int = 5, *, across: int = 0) -> Frame:
    """Roofs, kerbs and signs at all angles, so many pixels further to the left: 640 by 360."""
    chance = np.random.default_rng(seed)
    wide = np.full((360, 900, 3), 90, np.uint8)
    for _ in range(80):
        middle = chance.integers(0, (900, 360))
        corners = middle + chance.integers(-50, 50, (4, 2))
        cv2.fillConvexPoly(
            wide, cv2.convexHull(corners.astype(np.int32)), [int(chance.integers(20, 235))] * 3
        )
    return wide[:, 130 + across : 770 + across]


def mark(picture: Frame) -> Fingerprint:
    """Its fingerprint."""
    return fingerprint_of(small_grey(picture))


@pytest.mark.clause("CAP-1")
def test_the_same_view_fits_in_half_the_light_and_another_does_not() -> None:
    """Nor does one that shifted by a twentieth of the width; of a bare road, or of darkness, nothing is said."""
    reference = Fingerprint.decode(mark(street()).encode())
    assert judge(reference, mark(street() // 2 + 20))[0] is View.FITS
    said, fit = judge(reference, mark(street(across=32)))
    assert said is View.DIFFERS
    assert fit is not None
    assert fit.shift == pytest.approx(0.05, abs=0.006)
    assert judge(reference, mark(street(6)))[0] is View.DIFFERS
    for nothing in (np.full_like(street(), 90), street() // 40):
        assert judge(reference, mark(nothing)) == (View.UNKNOWN, None)
    assert judge(mark(np.full_like(street(), 90)), mark(street())) == (View.UNKNOWN, None)


@pytest.mark.clause("CAP-1")
def test_a_vehicle_before_a_part_of_the_view_is_no_move() -> None:
    """What it hides is not found; the rest is, where it was."""
    covered = street().copy()
    covered[120:360, 160:480] = 60  # the side of a lorry
    fit = compare(mark(street()), mark(covered))
    assert 0.5 < fit.share < 1
    assert fit.shift < 0.01


@pytest.mark.clause("CAP-3")
def test_a_fingerprint_is_too_coarse_for_a_plate_or_a_face() -> None:
    """One that is turned upside down within a cell, or written over, leaves the fingerprint as good as unchanged."""
    assert len(mark(street()).encode()) == BYTES
    assert 640 / COLUMNS > 13  # a plate 13 pixels high, of a picture so wide, lies within one cell
    one, other = street().copy(), street().copy()
    for picture, text in ((one, "KAB4821"), (other, "WXM7703")):
        cv2.putText(picture, text, (300, 250), cv2.FONT_HERSHEY_SIMPLEX, 0.3, (255, 255, 255), 1)
    apart = np.abs(mark(one).cells - mark(other).cells)
    assert (apart > 0.1).mean() < 0.001
    with pytest.raises(ValueError, match="3888 bytes"):
        Fingerprint.decode(b"short")


def looked(lookout: Lookout, picture: Frame, at_s: float, *, seen_at: datetime = NOON) -> float:
    """One look of *lookout*, all of whose frames show *picture*; return when it ended."""
    for index in range(FRAMES):
        at = at_s + index * BETWEEN_S
        lookout.see(VideoFrame(picture, seen_at, at, index))
    return at_s + (FRAMES - 1) * BETWEEN_S


def state(lookout: Lookout) -> tuple[str, int]:
    """What it says, and the statement that it says it of."""
    said = lookout.as_json()
    assert said is not None
    return said["state"], said["statement"]


@pytest.mark.clause("CAP-1")
def test_three_looks_in_a_row_say_that_a_view_differs() -> None:
    """Each an hour apart, or ten minutes after one that differs; what drives through is in no look."""
    lookout = Lookout()
    lookout.see(VideoFrame(street(), NOON, 0, 0))
    assert lookout.as_json() is None
    lookout.reference = Reference("route-13", 7, noon_at(-76.5), mark(street()))
    lookout.see(VideoFrame(street(6), NOON, 1, 0))  # one frame of seven: a lorry
    at = looked(lookout, street(), 1 + BETWEEN_S) - BETWEEN_S
    assert state(lookout) == ("fits", 7)
    looked(lookout, street(6), at + EVERY_S / 2)
    assert state(lookout) == ("fits", 7), "it was not yet time to look"
    for said in ("unknown", "unknown", "differs"):
        at = looked(lookout, street(6), at + (EVERY_S if at < EVERY_S else AGAIN_S))
        assert state(lookout)[0] == said
    looked(lookout, street(), at + AGAIN_S)
    assert state(lookout)[0] == "fits"
    lookout.reference = Reference("route-13", 8, noon_at(-76.5), mark(street(6)))
    looked(lookout, street(), 0)  # and the stream was opened anew: its time begins again
    assert state(lookout) == ("unknown", 8)


def test_at_night_no_look_is_taken() -> None:
    """Four hours from when the sun is highest there, on whatever side of midnight UTC that is."""
    lookout = Lookout(Reference("route-13", 7, noon_at(-76.5), mark(street())))
    looked(lookout, street(), 0, seen_at=NOON + timedelta(hours=5))
    assert state(lookout)[0] == "unknown"
    assert (noon_at(-76.5), noon_at(0), noon_at(179)) == (17 * 60 + 6, 720, 4)
    far_east = Reference("x", 1, noon_at(179), mark(street()))
    days = [far_east.is_day(NOON.replace(hour=hour, minute=0)) for hour in (19, 21, 0, 3, 5)]
    assert days == [False, True, True, True, False]


@pytest.mark.clause("ADM-4")
def test_what_a_box_is_to_see_comes_from_its_server_alone() -> None:
    """Signed, for this box; a reference that somebody slipped in on the way would hide a move."""
    key, other = SignerKey.generate("origin/devices"), SignerKey.generate("origin/devices")
    reference = Reference("route-13", 7, 1026, mark(street()))
    note = views_note([reference], device="box-1", key=key)
    opened = open_views(note, device="box-1", key=key.verifier)["route-13"]
    assert (opened.statement, opened.noon) == (7, 1026)
    assert np.allclose(opened.fingerprint.cells, reference.fingerprint.cells)
    assert open_views(views_note([], device="box-1", key=key), device="box-1", key=key.verifier) == {}
    for wrong, device, by in (
        (note, "box-2", key),
        (note, "box-1", other),
        (note.replace("route-13", "route-14"), "box-1", key),
        (views_note([Reference("a b", 7, 1, reference.fingerprint)], device="box-1", key=key), "box-1", key),
    ):
        with pytest.raises(ViewsError):
            open_views(wrong, device=device, key=by.verifier)
