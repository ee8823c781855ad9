import cv2
import numpy as np

from platewarden.edge.sights import APART_S, MAX_SIGHTS, Sights, quality
from platewarden.edge.sources import VideoFrame
from platewarden.recognition.geometry import cut_box
from platewarden.recognition.types import Detection
from tests.edge.stage import HEIGHT, RATE, WIDTH, BarReader, Passing, driving, frames, paint, standing

READER = BarReader()


def found_in(frame: VideoFrame) -> Detection:
    """The one plate in *frame*."""
    (detection,) = READER.find(frame.picture)
    return detection


def test_few_sights_are_kept_and_they_are_spread_over_time() -> None:
    """However long the pass, there are at most six, none close to another, best first."""
    sights = Sights()
    for frame in frames([Passing(5, driving(begin_s=0, end_s=3, speed=100))], 2.5):
        sights.offer(frame, found_in(frame))
    kept = sights.best_first()
    assert len(kept) == MAX_SIGHTS
    times = sorted(sight.at_s for sight in kept)
    assert min(np.diff(times)) >= APART_S - 0.5 / RATE
    assert [sight.quality for sight in kept] == sorted((sight.quality for sight in kept), reverse=True)


def test_a_short_pass_keeps_what_there_is() -> None:
    """Three frames are better than none."""
    sights = Sights()
    for frame in frames([Passing(5, driving(begin_s=0, end_s=3))], 0.12):
        sights.offer(frame, found_in(frame))
    assert 1 <= len(sights.best_first()) <= 3


def test_only_the_best_sight_shows_the_vehicle() -> None:
    """The others are cut close around the plate, so that a pass takes little memory."""
    sights = Sights()
    for frame in frames([Passing(5, driving(begin_s=0, end_s=3, width=40))], 1.5):
        sights.offer(frame, found_in(frame))
    best, *others = sights.best_first()
    assert best.picture.shape[1] > 5 * (best.detection.box_xyxy[2] - best.detection.box_xyxy[0])
    for sight in others:
        assert sight.picture.shape[1] <= 2.1 * (sight.detection.box_xyxy[2] - sight.detection.box_xyxy[0])


def test_the_plate_stays_where_it_is_in_what_is_cut_out() -> None:
    """In every kept picture the detection lies on the plate, box and corners alike."""
    sights = Sights()
    for frame in frames([Passing(21, driving(begin_s=0, end_s=3))], 1.5):
        sights.offer(frame, found_in(frame))
    for sight in sights.best_first():
        (again,) = READER.find(sight.picture)
        assert np.abs(np.subtract(again.box_xyxy, sight.detection.box_xyxy)).max() < 2
        assert np.abs(again.corners - sight.detection.corners).max() < 2


def test_a_plate_cut_off_by_the_edge_is_no_sight() -> None:
    """Half a plate would be read as another one."""
    sights = Sights()
    (frame,) = frames([Passing(5, standing(begin_s=0, end_s=1, y=HEIGHT - 10))], 1 / RATE)
    sights.offer(frame, found_in(frame))
    assert sights.best_first() == []


def test_a_sharp_large_sure_plate_is_the_better_sight() -> None:
    """Blur, distance and doubt each make a sight worse; darkness alone hardly does."""
    large = paint([Passing(85, standing(begin_s=0, end_s=1, width=150))], 0)
    small = paint([Passing(85, standing(begin_s=0, end_s=1, width=50))], 0)
    (near,), (far,) = READER.find(large), READER.find(small)
    sharp = quality(large, near)
    assert quality(cv2.blur(large, (15, 1)), near) < 0.8 * sharp
    assert quality(small, far) < 0.6 * sharp
    assert quality(large, Detection(near.box_xyxy, near.corners, 0.5)) < 0.7 * sharp
    assert quality((large * 0.6).astype(np.uint8), near) > 0.8 * sharp


def test_the_kept_pictures_are_copies() -> None:
    """A frame that is kept whole would stay in memory for one plate of it."""
    sights = Sights()
    (frame,) = frames([Passing(5, standing(begin_s=0, end_s=1))], 1 / RATE)
    sights.offer(frame, found_in(frame))
    (sight,) = sights.best_first()
    assert not np.shares_memory(sight.picture, frame.picture)
    assert cut_box(sight.picture, sight.detection.box_xyxy).mean() > 150
    assert frame.picture.shape == (HEIGHT, WIDTH, 3)
