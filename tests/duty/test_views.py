"""The page at which a shift starts and ends."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from platewarden.cameras.actions import add_area
from platewarden.cameras.models import Area
from platewarden.duty.models import Shift
from tests.alerts.scenes import entries
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def north(cast: Cast) -> Area:
    """An area."""
    return add_area(code="north", name="North", actor=cast.actor("ada"), now=NOW)


@pytest.fixture
def alice(sign_in: Callable[[Any], Client], cast: Cast) -> Client:
    """Alice's console."""
    return sign_in(cast.alice)


def test_a_shift_is_started_and_ended_on_its_page(alice: Client, north: Area, cast: Cast) -> None:
    """The page says who is on duty for what, and which areas nobody has signed on for."""
    shown = alice.get("/duty/").content.decode()
    assert "You are not on duty" in shown
    assert "Nobody has signed on for North" in shown
    assert alice.post("/duty/start/", {"areas": [north.pk], "hours": "8"}).status_code == 302
    shown = alice.get("/duty/").content.decode()
    assert "You are on duty" in shown
    assert "Nobody has signed on for" not in shown
    assert Shift.objects.get().areas == ["north"]
    assert "On duty" in alice.get("/alerts/").content.decode()
    alice.post("/duty/end/")
    assert "You are not on duty" in alice.get("/duty/").content.decode()


def test_muting_is_shown_with_its_end(alice: Client, cast: Cast) -> None:
    """And the browser is told until when, so that the bar says so."""
    alice.post("/duty/start/", {"hours": "8"})
    alice.post("/duty/mute/", {"priority": "normal", "minutes": "10"})
    shown = alice.get("/duty/").content.decode()
    assert "Alerts of normal and low priority are silent until" in shown
    assert "data-muted-until=" in shown
    alice.post("/duty/unmute/")
    assert "data-muted-until=" not in alice.get("/duty/").content.decode()


def test_signing_out_ends_the_shift(alice: Client, cast: Cast) -> None:
    """Whoever has left covers no area."""
    alice.post("/duty/start/", {"hours": "8"})
    alice.post("/sign-in/out/")
    assert Shift.objects.get().ended_at is not None
    assert len(entries("duty.ended")) == 1


def test_an_area_that_is_not_there_starts_nothing(alice: Client, cast: Cast) -> None:
    """The form says so."""
    response = alice.post("/duty/start/", {"areas": ["999"], "hours": "8"})
    assert response.status_code == 422
    assert not Shift.objects.exists()


def test_areas_are_shown_with_their_cameras(
    sign_in: Callable[[Any], Client], north: Area, cast: Cast
) -> None:
    """An administrator adds one, and puts a camera into it on the camera's page."""
    ada = sign_in(cast.ada)
    assert "In no area" in ada.get("/cameras/areas/").content.decode()
    assert ada.post("/cameras/areas/", {"name": "South", "code": "South"}).status_code == 302
    assert ada.post("/cameras/areas/", {"name": "South", "code": "south"}).status_code == 422
    ada.post(f"/cameras/{cast.camera.pk}/area/", {"area": north.pk})
    shown = ada.get("/cameras/areas/").content.decode()
    assert "In no area" not in shown
    assert "South" in shown
    assert sign_in(cast.alice).post("/cameras/areas/", {"name": "X", "code": "x"}).status_code == 403


@pytest.mark.clause("USE-1")
def test_who_sees_no_alerts_has_no_duty_page(sign_in: Callable[[Any], Client], cast: Cast) -> None:
    """Administrators and auditors are not on duty."""
    assert sign_in(cast.ada).get("/duty/").status_code == 403
