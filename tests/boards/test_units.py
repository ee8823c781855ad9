"""A car that loses its connection tells its crew all the same, and comes back without telling anybody twice."""

from datetime import timedelta

import pytest

from platewarden.alerts.history import history_of
from platewarden.alerts.models import Alert, Hit
from platewarden.devices.actions import revoke
from platewarden.edge.talking import RevokedError
from platewarden.edge.unit import unit as units
from platewarden.edge.unit.hits import MOST, Answer, HitStore
from platewarden.edge.unit.unit import MobileUnit
from platewarden.hotlists.models import Entry
from platewarden.notices.models import Notice
from platewarden.policy.notices import NoticeKind
from platewarden.reads.models import Read
from tests.boards.cars import drive_past, unit_of
from tests.boards.test_boards import Lists
from tests.cast import Cast
from tests.conftest import NOW
from tests.devices.boxes import Box


@pytest.fixture
def unit(car: Box, lists: Lists) -> MobileUnit:
    """A car that carries a list of one stolen vehicle, and has then lost its connection."""
    lists.load("KRT4821")
    unit = unit_of(car)
    unit.keep_up(car.line, car.identity)
    return unit


@pytest.fixture
def lists(cast: Cast) -> Lists:
    """One list, empty."""
    return Lists(cast)


@pytest.mark.clause("HIT-1")
def test_without_connection_the_crew_is_told_of_a_hit(car: Box, unit: MobileUnit) -> None:
    """With both images, the entry, and what list it stands on; a read that hits nothing is not shown at all."""
    assert not drive_past(car, unit, "JWC6644", "one")
    assert drive_past(car, unit, "KRT 4821", "two")
    [hit] = unit.hits.latest()
    found = unit.hits.shown(hit.number)
    assert found is not None
    shown = found[1]
    assert (shown.plate, shown.entry.reason, shown.entry.hotlist) == (
        "KRT 4821",
        "Taken overnight",
        "State extract",
    )
    assert (shown.is_stale, shown.has_place) == (False, True)
    assert shown.plate_image.startswith(b"\x89PNG") or shown.plate_image.startswith(b"\xff\xd8")
    assert car.spool.depth().hits == 1


@pytest.mark.clause("HIT-1", "HIT-2")
def test_back_in_reach_there_is_one_alert_that_says_what_the_crew_saw(car: Box, unit: MobileUnit) -> None:
    """However often read and telling are sent; what the crew pressed is on its history and verifies nothing."""
    drive_past(car, unit, "KRT4821", "two")
    [hit] = unit.hits.latest()
    unit.hits.answer(hit.number, Answer.MATCH, now=NOW)
    unit.keep_up(car.line, car.identity)
    assert len(unit.hits.unreported()) == 1, "the read has to come first"
    car.deliver()
    for _ in range(2):
        unit.keep_up(car.line, car.identity)
    assert unit.hits.unreported() == []
    [alert] = Alert.objects.all()
    told = [event for event in history_of(alert) if "crew" in event.title]
    assert len(told) == 1
    assert "match" in told[0].detail
    assert alert.verified_at is None
    assert Hit.objects.count() == 1


@pytest.mark.clause("HIT-2")
def test_an_answer_that_comes_later_is_said_later(car: Box, unit: MobileUnit) -> None:
    """The crew is told first and looks then; an answer stands once given."""
    drive_past(car, unit, "KRT4821", "two")
    car.deliver()
    unit.keep_up(car.line, car.identity)
    [hit] = unit.hits.latest()
    assert unit.hits.answer(hit.number, Answer.DIFFER, now=NOW)
    assert not unit.hits.answer(hit.number, Answer.MATCH, now=NOW)
    unit.keep_up(car.line, car.identity)
    told = [event.title for event in history_of(Alert.objects.get()) if "crew" in event.title]
    assert told == ["box-1 told its crew in the car", "box-1 says what its crew saw"]


@pytest.mark.clause("HOT-1")
def test_a_hit_on_an_entry_that_is_gone_is_told_to_the_supervisors(
    car: Box, unit: MobileUnit, lists: Lists
) -> None:
    """The car's list was older: somebody may have been stopped on it."""
    drive_past(car, unit, "KRT4821", "two")
    lists.load("JWC6644")
    car.deliver()
    for _ in range(2):
        unit.keep_up(car.line, car.identity)
    assert not Alert.objects.exists()
    [notice] = Notice.objects.filter(kind=NoticeKind.BOARD_OUTDATED)
    assert notice.to_role == "supervisor"
    assert "KRT" not in notice.text


@pytest.mark.clause("CAP-5")
def test_a_read_carries_where_the_car_was(car: Box, unit: MobileUnit) -> None:
    """By the receiver, at the moment it was seen."""
    drive_past(car, unit, "JWC6644", "one")
    car.deliver()
    read = Read.objects.get()
    assert (read.latitude, read.longitude) == (42.45, -76.5)


@pytest.mark.clause("HOT-1")
def test_the_age_of_the_list_is_said_on_board(car: Box, unit: MobileUnit) -> None:
    """And which list is past its age; before any was taken, that there is none."""
    age = unit.age()
    assert (age.entries, age.made_at, age.stale) == (1, NOW, ())
    car.running_s += timedelta(hours=30).total_seconds()
    assert unit.age().stale == ("State extract",)


def test_a_car_without_a_list_compares_nothing_and_says_so(car: Box) -> None:
    """Unknown is not the same as no hit."""
    unit = unit_of(car)
    assert not drive_past(car, unit, "KRT4821", "one")
    assert unit.age().made_at is None


@pytest.mark.clause("RET-1")
def test_hits_on_board_go_when_their_time_is_over(car: Box, unit: MobileUnit) -> None:
    """Those the server knows of after a shift, all others after the days of a read, and never more than a few."""
    drive_past(car, unit, "KRT4821", "two")
    car.deliver()
    unit.keep_up(car.line, car.identity)
    assert len(unit.hits.latest()) == 1
    car.running_s += timedelta(hours=13).total_seconds()
    assert unit.hits.expire_reported(before=unit.now() - timedelta(hours=12)) == 1
    for number in range(MOST + 5):
        drive_past(car, unit, "KRT4821", f"more-{number}")
    assert len(unit.hits.latest(1000)) == MOST
    assert unit.hits.expire(before=unit.now() + timedelta(days=1)) == MOST


@pytest.mark.clause("ADM-4")
def test_a_stolen_car_tells_nothing_without_its_secret(car: Box, unit: MobileUnit) -> None:
    """Neither list nor hits; and a list sealed under another secret is thrown away, not shown."""
    drive_past(car, unit, "KRT4821", "two")
    for file in car.folder.iterdir():
        assert not any(
            word in file.read_bytes() for word in (b"KRT4821", b"Taken overnight", b"State extract")
        )
    from platewarden.edge.vault import Vault

    [hit] = unit.hits.latest()
    assert HitStore(car.folder, Vault(b"x" * 32)).shown(hit.number) is None
    car.vault = Vault(b"x" * 32)
    assert unit_of(car).age().made_at is None


@pytest.mark.clause("ADM-4")
def test_a_revoked_car_gets_no_list_and_destroys_what_it_has(car: Box, unit: MobileUnit, cast: Cast) -> None:
    """The order is signed; list and hits are gone."""
    drive_past(car, unit, "KRT4821", "two")
    revoke(device=car.device, actor=cast.actor("ada"), now=NOW)
    with pytest.raises(RevokedError):
        unit.keep_up(car.line, car.identity)
    unit.close()
    units.destroy(car.folder)
    assert not list(car.folder.glob("board*"))
    assert not list(car.folder.glob("hits*"))


def test_entries_of_the_server_are_not_touched_by_what_a_car_says(car: Box, unit: MobileUnit) -> None:
    """A crew's press ends no entry and no alert."""
    drive_past(car, unit, "KRT4821", "two")
    car.deliver()
    [hit] = unit.hits.latest()
    unit.hits.answer(hit.number, Answer.DIFFER, now=NOW)
    unit.keep_up(car.line, car.identity)
    assert Alert.objects.get().disposed_at is None
    assert Entry.objects.get().withdrawn_at is None
