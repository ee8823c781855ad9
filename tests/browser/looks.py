"""For tests in a real browser: open one, ask axe about a page, keep a picture of it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
GRAVE = frozenset({"serious", "critical"})
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
"""Width and height of the two windows every page is looked at in, in CSS pixels."""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium; skip the test where there is none, unless CI=1 asks for it."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        (pytest.fail if os.environ.get("CI", "0") != "0" else pytest.skip)(
            "no Chromium on PATH: see .ci/browser"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def wait_until(page: Page, expression: str, *, timeout_ms: int = 30_000) -> None:
    """Wait until *expression* holds; asked from outside, since the page's own policy forbids evaluating text in it."""
    for _ in range(timeout_ms // 50):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not within {timeout_ms} ms: {expression}")


def assert_accessible(page: Page) -> None:
    """Fail if axe finds anything serious or critical on *page*; name each rule and the first elements."""
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    grave = [found for found in violations if found["impact"] in GRAVE]
    told = [
        f"{found['id']}: {[(node['html'][:120], node['any'][:1]) for node in found['nodes'][:3]]}"
        for found in grave
    ]
    assert not grave, f"{page.url}\n" + "\n".join(told)


def screenshot(page: Page, name: str) -> None:
    """Save the whole *page* as NAME.png in the folder that PLATEWARDEN_SCREENSHOTS names, if it names one."""
    if folder := os.environ.get("PLATEWARDEN_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def look_at(page: Page, name: str) -> None:
    """Look at *page* in both windows, by day and by night: nothing grave, nothing cut off sideways.

    Args:
        page: As it stands; what its scripts have done stays.
        name: Of its pictures; the window and the theme are added.
    """
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.evaluate(_PAINTED)
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {size}"
            screenshot(page, f"{name}-{size}-{theme}")
