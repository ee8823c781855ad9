"""A passkey and an authenticator, set up and used as people do it; the passkey lives in a virtual authenticator."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page

from tests.browser.looks import look_at
from tests.cast import PASSWORD, Cast
from tests.live import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.clause("ADM-3")]


def at_first_sign_in(page: Page, address: str, cast: Cast) -> None:
    """Come in with a password, as somebody who has no second factor yet."""
    Authenticator.objects.filter(user=cast.alice).delete()
    give_password(page, address)
    page.wait_for_url("**/sign-in/second-factor/**")


def give_password(page: Page, address: str) -> None:
    """Fill in the first page."""
    page.goto(f"{address}/sign-in/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    """Leave through the menu."""
    page.locator("details.person summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")


def test_a_passkey_is_set_up_and_lets_its_person_in(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """First sign-in leads to it; recovery codes follow; the next sign-in asks for it and needs no code."""
    address = live.url.replace("127.0.0.1", "localhost")
    page = browser.new_context().new_page()
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    client.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    at_first_sign_in(page, address, live_cast)
    look_at(page, "second-factor")
    page.get_by_role("link", name="Add a passkey").click()
    look_at(page, "add-passkey")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery/")
    look_at(page, "recovery-codes")
    assert page.locator(".recovery-codes li").count() == 10
    sign_out(page)
    give_password(page, address)
    page.wait_for_url("**/sign-in/code/")
    look_at(page, "second-factor-asked")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/alerts/")


def test_an_authenticator_is_set_up_from_the_secret_shown(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """The picture, the secret in letters, six digits, and the way is free."""
    page = browser.new_context().new_page()
    at_first_sign_in(page, live.url, live_cast)
    page.get_by_role("link", name="Set up an authenticator").click()
    look_at(page, "set-up-authenticator")
    secret = page.locator(".lesson code").first.inner_text()
    page.get_by_label("Authenticator code").fill(
        format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    )
    page.get_by_role("button", name="Set up").click()
    page.wait_for_url("**/recovery/")
    page.get_by_role("link", name="I have them").click()
    page.wait_for_url("**/alerts/")
