"""The page on board at the size of a patrol car's terminal, by day and at night."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from platewarden.edge.unit.page.serving import UnitServer, code_of
from tests.boards.cars import drive_past, unit_of
from tests.boards.conftest import at_now, car
from tests.boards.test_boards import Lists
from tests.browser.looks import THEMES, assert_accessible, screenshot
from tests.cast import Cast
from tests.devices.boxes import Box

__all__ = ["at_now", "car"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

TERMINAL = {"width": 1024, "height": 600}


@pytest.fixture
def served(car: Box, cast: Cast) -> Iterator[UnitServer]:
    """The page of a car that has just met a stolen vehicle."""
    Lists(cast).load("KRT4821")
    unit = unit_of(car)
    unit.keep_up(car.line, car.identity)
    assert drive_past(car, unit, "KRT4821", "one")
    server = UnitServer(unit, server="https://alpr.example.org", port=0)
    server.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.clause("HIT-1", "HIT-2")
def test_a_hit_and_its_answers_fit_the_terminal(browser: Browser, served: UnitServer) -> None:
    """What it is wanted for, both images, both plates and the three answers are seen without scrolling."""
    page = browser.new_context(viewport=TERMINAL).new_page()  # type: ignore[arg-type]
    page.goto(served.address)
    page.get_by_label("Code").fill(code_of(served.unit.folder))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Stolen vehicle")).to_be_visible()
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        assert_accessible(page)
        screenshot(page, f"on-board-{theme}")
    for part in page.locator("h2, .pictures img, .plate, form button").all():
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= TERMINAL["height"]
    page.keyboard.press("1")
    expect(page.get_by_text("Check the status by radio before any stop")).to_be_visible()
    assert_accessible(page)
