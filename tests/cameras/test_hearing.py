"""What is noted of deliveries: sums by the hour, the last contact, and names of fields that were not kept."""

from datetime import timedelta

import pytest

from platewarden.cameras.hearing import note_delivery, note_heartbeat
from platewarden.cameras.models import CameraContact, CameraHour, DroppedField
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_deliveries_of_an_hour_add_up(cast: Cast) -> None:
    """Counts are summed; of delays and of the clock's error the worst is kept beside the sum."""
    note_delivery(camera=cast.camera, now=NOW, reads=4, delay_seconds=2.0, skew_seconds=-3.0, version="1.2")
    note_delivery(
        camera=cast.camera,
        now=NOW + timedelta(minutes=1),
        reads=1,
        refused=2,
        unreadable=3,
        delay_seconds=10.0,
        skew_seconds=1.0,
    )
    hour = CameraHour.objects.get()
    assert (hour.deliveries, hour.refused, hour.unreadable) == (2, 2, 3)
    assert (hour.delayed, hour.delay_ms, hour.worst_delay_ms) == (5, 18_000, 10_000)
    assert (hour.compared, hour.skew_ms, hour.worst_skew_ms) == (2, -2_000, -3_000)
    contact = CameraContact.objects.get()
    assert (contact.read_at, contact.version) == (NOW + timedelta(minutes=1), "1.2")


def test_a_heartbeat_is_contact_and_no_read(cast: Cast) -> None:
    """A camera that answers and sees nothing is told apart from one that is gone."""
    note_delivery(camera=cast.camera, now=NOW, reads=1)
    later = NOW + timedelta(hours=2)
    note_heartbeat(camera=cast.camera, now=later, version="2")
    contact = CameraContact.objects.get()
    assert (contact.heard_at, contact.read_at, contact.version) == (later, NOW, "2")
    assert CameraHour.objects.order_by("hour").last().heartbeats == 1  # type: ignore[union-attr]


def test_what_is_not_known_is_not_noted_as_zero(cast: Cast) -> None:
    """No read means no delay, and a device that does not say its time has no error of its clock."""
    note_delivery(camera=cast.camera, now=NOW, reads=0, delay_seconds=5.0, skew_seconds=float("nan"))
    hour = CameraHour.objects.get()
    assert (hour.delayed, hour.compared) == (0, 0)


@pytest.mark.clause("CAP-2")
def test_dropped_fields_are_counted_by_name(cast: Cast) -> None:
    """What was in them is nowhere, and a name that might be a plate is not kept either."""
    for _ in range(2):
        note_delivery(
            camera=cast.camera, now=NOW, reads=1, dropped={"driver.seatBelt": 2, "KRT4821": 1, "": 1}
        )
    assert dict(DroppedField.objects.values_list("name", "times")) == {"driver.seatBelt": 4, "other": 4}


def test_a_version_that_is_none_is_left_out(cast: Cast) -> None:
    """What devices say of themselves goes on a page: nothing but a short plain text is taken."""
    note_heartbeat(camera=cast.camera, now=NOW, version="4.1 (b)")
    note_heartbeat(camera=cast.camera, now=NOW, version="<script>")
    assert CameraContact.objects.get().version == "4.1 (b)"
