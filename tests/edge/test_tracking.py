import math

import numpy as np
import pytest

from platewarden.edge.tracking import MAX_GAP_S, MAX_TRACKS, Track, Tracker
from platewarden.recognition.types import Detection

SIZE = (1280, 720)


def plate(x: float, y: float, width: float = 80, confidence: float = 0.9) -> Detection:
    """A plate twice as wide as high."""
    left, top, right, bottom = x - width / 2, y - width / 4, x + width / 2, y + width / 4
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return Detection((left, top, right, bottom), corners, confidence)


def follow(tracker: Tracker, plates: list[Detection], at_s: float) -> list[int]:
    """Return the numbers of the tracks of *plates*, in their order."""
    pairs = tracker.update(plates, at_s, SIZE)
    return [next(track.number for track, found in pairs if found is one) for one in plates]


@pytest.mark.parametrize("rate", [5, 12.5, 25])
def test_a_plate_on_its_way_is_one_track(rate: float) -> None:
    """It is followed at five frames a second as at twenty-five, growing and getting faster."""
    tracker = Tracker()
    numbers = set()
    for index in range(round(2 * rate)):
        at_s = index / rate
        numbers |= set(follow(tracker, [plate(400 + 60 * at_s, 80 + 120 * at_s**1.5, 50 + 25 * at_s)], at_s))
    assert numbers == {1}


def test_lanes_side_by_side_are_kept_apart() -> None:
    """Two vehicles abreast, one overtaking the other, keep their tracks."""
    tracker = Tracker()
    for index in range(50):
        at_s = index / 25
        slow, fast = plate(400, 100 + 150 * at_s), plate(720, 20 + 260 * at_s)
        if index % 2:
            assert follow(tracker, [slow, fast], at_s) == [2, 1]
        else:
            assert follow(tracker, [fast, slow], at_s) == [1, 2]


def test_a_vehicle_close_behind_another_has_a_track_of_its_own() -> None:
    """One leaves at the bottom while the next comes in at the top of the same lane."""
    tracker = Tracker()
    first = [follow(tracker, [plate(640, 500 + 20 * index)], index / 25)[0] for index in range(10)]
    second = [follow(tracker, [plate(640, 60 + 20 * index)], (10 + index) / 25)[0] for index in range(10)]
    assert set(first) == {1}
    assert set(second) == {2}


def test_frames_in_which_a_plate_is_not_found_are_bridged() -> None:
    """Half a second behind a pole, in motion: the same track."""
    tracker = Tracker()
    for index in range(10):
        follow(tracker, [plate(640, 100 + 8 * index)], index / 25)
    for index in range(10, 22):
        tracker.update([], index / 25, SIZE)
        assert tracker.take_ended(index / 25) == []
    assert follow(tracker, [plate(640, 100 + 8 * 22)], 22 / 25) == [1]


def test_a_plate_not_found_for_long_has_left() -> None:
    """The track ends once, after the longest gap, and says when the plate was there."""
    tracker = Tracker()
    follow(tracker, [plate(640, 300)], 0.0)
    follow(tracker, [plate(640, 300)], 0.04)
    tracker.update([], 0.08, SIZE)
    assert tracker.take_ended(MAX_GAP_S) == []
    (track,) = tracker.take_ended(0.05 + MAX_GAP_S)
    assert (track.first_s, track.last_s, track.found, track.is_outside) == (0.0, 0.04, 2, False)
    assert tracker.take_ended(5) == []


def test_a_plate_that_drove_out_of_the_picture_ends_at_once() -> None:
    """No need to wait for what cannot come back."""
    tracker = Tracker()
    for index in range(10):
        follow(tracker, [plate(640, 480 + 22 * index)], index / 25)
    tracker.update([], 0.4, SIZE)
    (track,) = tracker.take_ended(0.4)
    assert track.is_outside


def test_while_nothing_moves_a_plate_stays() -> None:
    """Frames that were not looked at because nothing moved do not end a track, however many they are."""
    tracker = Tracker()
    follow(tracker, [plate(640, 300)], 0.0)
    for second in range(1, 60):
        tracker.rest(second)
        assert tracker.take_ended(second) == []
    assert follow(tracker, [plate(641, 300)], 60) == [1]


def test_a_plate_that_was_gone_before_nothing_moved_does_not_stay() -> None:
    """Only what was found in the last frame looked at is still there."""
    tracker = Tracker()
    follow(tracker, [plate(640, 300)], 0.0)
    tracker.update([], 0.04, SIZE)
    tracker.rest(2)
    assert len(tracker.take_ended(2)) == 1


def test_one_plate_found_twice_in_a_frame_is_one() -> None:
    """A second box over the first begins no track, in whichever frame it appears."""
    tracker = Tracker()
    for index in range(5):
        whole, part = plate(640, 300 + index), plate(645, 303 + index, 60, confidence=0.5)
        pairs = tracker.update([part, whole], index / 25, SIZE)
        assert [track.number for track, _ in pairs] == [1]


def test_a_plate_does_not_change_its_size_at_once() -> None:
    """A lettering three times as wide where a plate was is something else."""
    tracker = Tracker()
    follow(tracker, [plate(640, 300, 60)], 0.0)
    assert follow(tracker, [plate(640, 300, 180)], 0.04) == [2]


def test_a_frame_full_of_plates_is_bounded() -> None:
    """No more plates are followed than the limit, the surest of them."""
    tracker = Tracker()
    many = [plate(20 + 60 * (n % 20), 30 + 60 * (n // 20), 40, confidence=n / 100) for n in range(100)]
    pairs = tracker.update(many, 0.0, SIZE)
    assert len(pairs) == MAX_TRACKS
    assert min(found.confidence for _, found in pairs) >= (100 - MAX_TRACKS) / 100


def test_the_filter_learns_the_speed() -> None:
    """After ten frames the place a fifth of a second ahead is known to a tenth of the plate's width."""
    track = Track.begin(1, plate(100, 100), 0.0)
    for index in range(1, 11):
        track.follow(plate(100 + 6 * index, 100 + 3 * index), index / 25)
    left, top, right, bottom = track.expected(15 / 25)
    assert math.hypot((left + right) / 2 - 190, (top + bottom) / 2 - 145) < 8
