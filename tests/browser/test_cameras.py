"""A camera from the register to its first read, by the people who see to it; and how it does, as they look at it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from platewarden.cameras.hearing import note_delivery
from platewarden.cameras.models import Camera
from platewarden.cameras.moves import look_at_places
from platewarden.policy.parameters import defaults
from platewarden.reads.models import ReadCount
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.cameras.stage import deploy, make_vendor, picture_with_plate, register
from tests.cast import Cast
from tests.live import LiveServer

pytestmark = pytest.mark.browser


def press(page: Page, name: str) -> None:
    """Press the button of this name, and agree if the page asks."""
    page.get_by_role("button", name=name, exact=True).click()


def history(cast: Cast) -> None:
    """Four weeks in which the camera submitted by day and by night, and a delivery a moment ago."""
    now = utc_now()
    start = now.replace(minute=0, second=0, microsecond=0)
    hours = [start - back * timedelta(hours=1) for back in range(1, 4 * 7 * 24)]
    ReadCount.objects.bulk_create(
        ReadCount(
            agency=cast.agency,
            camera=cast.camera,
            hour=hour,
            reads=60 if 11 <= hour.hour < 23 else 8,
            state_unknown=3,
        )
        for hour in hours
    )
    note_delivery(
        camera=cast.camera,
        now=now,
        reads=4,
        dropped={"driver.seatBelt": 4},
        delay_seconds=2.5,
        skew_seconds=0.4,
        version="4.1.2",
    )


def carry_off(cast: Cast) -> None:
    """Let the camera say five times, a minute apart, that it is a kilometre away."""
    now = utc_now()
    for back in range(4, -1, -1):
        at = now - back * timedelta(minutes=1)
        look_at_places(
            camera=Camera.objects.get(pk=cast.camera.pk),
            places=[(at, (42.46, -76.5))],
            actor=cast.camera_actor,
            parameters=defaults(now),
            now=at,
        )


@pytest.mark.clause("CAP-1", "CAP-5")
def test_a_camera_goes_from_the_register_to_its_approval(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """The vendor registers, signs and takes the credential; a supervisor looks at the picture, and approves."""
    vendor = make_vendor(live_cast)
    vendor.password = live_cast.sue.password
    vendor.save()
    page = signed_in(browser, live, "vic")
    page.goto(f"{live.url}/cameras/new/")
    look_at(page, "camera-register")
    page.get_by_label("Fixed to a structure").check()
    for label, text in (
        ("Code", "route-79"),
        ("Name", "Route 79 east"),
        ("Place", "Route 79 at Hollow Road"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    for label, text in (("Latitude", "42.43"), ("Longitude", "-76.47"), ("Heading", "85")):
        page.get_by_label(label).fill(text)
    press(page, "Register")
    page.get_by_role("link", name="Sign what it sees").click()
    page.get_by_label("Still").set_input_files(
        {"name": "still.png", "mimeType": "image/png", "buffer": picture_with_plate()}
    )
    page.get_by_label("What the camera sees").fill("The carriageway and its verge; no yard, no window.")
    look_at(page, "camera-sign")
    press(page, "Sign")
    expect(page.get_by_text("A statement waits for a second person")).to_be_visible()
    expect(page.get_by_role("button", name="Look at its picture, and decide")).to_have_count(0)
    press(page, "Issue a credential")
    expect(page.get_by_text("Enter it in the camera now")).to_be_visible()
    look_at(page, "camera-credential")
    camera = Camera.objects.get(code="route-79")
    page = signed_in(browser, live, "sue")
    page.goto(f"{live.url}/cameras/{camera.pk}/")
    press(page, "Look at its picture, and decide")
    look_at(page, "camera-statement")
    press(page, "Approve: it sees public places only")
    expect(page.get_by_text("may submit while the statement is in force")).to_be_visible()


@pytest.mark.clause("CAP-5", "HIT-1")
def test_how_cameras_do_is_fit_to_be_looked_at(browser: Browser, live: LiveServer, live_cast: Cast) -> None:
    """One that does as usual, one that is deployed and silent, and the forms to move and deploy them."""
    now = utc_now()
    history(live_cast)
    trailer = register(live_cast)
    deploy(live_cast, trailer, starts_at=now - timedelta(days=2), ends_at=now + timedelta(days=2))
    page = signed_in(browser, live, "ada")
    for name, path in (
        ("camera-list", ""),
        ("camera-usual", f"{live_cast.camera.pk}/"),
        ("camera-deployed", f"{trailer.pk}/"),
        ("camera-deploy", f"{trailer.pk}/deploy/"),
        ("camera-change", f"{live_cast.camera.pk}/change/"),
    ):
        page.goto(f"{live.url}/cameras/{path}")
        look_at(page, name)
    page.goto(f"{live.url}/cameras/")
    expect(page.get_by_text("1 camera silent")).to_be_visible()
    carry_off(live_cast)
    page.goto(f"{live.url}/cameras/{live_cast.camera.pk}/")
    page.get_by_label("How you know").fill("I stood before it: its receiver hangs under a tin roof.")
    look_at(page, "camera-found-elsewhere")
    press(page, "It did not move")
    expect(page.get_by_text("You said so yourself")).to_be_visible()
    page = signed_in(browser, live, "sue")
    page.goto(f"{live.url}/cameras/{live_cast.camera.pk}/")
    press(page, "Confirm: it did not move")
    page.get_by_role("dialog").get_by_role("button", name="Confirm: it did not move").click()
    expect(page.get_by_text("Confirmed: what was signed of the camera counts")).to_be_visible()
