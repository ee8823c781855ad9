"""What people see of a pass that was read again: on the alert, in its list, and in the answer of a search."""

import re
from datetime import timedelta
from typing import Any

import pytest

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.models import Alert
from platewarden.queries.models import Query
from platewarden.reads.models import Read
from tests.adapters.pushing import Device
from tests.alerts.scenes import list_entry
from tests.conftest import NOW
from tests.queries.test_views import QUESTION

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def text_of(response: Any) -> str:
    """The page without markup, blanks folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """People look an hour later."""
    for module in (
        "queries.views",
        "queries.taking_views",
        "alerts.views",
        "site.middleware",
        "site.context",
    ):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: LATER)


@pytest.mark.clause("HIT-2")
def test_the_alert_says_that_its_text_was_read_again_and_leads_to_the_later_one(
    device: Device, sign_in: Any
) -> None:
    """The earlier alert warns, and names the alert of the later text; the list marks it."""
    list_entry(device.cast, NOW, plate="ZQX4721")
    list_entry(device.cast, NOW, plate="ZQX4821")
    device.push("axis new")
    device.push("axis update")
    earlier, later = Alert.objects.order_by("number")
    alice = sign_in(device.cast.alice)
    shown = text_of(alice.get(f"/alerts/{earlier.pk}/"))
    assert "read this plate again, and otherwise" in shown
    assert f"alert {later.number}" in shown
    assert "Camera route-13 read the plate again, and otherwise" in shown
    assert "read this plate again" not in text_of(alice.get(f"/alerts/{later.pk}/"))
    assert text_of(alice.get("/alerts/")).count("Read again") == 1


@pytest.mark.clause("QRY-2")
def test_an_answer_shows_the_later_text_first_and_what_the_earlier_was_read_again_as(
    device: Device, sign_in: Any
) -> None:
    """Both are there: the newer above, and the older with the text that took its place."""
    device.push("axis new")
    device.push("axis update")
    ivan = sign_in(device.cast.ivan)
    question = QUESTION | {
        "kind": "camera_time",
        "plate_text": "",
        "cameras": [str(device.cast.camera.pk)],
        "seen_from": "2026-11-20T10:00",
        "seen_until": "2026-11-20T10:45",
    }
    shown = text_of(ivan.get(ivan.post("/queries/", question)["Location"]))
    assert shown.index("ZQX4821") < shown.index("ZQX4721")
    assert re.search(r"read again\s+as\s+ZQX4821\s+NY", shown)
    assert shown.count("read again") == 1
    by_plate = text_of(ivan.get(f"/queries/{Query.objects.get().pk}/?view=plates"))
    assert "1 of 1, and otherwise" in by_plate


@pytest.mark.clause("QRY-1")
def test_a_search_for_the_earlier_text_tells_no_read_beyond_what_was_asked(
    device: Device, sign_in: Any
) -> None:
    """The window ends between the two readings: that there is a later one is said, its text is not."""
    device.push("axis new")
    device.push("axis update")
    Read.objects.get(plate="ZQX4821")
    ivan = sign_in(device.cast.ivan)
    question = QUESTION | {"plate_text": "ZQX4721", "seen_until": "2026-11-20T10:45"}
    address = ivan.post("/queries/", question)["Location"]
    Query.objects.update(seen_until=NOW - timedelta(seconds=59, milliseconds=500))
    shown = text_of(ivan.get(address))
    assert "read again" in shown
    assert "ZQX4821" not in shown


@pytest.mark.clause("CAP-2")
def test_the_page_on_the_policy_says_how_much_was_dropped(device: Device) -> None:
    """Fields that may not be kept, and those of them that are about people."""
    from platewarden.compliance.evidence import measure
    from platewarden.compliance.figures import Scene

    device.push("hikvision xml")
    everything, people = measure(Scene(device.cast.agency.pk, parameters_at(NOW), NOW))["CAP-2"]
    assert int(everything.value) > int(people.value)
    assert people.value == "6", "two belts, two visors, a phone, a mask"


@pytest.mark.clause("RET-2")
def test_a_copy_in_a_case_says_that_its_text_was_read_again(device: Device) -> None:
    """Whoever opens the case file learns that the camera did not stand by this text."""
    from platewarden.cases.sealing import facts_of

    device.push("axis new")
    device.push("axis update")
    earlier, later = (Read.objects.get(plate=plate) for plate in ("ZQX4721", "ZQX4821"))
    assert facts_of(earlier)["read_again_as"] == str(later.id)
    assert facts_of(later)["read_again_as"] == ""
