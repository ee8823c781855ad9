"""Searching as people do it: by the keyboard, on the map, and through a second person."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from platewarden.adoption.models import AdoptedValue
from platewarden.cameras.actions import register_camera
from platewarden.cameras.credentials import issue_credential
from platewarden.ingest.actions import ingest
from platewarden.ingest.schemas import SubmittedRead
from platewarden.policy.capture import CameraKind
from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.policy.use import Purpose
from platewarden.queries.actions import ask
from platewarden.queries.models import Query
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.browser.scenes import PLATE, rendered
from tests.cast import Cast, let_submit
from tests.live import LiveServer

pytestmark = pytest.mark.browser

JUSTIFICATION = Justification(
    Purpose.CRIMINAL_INVESTIGATION, "Trace the stolen car's way home after the burglary", "2026-004417"
)
OTHERS = (
    ("mill-street", "Mill Street", 42.4405, -76.4960),
    ("lake-road", "Lake Road", 42.4710, -76.5210),
    ("route-79", "Route 79 east", 42.4310, -76.4700),
)


@pytest.fixture
def passed(live_cast: Cast) -> None:
    """Three more cameras, and a vehicle that two of them saw three times today; another one passed once."""
    now, ada = utc_now(), live_cast.actor("ada")
    cameras = [live_cast.camera]
    for code, name, latitude, longitude in OTHERS:
        camera = register_camera(
            code=code,
            name=name,
            kind=CameraKind.FIXED,
            place=f"{name}, lamp post",
            latitude=latitude,
            longitude=longitude,
            heading_degrees=10,
            actor=ada,
            now=now,
        )
        let_submit(camera, signed_by=live_cast.ada, approved_by=live_cast.sue, now=now)
        issue_credential(camera=camera, actor=ada, now=now)
        cameras.append(camera)
    for camera, plate, minutes in (
        (cameras[0], "KRT 4821", 20),
        (cameras[1], "KRT 4821", 200),
        (cameras[0], "KRT 4821", 390),
        (cameras[2], "KRT 4B21", 230),
    ):
        facts = rendered(f"c-{minutes}", plate=plate, seen_at=now - timedelta(minutes=minutes))
        ingest(
            reads=[SubmittedRead.model_validate(facts)],
            camera=camera,
            actor=replace(live_cast.camera_actor, id=str(camera.pk), name=camera.code),
            now=now,
        )


def asked(cast: Cast, **changes: Any) -> Query:
    """Let Ivan ask for plates like the one that passed, today."""
    now = utc_now()
    scope = QueryScope(QueryKind.NEAR, PLATE, (), now - timedelta(hours=20), now - timedelta(minutes=15))
    return ask(
        justification=changes.pop("justification", JUSTIFICATION),
        scope=replace(scope, **changes),
        actor=cast.actor("ivan"),
        now=now,
        for_decision=True,
    )


def fill(page: Page, **fields: str) -> None:
    """Fill the fields of the form by their labels; purpose and kind as a person would choose them."""
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " ").capitalize(), exact=True).fill(text)


@pytest.mark.usefixtures("passed")
def test_an_answer_is_looked_at_in_three_ways_and_on_paper(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """Each is fit to be looked at, wide and narrow, by day and by night, and as axe hears it."""
    query = asked(live_cast)
    page = signed_in(browser, live, "ivan")
    for name, place in (("answer-reads", ""), ("answer-plates", "?view=plates"), ("answer-map", "?view=map")):
        page.goto(f"{live.url}/queries/{query.pk}/{place}")
        look_at(page, name)
    page.get_by_role("button", name="For paper").click()
    expect(page.get_by_role("heading", name="Answer for paper")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    look_at(page, "answer-paper")


@pytest.mark.usefixtures("passed")
def test_an_answer_is_worked_by_the_keyboard(browser: Browser, live: LiveServer, live_cast: Cast) -> None:
    """From the form one key leads to one's last search; in the answer j and k go from read to read, Enter opens one."""
    query = asked(live_cast)
    page = signed_in(browser, live, "ivan")
    page.goto(f"{live.url}/queries/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/queries/{query.pk}/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Read of "))).to_be_visible()
    expect(page.get_by_role("img", name="Vehicle image of this read")).to_be_visible()


@pytest.mark.usefixtures("passed")
def test_an_area_is_drawn_or_typed(browser: Browser, live: LiveServer) -> None:
    """A drag makes a rectangle, presses make corners, and what is typed shows on the map; the search takes either."""
    page = signed_in(browser, live, "ivan")
    page.goto(f"{live.url}/queries/")
    chart, corners = page.locator("[data-area-map]"), page.get_by_label("Corners of an area")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + box["height"] - 20, steps=4)
    page.mouse.up()
    assert len(corners.input_value().splitlines()) == 2
    assert len(page.locator("[data-area-outline]").get_attribute("points").split()) == 4  # type: ignore[union-attr]
    look_at(page, "ask-area")
    page.get_by_role("button", name="No area").click()
    assert corners.input_value() == ""
    for x, y in ((40, 40), (200, 40), (120, 160)):
        chart.click(position={"x": x, "y": y})
    assert len(corners.input_value().splitlines()) == 3
    page.get_by_role("button", name="Last corner away").click()
    assert len(corners.input_value().splitlines()) == 2
    corners.fill("42.44, -76.51\n42.46, -76.49")
    fill(
        page,
        plate="KRT 4821",
        reason="Trace the stolen car's way home",
        case_or_incident_number="2026-004417",
    )
    page.get_by_label("Identify or locate a vehicle").check()
    page.get_by_role("button", name="Record and search").click()
    expect(page.get_by_text("Mill Street, Route 13 north")).to_be_visible()
    expect(page.get_by_text("km²")).to_be_visible()


@pytest.mark.usefixtures("passed")
def test_a_second_person_decides(browser: Browser, live: LiveServer, live_cast: Cast) -> None:
    """Asked, waiting, looked at by a supervisor, released with a reason, told in the inbox, and made."""
    page = signed_in(browser, live, "ivan")
    page.goto(f"{live.url}/queries/")
    page.get_by_label("Everything at cameras").check()
    page.get_by_label("Route 13 north, Route 13 at Mill Street").check()
    fill(
        page,
        reason="Arson on Main Street at night, which cars drove away?",
        case_or_incident_number="2026-004417",
    )
    page.get_by_label("Identify or locate a vehicle").check()
    page.get_by_role("button", name="Record and search").click()
    put = page.get_by_role("button", name="Put it before a supervisor")
    expect(put).to_be_visible()
    look_at(page, "ask-refused")
    put.click()
    expect(page.get_by_role("heading", name="Your search waits for a decision")).to_be_visible()
    look_at(page, "search-waiting")

    supervisor = signed_in(browser, live, "sue")
    supervisor.goto(f"{live.url}/inbox/")
    supervisor.get_by_role("link", name="Open the search").click()
    supervisor.get_by_role("link", name="All that wait").click()
    look_at(supervisor, "searches-held")
    supervisor.get_by_role("link", name=re.compile("^Look at it")).click()
    look_at(supervisor, "search-review")
    supervisor.get_by_label("Reason of your decision").fill(
        "The fire was set at two; a week shows who came by"
    )
    supervisor.get_by_role("button", name="Release it").click()
    expect(supervisor.get_by_text("The search is released")).to_be_visible()

    page.goto(f"{live.url}/inbox/")
    page.get_by_role("link", name="Open the search").click()
    expect(page.get_by_text("Released by")).to_be_visible()
    expect(page.get_by_role("heading", name="2 reads")).to_be_visible()


@pytest.mark.usefixtures("passed")
def test_an_exigent_search_without_its_number_is_seen(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """The search page says so first, beside a file that has to be answered for; both can be settled there."""
    now = utc_now()
    AdoptedValue.objects.create(
        name="query.exigent",
        value=True,
        why="lives",
        in_force_from=now - timedelta(days=1),
        proposed_by=live_cast.ada,
        proposed_at=now,
        approved_by=live_cast.sue,
        approved_at=now,
    )
    query = asked(live_cast, justification=replace(JUSTIFICATION, case_number="", exigent=True))
    page = signed_in(browser, live, "alice")
    page.goto(f"{live.url}/queries/held/{query.pk}/")
    page.get_by_label("Reason of your decision").fill("A child is in the car, seen by two neighbours")
    page.get_by_role("button", name="Release it").click()
    page = signed_in(browser, live, "ivan")
    page.goto(f"{live.url}/queries/{query.pk}/")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename.startswith("query-entry-")
    Query.objects.update(number_due_at=now)
    page.goto(f"{live.url}/queries/")
    expect(page.get_by_role("heading", name="You cannot search")).to_be_visible()
    look_at(page, "ask-locked")
    page.get_by_role("button", name="It is destroyed").click()
    page.get_by_label("Case or incident number").first.fill("2026-004999")
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("has its case number now")).to_be_visible()
    expect(page.get_by_role("heading", name="You cannot search")).not_to_be_visible()
