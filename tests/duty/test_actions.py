"""Signing on and off, and muting for a while."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.cameras.actions import AreaExistsError, add_area, place_in_area
from platewarden.cameras.models import Area
from platewarden.duty.actions import NotOnDutyError, end_shift, mute, start_shift, unmute
from platewarden.duty.doors import covered_areas, duty_of, is_covered, muted_by, shift_of
from platewarden.policy.audiences import Duty, Priority
from platewarden.policy.decision import PolicyRefusal
from tests.alerts.scenes import entries
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

TWELVE_HOURS = timedelta(hours=12)


@pytest.fixture
def areas(cast: Cast) -> dict[str, Area]:
    """North and south."""
    ada = cast.actor("ada")
    return {
        name: add_area(code=name, name=name.capitalize(), actor=ada, now=NOW) for name in ("north", "south")
    }


def sign_on(
    cast: Cast, name: str, *areas: Area, length: timedelta = TWELVE_HOURS, now: datetime = NOW
) -> None:
    """Sign somebody of the cast on for *areas*."""
    start_shift(areas=areas, ends_at=now + length, actor=cast.actor(name), now=now)


def duty(cast: Cast, name: str, now: datetime = NOW) -> Duty | None:
    """What somebody of the cast is on duty for."""
    return duty_of(shift_of(cast.actor(name), now=now))


@pytest.mark.clause("HIT-1")
def test_a_shift_covers_its_areas_until_it_ends(cast: Cast, areas: dict[str, Area]) -> None:
    """By hand, or by itself at its end; both are on the ledger where a person did it."""
    sign_on(cast, "alice", areas["north"])
    assert duty(cast, "alice") == Duty(frozenset({"north"}))
    assert is_covered(cast.agency.pk, frozenset({"north"}), now=NOW)
    assert not is_covered(cast.agency.pk, frozenset({"south"}), now=NOW)
    assert not is_covered(cast.agency.pk, frozenset({"north"}), now=NOW + TWELVE_HOURS)
    end_shift(actor=cast.actor("alice"), now=NOW)
    assert duty(cast, "alice") is None
    assert [entry["details"].get("areas") for entry in entries("duty.started")] == [["north"]]
    assert len(entries("duty.ended")) == 1
    end_shift(actor=cast.actor("alice"), now=NOW)
    assert len(entries("duty.ended")) == 1


def test_whoever_signs_on_anew_has_one_shift(cast: Cast, areas: dict[str, Area]) -> None:
    """With the areas said last."""
    sign_on(cast, "alice", areas["north"])
    sign_on(cast, "alice", areas["south"], now=NOW + timedelta(hours=1))
    assert duty(cast, "alice", NOW + timedelta(hours=1)) == Duty(frozenset({"south"}))
    assert covered_areas(cast.agency.pk, now=NOW + timedelta(hours=1)) == frozenset({"south"})
    sign_on(cast, "dee")
    assert covered_areas(cast.agency.pk, now=NOW + timedelta(hours=1)) is None


@pytest.mark.clause("HIT-1")
@pytest.mark.parametrize("length", [timedelta(hours=13, seconds=1), timedelta(0), timedelta(hours=-1)])
def test_no_shift_is_endless(cast: Cast, length: timedelta) -> None:
    """It would cover areas in which nobody listens."""
    with pytest.raises(PolicyRefusal, match="HIT-1"):
        sign_on(cast, "alice", length=length)


@pytest.mark.clause("USE-1")
@pytest.mark.parametrize("name", ["ada", "tom", "eve"])
def test_only_those_who_see_alerts_sign_on(cast: Cast, name: str) -> None:
    """Nobody else could cover an area."""
    with pytest.raises(PolicyRefusal, match="USE-1"):
        sign_on(cast, name)


@pytest.mark.clause("HIT-1")
def test_muting_has_an_end_and_never_reaches_high_priority(cast: Cast) -> None:
    """Normal takes low with it; both sound again by themselves, or when told to; each is recorded."""
    alice, ten = cast.actor("alice"), timedelta(minutes=10)

    def muted(now: datetime) -> Any:
        return muted_by(shift_of(alice, now=now), now=now)

    sign_on(cast, "alice")
    mute(priority=Priority.NORMAL, until=NOW + ten, actor=alice, now=NOW)
    assert muted(NOW) == {Priority.LOW, Priority.NORMAL}
    assert muted(NOW + ten) == frozenset()
    mute(priority=Priority.LOW, until=NOW + ten, actor=alice, now=NOW)
    assert muted(NOW) == {Priority.LOW}
    unmute(actor=alice, now=NOW)
    assert muted(NOW) == frozenset()
    with pytest.raises(PolicyRefusal, match="cannot be muted"):
        mute(priority=Priority.HIGH, until=NOW + ten, actor=alice, now=NOW)
    with pytest.raises(PolicyRefusal, match="HIT-1"):
        mute(priority=Priority.LOW, until=NOW + timedelta(hours=9), actor=alice, now=NOW)
    assert [entry["details"]["priority"] for entry in entries("duty.muted")] == ["normal", "low"]
    assert len(entries("duty.unmuted")) == 1


def test_nobody_mutes_without_a_shift(cast: Cast) -> None:
    """What is muted ends with the shift; without one there is nothing to mute."""
    with pytest.raises(NotOnDutyError, match="start your shift"):
        mute(priority=Priority.LOW, until=NOW + timedelta(minutes=5), actor=cast.actor("alice"), now=NOW)
    assert not entries("duty.muted")


@pytest.mark.clause("CAP-5")
def test_areas_are_the_administrators_to_draw(cast: Cast, areas: dict[str, Area]) -> None:
    """Each has a code of its own, and a camera belongs to one at most."""
    ada = cast.actor("ada")
    with pytest.raises(AreaExistsError, match="choose another"):
        add_area(code="north", name="Also north", actor=ada, now=NOW)
    with pytest.raises(PolicyRefusal):
        add_area(code="west", name="West", actor=cast.actor("alice"), now=NOW)
    place_in_area(camera=cast.camera, area=areas["north"], actor=ada, now=NOW)
    place_in_area(camera=cast.camera, area=areas["south"], actor=ada, now=NOW)
    cast.camera.refresh_from_db()
    assert cast.camera.area == areas["south"]
    assert [entry["details"]["area"] for entry in entries("camera.changed")] == ["north", "south"]
    with pytest.raises(PolicyRefusal):
        place_in_area(camera=cast.camera, area=None, actor=cast.actor("sue"), now=NOW)
