"""How cameras do: what is usual for each of them, silence that is told, and what is unknown said as unknown."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from platewarden.accounts.actors import system_actor
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.drawing import days_of, plot_of, so_far, week_of
from platewarden.cameras.duties import duties_at
from platewarden.cameras.health import Counts, Health, figures_of, healths_of
from platewarden.cameras.hearing import note_delivery, note_heartbeat
from platewarden.cameras.models import Camera
from platewarden.cameras.pages import sheets_of
from platewarden.cameras.showing import agency_zone
from platewarden.cameras.watching import look_after_cameras, silent_cameras
from platewarden.notices.models import Notice
from platewarden.policy.capture import CameraKind
from platewarden.reads.models import ReadCount
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
THIS_HOUR = NOW.replace(minute=0)


def history(cast: Cast, *, weeks: int, reads: int = 60, until: datetime = THIS_HOUR) -> None:
    """Let the camera have submitted so many *reads* in every hour of the last *weeks*, up to *until*."""
    hours = (until - back * HOUR for back in range(1, weeks * 7 * 24 + 1))
    ReadCount.objects.bulk_create(
        ReadCount(agency=cast.agency, camera=cast.camera, hour=hour, reads=reads, state_unknown=0)
        for hour in hours
    )
    Camera.objects.update(approved_at=NOW - timedelta(days=60))


def health(now: datetime = NOW) -> Health:
    """How the camera of the cast does."""
    parameters = parameters_at(now)
    sheets = sheets_of(Camera.objects.filter(code="route-13"), parameters=parameters, now=now)
    return healths_of(sheets, parameters=parameters, now=now)[0]


def test_what_is_usual_is_the_same_hour_of_earlier_weeks() -> None:
    """A week in which the camera was down does not count; two weeks are too few, and days stand in for them."""
    counts = {THIS_HOUR - week * timedelta(days=7): 40 + week for week in (1, 2, 4)}
    assert Counts(counts).usual(THIS_HOUR) == 42
    assert Counts({THIS_HOUR - timedelta(days=7): 40}).usual(THIS_HOUR) is None
    days = {THIS_HOUR - day * timedelta(days=1): 10 for day in (1, 2, 3)}
    assert Counts(days).usual(THIS_HOUR) == 10
    assert Counts({}).usual(THIS_HOUR) is None


@pytest.mark.clause("HIT-1")
def test_a_busy_camera_is_silent_within_the_hour(cast: Cast) -> None:
    """Where sixty an hour are usual, a quarter of an hour without a read is silence, and says how many are missing."""
    history(cast, weeks=4)
    note_delivery(camera=cast.camera, now=NOW - timedelta(minutes=5), reads=1)
    assert health().badge.text == "Submitting"
    later = NOW + timedelta(minutes=15)
    found = health(later)
    assert found.badge.text == "Silent"
    assert found.why_silent == "Usually it would have been about 20."


@pytest.mark.clause("HIT-1")
def test_the_register_of_duties_says_since_when_on_the_agency_s_clock(cast: Cast) -> None:
    """As every other time on its page."""
    history(cast, weeks=4)
    note_delivery(camera=cast.camera, now=NOW, reads=1)
    (silent,) = (duty for duty in duties_at(NOW + HOUR) if duty.clause == "HIT-1")
    assert silent.evidence.endswith(f"no read since {NOW.astimezone(agency_zone()):%Y-%m-%d %H:%M} EST")


@pytest.mark.clause("HIT-1")
def test_silence_is_told_once_and_taken_back_when_it_ends(cast: Cast) -> None:
    """To administrators and supervisors, as something to be done now; a lens that sees nothing is told apart."""
    history(cast, weeks=4)
    note_delivery(camera=cast.camera, now=NOW, reads=1)
    actor, later = system_actor("camera timer"), NOW + HOUR
    note_heartbeat(camera=cast.camera, now=later - timedelta(minutes=1))
    for _ in range(2):
        look_after_cameras(actor=actor, now=later)
    told = Notice.objects.filter(kind="camera.silent", handled_at=None)
    assert {notice.to_role for notice in told} == {"administrator", "supervisor"}
    assert "It answers, and sees nothing" in told[0].text
    assert [duty.what for duty in duties_at(later) if duty.clause == "HIT-1"] == [
        "Look after camera route-13, which is silent"
    ]
    note_delivery(camera=cast.camera, now=later, reads=1)
    look_after_cameras(actor=actor, now=later + timedelta(minutes=1))
    assert not told.all().exists()


@pytest.mark.clause("HIT-1")
def test_a_short_history_is_unknown_until_the_day_is_over(cast: Cast) -> None:
    """Neither health nor alarm; after a day without any read somebody has to look."""
    note_delivery(camera=cast.camera, now=NOW, reads=1)
    ReadCount.objects.create(agency=cast.agency, camera=cast.camera, hour=THIS_HOUR, reads=1, state_unknown=0)
    assert health(NOW + 3 * HOUR).badge.text == "Quiet; usual unknown"
    assert not silent_cameras(NOW + 23 * HOUR)
    assert [found.sheet.camera for found in silent_cameras(NOW + 24 * HOUR)] == [cast.camera]


@pytest.mark.clause("HIT-1")
def test_a_camera_that_never_spoke_is_silent_a_day_after_its_approval(cast: Cast) -> None:
    """And never shown as healthy before; a parked patrol car is not called silent for that alone."""
    assert health().badge.text == "No read yet"
    assert [found.why_silent for found in silent_cameras(NOW + 24 * HOUR)] == [
        "So long without a read is silence whatever is usual."
    ]
    Camera.objects.update(kind=CameraKind.MOBILE)
    assert not silent_cameras(NOW + 24 * HOUR)
    assert health(NOW + 24 * HOUR).badge.text == "Quiet; usual unknown"


def test_fewer_than_usual_is_said(cast: Cast) -> None:
    """Fifteen where sixty are usual is no chance; the count beside it is the last whole hour's."""
    history(cast, weeks=4)
    ReadCount.objects.filter(hour=THIS_HOUR - HOUR).update(reads=15)
    note_delivery(camera=cast.camera, now=NOW, reads=1)
    found = health()
    assert (found.badge.text, found.last_hour, found.usual) == ("Fewer than usual", 15, 60)


def test_a_camera_that_may_not_submit_is_not_called_silent(cast: Cast) -> None:
    """What keeps it from submitting is said instead."""
    Camera.objects.update(suspended_at=NOW)
    assert health(NOW + 48 * HOUR).badge.text == "Suspended"
    assert not silent_cameras(NOW + 48 * HOUR)


def test_figures_are_unknown_where_nothing_was_said(cast: Cast) -> None:
    """No reads, no delay; a device that does not say its time has no error of its clock."""
    empty = figures_of(cast.camera, since=NOW - 24 * HOUR)
    assert (empty.delay, empty.worst_delay, empty.skew, empty.worst_skew) == (None, None, None, None)
    assert (empty.clock, empty.lateness) == ("", "")
    note_delivery(
        camera=cast.camera,
        now=NOW,
        reads=2,
        delay_seconds=3.0,
        skew_seconds=-90.0,
        dropped={"driver.mask": 2},
    )
    found = figures_of(cast.camera, since=NOW - 24 * HOUR)
    assert (found.delay, found.worst_delay, found.skew, found.worst_skew) == (3.0, 3.0, -90.0, -90.0)
    assert found.dropped == [("driver.mask", 2)]
    assert found.lateness == "3.0 seconds on average, 3.0 seconds at worst"
    assert found.clock.startswith("1 minute 30 seconds behind this server's on average, ")


def test_a_plot_draws_counts_to_scale(cast: Cast) -> None:
    """The largest reaches the upper edge; what is unknown has no line."""
    hours = [(THIS_HOUR, 5, None), (THIS_HOUR + HOUR, 10, 5.0), (THIS_HOUR + 2 * HOUR, 0, 0.0)]
    plot = plot_of(hours, agency_zone(), width=30, height=100)
    assert [(bar.y, bar.height, bar.usual_y) for bar in plot.bars] == [
        (50, 50, None),
        (0, 100, 50),
        (100, 0, 100),
    ]


def test_seven_days_are_seven_lines() -> None:
    """Today and the six before it on the agency's clock, also where clocks go back in between."""
    zone, now = ZoneInfo("America/New_York"), datetime(2026, 11, 4, 15, 30, tzinfo=UTC)
    counts = Counts({})
    lines = days_of([*week_of(counts, zone=zone, now=now), so_far(counts, now=now)], zone)
    assert [line.day[5:] for line in lines] == ["11-04", "11-03", "11-02", "11-01", "10-31", "10-30", "10-29"]


def test_a_day_counts_the_running_hour() -> None:
    """A camera that began to send this hour is not shown as one that sent nothing today."""
    now = THIS_HOUR + timedelta(minutes=30)
    counts = Counts({THIS_HOUR: 15} | {THIS_HOUR - timedelta(weeks=week): 60 for week in range(1, 5)})
    assert so_far(counts, now=now) == (THIS_HOUR, 15, 30)
    (today,) = days_of([so_far(counts, now=now)], ZoneInfo("UTC"))
    assert (today.reads, today.usual) == (15, 30)
    assert so_far(Counts({}), now=now) == (THIS_HOUR, 0, None)


def test_the_pages_show_how_it_does(cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list with its drawing and map; the page with figures, and unknown said as unknown."""
    for module in ("cameras.views", "cameras.showing", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)
    history(cast, weeks=4, until=THIS_HOUR - HOUR)
    client = sign_in(cast.ada)
    listed = client.get(reverse("cameras:list")).content.decode()
    assert "1 camera silent" in listed
    assert 'class="hour-spark"' in listed
    assert "Where they stand" in listed
    shown = client.get(reverse("cameras:detail", args=[cast.camera.pk])).content.decode()
    assert "Silent: it hears no hit" in shown
    assert "unknown: it does not say what time it has" in shown
    assert "usually about 60" in shown
