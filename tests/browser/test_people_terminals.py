"""Terminals, a reset of a second factor and sign-ins to ask about, as the administrator and the approver see them."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from platewarden.accounts.models import SignIn
from platewarden.accounts.recovering import ask_for_reset
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.cast import Cast
from tests.live import LiveServer

pytestmark = pytest.mark.browser


@pytest.mark.clause("ADM-3")
def test_a_terminal_is_registered_here_and_enrolled_there(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """The administrator gets a code; an officer types it in the car's browser, which then has no idle limit."""
    ada = signed_in(browser, live, "ada")
    ada.goto(f"{live.url}/people/")
    ada.get_by_role("link", name="Terminals").click()
    ada.get_by_label("Name", exact=True).fill("Car 12")
    ada.get_by_role("button", name="Register").click()
    code = ada.locator("[data-code]").inner_text()
    look_at(ada, "terminals")
    alice = signed_in(browser, live, "alice")
    alice.goto(f"{live.url}/terminal/")
    look_at(alice, "terminal-enrol")
    alice.get_by_label("One-time code").fill(code)
    alice.get_by_role("button", name="Enrol").click()
    alice.get_by_text("This browser is the terminal Car 12").wait_for()
    alice.goto(f"{live.url}/training/")
    assert alice.locator("body").get_attribute("data-idle-minutes") is None


@pytest.mark.clause("ADM-3")
def test_a_persons_page_says_what_to_ask_about_and_what_waits(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """Signs with their rows; a reset that an approver decides on."""
    now, alice = utc_now(), live_cast.alice
    for minutes, address in ((5, "192.0.2.7"), (0, "198.51.100.9")):
        at = now - timedelta(minutes=minutes)
        SignIn.objects.create(
            user=alice, username="alice", outcome="succeeded", address=address, browser="Console", at=at
        )
    ada = signed_in(browser, live, "ada")
    ada.goto(f"{live.url}/people/{alice.pk}/")
    ada.get_by_text("Two sign-ins from two addresses within minutes").click()
    look_at(ada, "person-signs")
    ask_for_reset(user=alice, because="Lost the phone.", actor=live_cast.actor("ada"), now=now)
    pam = signed_in(browser, live, "pam")
    pam.goto(f"{live.url}/people/{alice.pk}/")
    look_at(pam, "person-reset")
    pam.get_by_role("button", name="Approve the reset").click()
    pam.get_by_role("dialog").get_by_role("button", name="Approve the reset").click()
    pam.get_by_role("heading", name="One-time code").wait_for()
    look_at(pam, "person-reset-code")
