"""A browser, a real server behind it, and people who sign in as people do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from platewarden.accounts.models import User
from platewarden.accounts.second_factor import code_now
from platewarden.ledger.keys import ensure_log_key
from platewarden.site.clock import utc_now
from tests.browser.looks import open_browser
from tests.cast import PASSWORD, Cast, make_cast
from tests.live import LiveServer, running

expect.set_options(
    timeout=30_000
)  # it ends as soon as what is expected is there; on a busy machine that may take long


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once a worker."""
    with open_browser() as chromium:
        yield chromium


@pytest.fixture
def live_cast(fresh_database: str, store_home: Path) -> Cast:
    """The cast, entered just now: the server behind the browser goes by the real clock."""
    ensure_log_key(store_home / "keys", "test.platewarden.invalid/ledger")
    return make_cast(utc_now())


@pytest.fixture
def live(live_cast: Cast, fresh_database: str, store_home: Path) -> Iterator[LiveServer]:
    """A server that shares database, keys and images with the test."""
    with running(store_home, fresh_database) as server:
        yield server


def signed_in(browser: Browser, live: LiveServer, username: str) -> Page:
    """Open a window of one's own and sign in through the page."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{live.url}/sign-in/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(code_now(User.objects.get(username=username)))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page
