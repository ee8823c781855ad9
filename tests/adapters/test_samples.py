"""What each maker's camera pushes becomes a read of ours, and nothing of it but what the policy lists."""

from datetime import UTC, datetime, timedelta

import pytest

from platewarden.adapters import csvfiles
from platewarden.adapters.formats import FORMATS
from platewarden.adapters.results import AdaptedRead, Outcome, UnusableError
from platewarden.matching.plates import normalise
from tests.adapters.deliveries import EASTERN, OTHERS, PLATE, READS, RECEIVED, VEHICLE, delivery, filled

SEEN = datetime(2026, 11, 20, 15, 29, tzinfo=UTC)


def _read(sample: str) -> AdaptedRead:
    key, pushed = READS[sample]
    (read,) = FORMATS[key].decode(pushed).reads
    return read


@pytest.mark.parametrize("sample", READS)
def test_each_sample_is_one_read_of_the_same_pass(sample: str) -> None:
    """Plate, time and pictures come out alike, whoever made the camera; the plate stays as it was read."""
    read = _read(sample)
    assert normalise(read.plate) == ("ZQX4721" if sample == "axis new" else "ZQX4821")
    assert timedelta() <= read.seen_at - SEEN < timedelta(seconds=12)
    assert read.seen_at.tzinfo is UTC
    assert read.plate_image.startswith(b"\xff\xd8")
    assert read.vehicle_image.startswith(b"\xff\xd8")
    assert read.confidence > 0.7


@pytest.mark.parametrize(
    ("sample", "state", "vehicle"),
    [
        ("openalpr group", "NY", ("sedan standard", "toyota", "camry", "silver gray")),
        ("stream, older", "NY", ("Sedan", "Toyota", "Camry", "silver")),
        ("stream, newer", "NY", ("Sedan", "Toyota", "Camry", "silver")),
        ("hikvision xml", "", ("vehicle", None, None, "silver")),
        ("hikvision json", "", ("vehicle", None, None, "silver")),
        ("dahua", "NY", ("SaloonCar", "Toyota", "Camry", "Silver")),
        ("axis new", "NY", ("car", "Toyota", "Camry", "silver")),
        ("genetec", "NY", ("Car", "Toyota", "Camry", "Silver")),
        ("flock", "NY", (None, None, None, None)),
        ("plain", "NY", ("car", "Toyota", "Camry", "silver")),
    ],
)
def test_state_and_vehicle_are_taken(sample: str, state: str, vehicle: tuple[str | None, ...]) -> None:
    """Of the vehicle there is type, make, model and colour; the state is two letters or unknown."""
    read = _read(sample)
    assert read.state == state
    assert tuple(read.vehicle.get(name) for name in ("type", "make", "model", "colour")) == vehicle


def test_confidence_comes_by_character_where_the_camera_gives_it() -> None:
    """Hikvision's list of beliefs is one share a character."""
    assert _read("hikvision xml").char_confidences == (0.99, 0.99, 0.93, 0.98, 0.97, 0.99, 0.88)


def test_other_readings_come_with_it() -> None:
    """Candidates other than the plate itself are alternates, canonical."""
    assert _read("openalpr group").alternates == (("ZOX4821", 0.7125),)
    assert _read("stream, newer").alternates == (("ZOX4821", 0.61),)


@pytest.mark.clause("CAP-2")
@pytest.mark.parametrize(
    ("sample", "names"),
    [
        (
            "hikvision xml",
            {"pilotsafebelt", "uphone", "pilotmask", "pilotsunvisor", "vehicleListName", "direction"},
        ),
        ("hikvision json", {"pilotsafebelt", "uphone", "tissueBox", "gPSInfo"}),
        ("openalpr group", {"travel_direction", "is_parked", "year", "orientation"}),
        ("openalpr alert", {"alert_list", "custom_data", "description"}),
        ("dahua", {"Seat", "AllowUser", "Direction"}),
        ("axis new", {"carMoveDirection", "plateListMode", "camera_info"}),
        ("genetec", {"Relative Motion", "CameraName"}),
        ("flock", {"imageUrl", "sources", "detailsUrl"}),
        ("plain", {"driver", "phone"}),
    ],
)
def test_what_the_policy_does_not_list_is_dropped_and_counted_by_name(sample: str, names: set[str]) -> None:
    """Seat belts, phones, masks, sun visors and the rest go at the door, and their number is told."""
    key, pushed = READS[sample]
    dropped = FORMATS[key].decode(pushed).dropped
    assert names <= set(dropped)
    assert all(times > 0 for times in dropped.values())


def test_a_capture_id_is_the_devices_own() -> None:
    """The same event has the same id for ever; alert and group of one vehicle share it."""
    assert _read("openalpr group").capture_id == "openalpr:AGENT01-cam7-1795188540900"
    assert _read("openalpr alert").capture_id == _read("openalpr group").capture_id
    assert _read("hikvision xml").capture_id == "hikvision:0a1b2c3d-1111-2222-3333-444455556666"
    assert _read("dahua").capture_id == "dahua:0:4711:20261120T152900.250000"
    assert _read("stream, older").capture_id == _read("stream, older").capture_id
    assert len({_read(f"axis {state}").capture_id for state in ("new", "update", "lost")}) == 3


def test_the_readings_of_one_pass_belong_together() -> None:
    """Axis reads a pass up to three times: they share the pass, and their order is told."""
    new, update, lost = (_read(f"axis {state}") for state in ("new", "update", "lost"))
    assert {new.pass_id, update.pass_id, lost.pass_id} == {"axis:355"}
    assert new.revision < update.revision < lost.revision


def test_heartbeats_and_other_events_are_no_reads() -> None:
    """What is no read is said to be none: a heartbeat, or an event by a name of our own."""
    outcomes = {name: FORMATS[key].decode(pushed) for name, (key, pushed) in OTHERS.items()}
    assert not any(outcome.reads for outcome in outcomes.values())
    assert [name for name, outcome in outcomes.items() if outcome.is_heartbeat] == [
        "openalpr heartbeat",
        "hikvision heartbeat",
        "dahua keep-alive",
    ]
    assert outcomes["openalpr results"].ignored == "alpr_results"


def test_the_plate_is_cut_from_the_picture_where_none_comes() -> None:
    """A box says where the plate is; without one the whole picture stands for it."""
    assert len(_read("dahua").plate_image) != len(_read("dahua").vehicle_image)
    assert _read("genetec").plate_image == _read("genetec").vehicle_image == VEHICLE
    assert _read("openalpr group").plate_image == PLATE


@pytest.mark.clause("HIT-2")
@pytest.mark.parametrize(("key", "sample"), [("flock", "flock.json"), ("hikvision", "hikvision.xml")])
def test_a_read_without_any_picture_cannot_be_used(key: str, sample: str) -> None:
    """Nobody could verify a hit of it; an address of a picture is no picture, and nothing is fetched."""
    with pytest.raises(UnusableError, match="no picture"):
        FORMATS[key].decode(delivery(sample))


def _rows(sample: str) -> list[Outcome]:
    pictures = {"plate.jpg": PLATE, "vehicle.jpg": VEHICLE}

    def picture_of(name: str) -> bytes:
        if name not in pictures:
            raise UnusableError("plate_image", "there is no such file")
        return pictures[name]

    return list(csvfiles.outcomes(filled(sample), zone=EASTERN, received_at=RECEIVED, picture_of=picture_of))


def test_rows_of_a_file_stand_or_fall_alone() -> None:
    """A row with a read, one without a plate, one whose picture is missing."""
    first, second, third = _rows("own.csv")
    assert first.reads[0].seen_at == SEEN
    assert first.dropped == {"driver": 1}
    assert second.ignored == "no plate"
    assert third.problems[0].field == "plate_image"


def test_files_of_plate_recognizer_are_read() -> None:
    """Its cells hold Python's lists; the plate is cut from the picture."""
    (outcome,) = _rows("stream.csv")
    (read,) = outcome.reads
    assert (read.plate, read.state, read.vehicle["make"]) == ("zqx4821", "NY", "Toyota")
    assert read.alternates == (("ZOX4821", 0.0),)
    assert {"dscore", "orientation", "direction"} <= set(outcome.dropped)
