"""The pages about edge devices, as an administrator sees them."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from platewarden.cameras.device_stills import take_still
from platewarden.devices import actions
from platewarden.devices.models import Device
from platewarden.edge import signed
from platewarden.ledger.checkpoint import SignerKey
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.cameras.stage import picture_with_plate
from tests.cast import Cast
from tests.devices.boxes import code_for
from tests.devices.test_devices import report
from tests.live import LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture
def device(live_cast: Cast) -> Device:
    """A device that lost reads, whose clock is off, and that has new settings to fetch."""
    now, key = utc_now(), SignerKey.generate("box")
    code = code_for(live_cast, code="route-13-box", now=now)
    proof = signed.sign(signed.enrolment_text(code=code, public=key.verifier.public), key)
    device = actions.enrol(
        one_time=code,
        public=key.verifier.public,
        proof=proof,
        agency_id=live_cast.agency.pk,
        address="192.0.2.7",
        now=now,
    )
    said = report(dropped_non_hits=12, refused=1) | {"clock_offset_seconds": 86_400.25}
    actions.take_report(device=device, report=said, address="192.0.2.7", now=now)
    take_still(
        camera=live_cast.camera,
        data=picture_with_plate(),
        is_asked_for=False,
        is_live=True,
        enrolled_at=device.enrolled_at,
        actor=actions.actor_of(device),
        now=now,
    )
    code_for(live_cast, code="gate-box", now=now)
    return device


def corners(page: Page) -> list[float]:
    """The numbers in the field of the region, one after the other."""
    typed = page.get_by_role("textbox", name="Region").input_value()
    return [float(number) for number in typed.replace(";", ",").split(",")]


def near(numbers: list[float]) -> Any:
    """Equal to *numbers* but for what a pixel is wide."""
    return pytest.approx(numbers, abs=0.01)


def press_and_drag(
    page: Page, picture: Locator, start: tuple[float, float], end: tuple[float, float]
) -> None:
    """Press at a place of *picture*, as shares of its width and height, and let go at another."""
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box
    at = [(box["x"] + x * box["width"], box["y"] + min(y, 0.999) * box["height"]) for x, y in (start, end)]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1])
    page.mouse.up()


def test_the_pages_about_devices_are_fit_to_be_looked_at(
    browser: Browser, live: LiveServer, live_cast: Cast, device: Device
) -> None:
    """Nothing serious for axe, nothing cut off: the list, a device, the form, the code, the end, what it sees."""
    page = signed_in(browser, live, "ada")
    for name, path in (("devices", ""), ("device", f"{device.pk}/"), ("new-device", "new/")):
        page.goto(f"{live.url}/cameras/devices/{path}")
        look_at(page, name)
    page.get_by_label("Code").fill("Bridge-Box")
    page.get_by_label("Name").fill("Box on the bridge")
    page.get_by_label("Route 13 north").check()
    page.get_by_role("button", name="Issue the code").click()
    expect(page.get_by_role("heading", name="One-time code for Box on the bridge")).to_be_visible()
    look_at(page, "device-code")
    page.goto(f"{live.url}/cameras/devices/{device.pk}/")
    page.get_by_label("Reads in one submission").fill("7")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("Settings 1 are set")).to_be_visible()
    page.get_by_role("link", name="Route 13 north").last.click()
    page.get_by_label("Region (optional)").fill("0.05,0.55;0.7,0.35;1,0.5;1,1;0.05,1")
    page.get_by_role("button", name="Draw it over the still").click()
    drawn = page.get_by_role("img", name="The region as it lies in the picture")
    page.get_by_role("button", name="Corner 1").press("ArrowDown")
    assert corners(page) == pytest.approx([0.05, 0.56, 0.7, 0.35, 1, 0.5, 1, 1, 0.05, 1])
    press_and_drag(page, drawn, (0.5, 1.0), (0.5, 0.9))
    assert corners(page) == near([0.05, 0.56, 0.7, 0.35, 1, 0.5, 1, 1, 0.5, 0.9, 0.05, 1])
    press_and_drag(page, drawn, (0.7, 0.35), (0.6, 0.4))
    assert corners(page) == near([0.05, 0.56, 0.6, 0.4, 1, 0.5, 1, 1, 0.5, 0.9, 0.05, 1])
    look_at(page, "device-source")
    page.get_by_role("button", name="Corner 5").press("Delete")
    assert corners(page) == near([0.05, 0.56, 0.6, 0.4, 1, 0.5, 1, 1, 0.05, 1])
    page.goto(f"{live.url}/cameras/{live_cast.camera.pk}/sign/")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_label("The picture that its device sent shows what the camera sees")).to_be_visible()
    look_at(page, "sign-with-still-of-device")
    page.goto(f"{live.url}/cameras/devices/{device.pk}/")
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("heading", name="Revoked", exact=True)).to_be_visible()
    look_at(page, "device-revoked")
    page.goto(f"{live.url}/cameras/{live_cast.camera.pk}/sign/")
    expect(page.get_by_role("heading", name="The still of its device is not offered")).to_be_visible()
