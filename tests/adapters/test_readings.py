"""A pass that is read again: the later reading stands, the earlier is kept, and its alert says so."""

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest

from platewarden.alerts.actions import acknowledge
from platewarden.alerts.models import Alert, Hit
from platewarden.ingest.schemas import MAX_READS
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.reads.models import Read, Reading
from tests.adapters.pushing import Device
from tests.alerts.scenes import list_entry
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

MISREAD, PLATE = "ZQX4721", "ZQX4821"
STATES = ("axis new", "axis update", "axis lost")


def standing() -> str:
    """The plate of the reading that stands."""
    reading = Reading.objects.get(superseded_by=None)
    return str(Read.objects.get(id=reading.read_id).plate)


@pytest.mark.parametrize("order", list(itertools.permutations(STATES)))
def test_in_whatever_order_they_arrive_the_last_reading_stands(
    device: Device, order: tuple[str, ...]
) -> None:
    """New, better, gone: the text of the last stands, every other text is kept, and nothing is kept twice."""
    for sample in order:
        assert device.push(sample).status_code == 200
    assert standing() == PLATE
    kept = set(Read.objects.values_list("plate", flat=True))
    assert kept in ({PLATE, MISREAD}, {PLATE})
    fallen = Reading.objects.exclude(superseded_by=None)
    for by in fallen.values_list("superseded_by", flat=True):
        assert Read.objects.get(id=str(by)).plate == PLATE


def test_a_reading_that_says_the_same_is_a_repeat(device: Device) -> None:
    """The vehicle has gone and the text is as before: one read of the pass, not two."""
    device.push("axis update")
    device.push("axis lost")
    assert Read.objects.count() == 1


def test_every_reading_sent_twice_changes_nothing(device: Device) -> None:
    """Repeats of each, in turn and mixed."""
    for sample in (*STATES, *STATES, *reversed(STATES)):
        assert device.push(sample).status_code == 200
    assert Read.objects.count() == 2
    assert standing() == PLATE


@pytest.mark.clause("HIT-1")
def test_the_later_text_is_matched_anew(device: Device) -> None:
    """The first text hits nothing; the better one is on the list, and raises its alert."""
    list_entry(device.cast, NOW, plate=PLATE)
    device.push("axis new")
    assert not Alert.objects.exists()
    device.push("axis update")
    assert Alert.objects.count() == 1


@pytest.mark.clause("HIT-2")
def test_an_alert_on_a_text_that_was_read_again_says_so(device: Device) -> None:
    """It stays open for a person to end, is marked, and its history tells."""
    list_entry(device.cast, NOW, plate=MISREAD)
    device.push("axis new")
    alert = Alert.objects.get()
    device.push("axis update")
    alert.refresh_from_db()
    assert alert.superseded_at == NOW
    assert alert.disposed_at is None
    details = LedgerBody.objects.get(leaf__kind="alert.superseded").content["details"]
    assert details["was_verified"] is False
    assert str(Hit.objects.get(alert_id=alert.pk).read_id) == details["read"]
    device.push("axis update")
    device.push("axis lost")
    assert LedgerLeaf.objects.filter(kind="alert.superseded").count() == 1


@pytest.mark.clause("HIT-2")
def test_whoever_has_taken_or_verified_the_alert_is_told(device: Device) -> None:
    """Nothing is changed under the hands of a person without a word."""
    list_entry(device.cast, NOW, plate=MISREAD)
    device.push("axis new")
    acknowledge(alert=Alert.objects.get(), actor=device.cast.actor("alice"), now=NOW)
    device.push("axis update")
    notice = Notice.objects.get(kind="alert.superseded")
    assert notice.to_user == device.cast.alice
    assert MISREAD not in notice.text
    assert PLATE not in notice.text


def test_an_alert_that_another_reading_supports_stands(device: Device) -> None:
    """The state is not read any more, the plate is the same and still hits: it is the same alert."""
    list_entry(device.cast, NOW, plate=PLATE)
    device.push("axis update")
    _axis(device, plate=PLATE, counter=1203, state="")
    assert Read.objects.count() == 2
    assert [alert.superseded_at for alert in Alert.objects.all()] == [None]


def test_a_reading_that_arrives_late_raises_nothing(device: Device) -> None:
    """The better text came first: the worse one is kept as an earlier reading and not matched."""
    list_entry(device.cast, NOW, plate=MISREAD)
    device.push("axis update")
    device.push("axis new")
    assert Read.objects.count() == 2
    assert not Alert.objects.exists()
    assert standing() == PLATE


def test_passes_are_counted_from_one_again_when_a_device_starts(device: Device) -> None:
    """The same number hours later is another pass."""
    device.push("axis new")
    _axis(device, plate="OTHER1", counter=3, at=NOW - timedelta(hours=3))
    assert Reading.objects.filter(superseded_by=None).count() == 2


@pytest.mark.clause("CAP-1")
def test_a_capture_id_with_other_content_is_still_a_conflict(device: Device) -> None:
    """A later reading has an id of its own; the same id with another text is refused, and nothing changes."""
    device.push("axis new")
    document = _document(plate="OTHER1", counter=1201)
    document["capture_timestamp"] = "1795188540250"
    device.post_json("axis", document)
    assert Read.objects.get().plate == MISREAD


@pytest.mark.clause("RET-1")
def test_where_hits_alone_are_stored_a_later_reading_takes_the_hit_back(
    device: Device, hit_only: None
) -> None:
    """The later text hits nothing and is not kept; the alert on the earlier one is marked all the same."""
    list_entry(device.cast, NOW, plate=MISREAD)
    device.push("axis new")
    device.push("axis update")
    assert list(Read.objects.values_list("plate", flat=True)) == [MISREAD]
    assert Alert.objects.get().superseded_at == NOW


def test_a_batch_may_hold_several_readings_of_one_pass(device: Device) -> None:
    """The device API takes them too: the highest revision of the batch stands."""
    from tests.ingest.test_ingest import a_read

    reads = [
        a_read(f"c-{revision}", plate=plate, pass_id="p-1", revision=revision)
        for revision, plate in ((3, PLATE), (1, MISREAD), (2, "ZQX4021"))
    ]
    assert len(reads) <= MAX_READS
    answer = device.client.post(
        "/api/v1/reads",
        json.dumps({"reads": reads}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {device.cast.credential}"},
    )
    assert answer.status_code == 201, answer.content
    assert Read.objects.count() == 3
    assert standing() == PLATE


@pytest.fixture
def hit_only(device: Device) -> None:
    """The agency stores hits alone."""
    from tests.alerts.scenes import adopted

    adopted(device.cast, NOW - timedelta(minutes=5), "retention.hit_only", value=True)


def _document(*, plate: str, counter: int, state: str = "US-NY", at: Any = None) -> dict[str, Any]:
    from tests.adapters.deliveries import filled

    document: dict[str, Any] = json.loads(filled("axis-update.json"))
    moment = at or NOW - timedelta(seconds=50)
    return document | {
        "plateText": plate,
        "packetCounter": str(counter),
        "plateISO3166-2": state,
        "plateRegionCode": "",
        "plateRegion": "",
        "capture_timestamp": str(round(moment.timestamp() * 1000)),
    }


def _axis(device: Device, **told: Any) -> None:
    assert device.post_json("axis", _document(**told)).status_code == 200
