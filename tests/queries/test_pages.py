"""What the pages of an answer show: by plate, on the map, and along time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from platewarden.cameras.models import Camera
from platewarden.policy.areas import rectangle
from platewarden.policy.queries import QueryKind
from platewarden.queries import pages
from platewarden.queries.maps import WIDTH, drawing_of
from platewarden.reads.models import Read
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting

pytestmark = pytest.mark.django_db


def camera(name: str, latitude: float | None, longitude: float | None, pk: int = 1) -> Camera:
    """Return a camera that stands somewhere, not stored."""
    return Camera(pk=pk, code=name, name=name, place=name, latitude=latitude, longitude=longitude)


def sightings(cast: Cast, *moments: datetime, plate: str = "KAB4821") -> list[Read]:
    """Return reads at *moments*, in their order."""
    return [a_sighting(cast.camera, plate, moment) for moment in moments]


def test_plates_are_grouped_those_seen_most_first(cast: Cast, ask: Any) -> None:
    """Each with its first and last sighting, and how near it comes to the plate asked for."""
    query = ask(kind=QueryKind.NEAR)
    reads = sightings(cast, NOW, plate="KAB4B21") + sightings(cast, NOW, NOW - timedelta(hours=3))
    first, second = pages.by_plate(reads, query)
    assert (first.plate, len(first.reads), first.cameras, first.nearness) == (
        "KAB4821",
        2,
        1,
        "same characters",
    )
    assert (first.oldest.seen_at, first.newest.seen_at) == (NOW - timedelta(hours=3), NOW)
    assert (second.plate, second.nearness) == ("KAB4B21", "characters that look alike")


def test_a_map_is_to_scale_with_north_up() -> None:
    """What lies north is drawn above, what lies east to the right, and a kilometre is as long both ways."""
    places = [camera("a", 42.40, -76.50), camera("north", 42.45, -76.50, 2), camera("east", 42.40, -76.45, 3)]
    drawn = drawing_of(places, corners=rectangle((42.40, -76.50), (42.45, -76.45)).corners, counts={2: 9})
    assert drawn is not None
    marks = {mark.camera.name: mark for mark in drawn.marks}
    up, right = marks["a"].y - marks["north"].y, marks["east"].x - marks["a"].x
    assert up > 0
    assert right / up == pytest.approx(0.739, abs=0.01), "cosine of the latitude"
    assert len(drawn.outline.split()) == 4
    assert marks["north"].radius > marks["a"].radius
    assert drawn.in_words == "Map of sightings by camera. north: 9."
    metres = {"1 km": 1000, "2 km": 2000}[drawn.scale_text]
    assert drawn.scale / metres == pytest.approx(up / 5560, rel=0.01)


def test_every_mark_and_name_lies_on_the_map() -> None:
    """However far apart or close together cameras stand; two names never lie on one another."""
    for spread in (0.0, 0.0001, 0.01, 2.0):
        places = [camera(str(n), 42.4 + spread * n, -76.5 + spread * (n % 3), n) for n in range(6)]
        drawn = drawing_of(places)
        assert drawn is not None
        assert all(0 < mark.x < WIDTH and 0 < mark.y < drawn.height for mark in drawn.marks)
        heights = sorted(mark.label_y for mark in drawn.marks)
        assert all(b - a > 6 for a, b in pairwise(heights))


def test_cameras_without_a_place_are_named_beside_the_map() -> None:
    """And where none has a place there is no map."""
    lost = camera("lost", None, None, 2)
    drawn = drawing_of([camera("a", 42.4, -76.5), lost])
    assert drawn is not None
    assert drawn.unplaced == [lost]
    assert drawing_of([lost]) is None


@pytest.mark.parametrize(
    ("span", "texts"),
    [
        (timedelta(minutes=30), ["10:10", "10:20", "10:30"]),
        (timedelta(hours=5), ["06:00", "07:00", "08:00", "09:00", "10:00"]),
        (timedelta(days=20), ["05 Nov", "12 Nov", "19 Nov"]),
    ],
)
def test_a_timeline_is_marked_on_the_agencys_clock(cast: Cast, span: timedelta, texts: list[str]) -> None:
    """At round times, a handful of them, whatever the span."""
    strip = pages.strip_of(sightings(cast, NOW, NOW - span))
    assert strip is not None
    assert [text for _, text in strip.ticks][-len(texts) :] == texts
    (line,) = strip.lines
    (late, _), (early, _) = line.dots
    assert strip.left < early < late < strip.right


def test_a_timeline_of_one_sighting_and_of_none(cast: Cast) -> None:
    """One stands in the middle; of none there is no timeline."""
    strip = pages.strip_of(sightings(cast, NOW))
    assert strip is not None
    assert strip.lines[0].dots[0][0] == pytest.approx((strip.left + strip.right) / 2, abs=1)
    assert pages.strip_of([]) is None


def test_the_hour_that_comes_twice_is_drawn_twice(cast: Cast) -> None:
    """When clocks go back, a sighting an hour later lies further right although the clock says the same."""
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    strip = pages.strip_of(sightings(cast, first + timedelta(hours=1), first))
    assert strip is not None
    (late, _), (early, _) = strip.lines[0].dots
    assert late - early > 100
