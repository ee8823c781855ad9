"""Where and when a vehicle was seen: the timeline and the map."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.models import Alert, Hit
from platewarden.alerts.trails import HEIGHT, WIDTH, Map, Sighting, map_of, trail_of
from platewarden.cameras.models import Camera
from platewarden.ingest.actions import ingest
from platewarden.policy.actor import Actor, ActorKind
from tests.alerts.scenes import submitted
from tests.cast import Cast, let_submit
from tests.conftest import NOW

MILL, LAKE, HILL = (42.45, -76.50), (42.45, -76.40), (42.52, -76.45)


def seen(*positions: tuple[float | None, float | None]) -> list[Sighting]:
    """Sightings at *positions*, each by a camera of its own."""
    return [
        Sighting(
            number,
            Hit(latitude=latitude, longitude=longitude, camera_id=number, camera_name=f"C{number}"),
            is_latest=False,
        )
        for number, (latitude, longitude) in enumerate(positions, start=1)
    ]


def drawn(*positions: tuple[float | None, float | None], cameras: tuple[Camera, ...] = ()) -> Map:
    """The map of sightings at *positions*."""
    found = map_of(seen(*positions), cameras)
    assert found is not None
    return found


def test_north_is_up_east_is_right_and_all_of_it_is_on_the_map() -> None:
    """The numbers follow the order of the sightings, and so does the line."""
    found = drawn(MILL, LAKE, HILL)
    mill, lake, hill = found.sightings
    assert mill.x < hill.x < lake.x
    assert hill.y < mill.y == lake.y
    for dot in found.sightings:
        assert 0 < dot.x < WIDTH
        assert 0 < dot.y < HEIGHT
    assert [dot.label for dot in found.sightings] == ["1", "2", "3"]
    assert found.path == f"{mill.x},{mill.y} {lake.x},{lake.y} {hill.x},{hill.y}"
    assert found.words == "1: C1; 2: C2; 3: C3"


def test_the_scale_is_true() -> None:
    """A tenth of a degree of longitude at this latitude is 8.2 km."""
    found = drawn(MILL, LAKE)
    mill, lake = found.sightings
    assert (lake.x - mill.x) / (found.scale_width / found.scale_km) == pytest.approx(8.21, abs=0.05)
    assert found.scale_width <= WIDTH / 3


def test_a_single_sighting_is_in_the_middle_of_a_few_kilometres() -> None:
    """Rather than one point blown up to nothing."""
    found = drawn(MILL)
    assert (found.sightings[0].x, found.sightings[0].y) == (WIDTH / 2, HEIGHT / 2)
    assert found.scale_km == 1


def test_several_sightings_at_one_place_share_a_dot() -> None:
    """With all their numbers; the place of the latest stands out."""
    found = drawn(MILL, LAKE, MILL)
    assert [(dot.label, dot.is_latest) for dot in found.sightings] == [("1, 3", True), ("2", False)]


def test_other_cameras_are_shown_for_orientation_where_they_fit() -> None:
    """One far away is not on the map."""
    near = Camera(pk=8, name="Near", latitude=42.46, longitude=-76.49)
    far = Camera(pk=9, name="Far", latitude=44.0, longitude=-74.0)
    found = drawn(MILL, LAKE, cameras=(near, far))
    assert [dot.title for dot in found.cameras] == ["Near"]


def test_without_a_place_there_is_no_map() -> None:
    """A mobile camera that did not know where it was leaves the timeline alone."""
    assert map_of(seen((None, None)), ()) is None
    assert [dot.label for dot in drawn((None, None), MILL).sightings] == ["2"]


@pytest.mark.django_db
@pytest.mark.clause("HIT-1")
def test_the_page_shows_every_sighting(sign_in: Callable[[Any], Client], cast: Cast, alert: Alert) -> None:
    """In order, with place and time; the list says where it was seen last, and how often."""
    second = Camera.objects.create(
        agency=cast.agency,
        code="lake",
        name="Lake Road",
        kind="fixed",
        place="Lake Road at Pier 2",
        latitude=LAKE[0],
        longitude=LAKE[1],
        registered_at=NOW,
        registered_by=cast.ada,
        approved_at=NOW,
    )
    let_submit(second, signed_by=cast.ada, approved_by=cast.sue, now=NOW)
    second.credentials.create(style="bearer", digest=b"x", issued_at=NOW)
    actor = Actor(kind=ActorKind.CAMERA, id=str(second.pk), name="lake", agency_id=cast.agency.pk)
    ingest(reads=[submitted(NOW, seen_at=NOW.isoformat())], camera=second, actor=actor, now=NOW)
    trail = trail_of(alert, parameters=parameters_at(NOW), now=NOW)
    assert [one.hit.camera_name for one in trail.sightings] == ["Route 13 north", "Lake Road"]
    console = sign_in(cast.alice)
    shown = console.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Seen 2 times" in shown
    assert 'aria-label="Map of the sightings. 1: Route 13 north; 2: Lake Road"' in shown
    row = console.get("/alerts/").content.decode()
    assert "Lake Road at Pier 2; seen 2 times" in row
    assert not trail_of(alert, parameters=parameters_at(NOW), now=NOW + timedelta(days=40)).sightings
