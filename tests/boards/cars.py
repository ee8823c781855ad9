"""A patrol car with a list on board, a receiver and a page, in front of the program under test."""

from datetime import datetime, timedelta
from typing import Any

from platewarden.edge.delivery import spoolable
from platewarden.edge.place.fixes import Fix, Places
from platewarden.edge.unit.unit import MobileUnit
from tests.conftest import NOW
from tests.devices.boxes import Box, submission


def unit_of(car: Box, *, with_place: bool = True) -> MobileUnit:
    """What makes the box a car's; it stands at one place all the time."""
    places = Places()
    if with_place:
        places.note(Fix(NOW - timedelta(seconds=1), 42.45, -76.5))
        places.note(Fix(NOW + timedelta(seconds=1), 42.45, -76.5))
    return MobileUnit(car.folder, car.vault, places, car.clock, car.told.append)


def drive_past(car: Box, unit: MobileUnit, plate: str, capture_id: str, **changes: Any) -> bool:
    """Let the car read *plate*; return whether that hit the list on board."""
    read = submission(capture_id, NOW) | {"plate": plate} | changes
    facts, images = spoolable(read, car.clock.stamp(is_live=True))
    is_hit = unit.examine("route-13", facts, images)
    assert car.spool.put(
        "route-13", facts, images, at=datetime.fromisoformat(facts["seen_at"]), is_hit=is_hit
    )
    return is_hit
