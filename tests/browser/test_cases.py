"""Holds and cases as people see them: from the ticked rows of an answer to the page of the case."""

import base64
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser

from platewarden.accounts.actors import system_actor
from platewarden.cases.exporting.actions import make_export
from platewarden.cases.models import CaseExport, CaseRead, Hold
from platewarden.images.store import Shelf, image_store
from platewarden.reads import days
from platewarden.reads.models import Read
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.browser.scenes import rendered
from tests.cases.scenes import asked
from tests.cast import Cast
from tests.live import LiveServer
from tests.sightings import a_sighting, store

pytestmark = pytest.mark.browser

PLATE = "KRT4821"


def pictured(cast: Cast, count: int, *, now: datetime | None = None) -> None:
    """Store reads of one vehicle with pictures that one can read, one a day."""
    shown = rendered()
    images = {name: base64.b64decode(shown[f"{name}_image"]) for name in ("plate", "vehicle")}
    reads: list[Read] = []
    for age in range(count):
        read = a_sighting(cast.camera, PLATE, (now or utc_now()) - timedelta(days=age, hours=1))
        shelf = Shelf.of_day(read.agency_id, days.day_of(read.seen_at))
        named = [(f"{read.id}/{name}", image) for name, image in images.items()]
        read.plate_image, read.vehicle_image = image_store().seal(shelf, named)
        reads.append(read)
    store(reads)


@pytest.mark.clause("RET-2")
def test_a_hold_is_asked_for_placed_and_taken_up_by_hand(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """Two ticks, a form, the administrator's button, and a read taken into the file: each page fit to be looked at."""
    pictured(live_cast, 4)
    query = asked(live_cast, utc_now(), plate=PLATE)
    ivan = signed_in(browser, live, "ivan")
    ivan.goto(f"{live.url}/queries/{query.pk}/")
    for place in (0, 1):
        ivan.locator("input[name=read]").nth(place).check()
    look_at(ivan, "case-answer")
    ivan.get_by_role("button", name="Ask for a hold").click()
    ivan.get_by_label("Order of a court").check()
    ivan.get_by_label("Reason").fill("The defence has asked for the car's way that week")
    ivan.get_by_role("button", name="Ask for the hold").click()
    look_at(ivan, "case-ask-hold")
    ivan.get_by_label("Which order, or whose word").fill("County Court, order 114 of 18 November")
    ivan.get_by_role("button", name="Ask for the hold").click()
    hold = Hold.objects.get()

    ada = signed_in(browser, live, "ada")
    ada.goto(f"{live.url}/cases/")
    look_at(ada, "cases")
    ada.get_by_role("link", name=f"Hold {hold.pk}").click()
    look_at(ada, "case-hold")
    ada.get_by_role("button", name="Place the hold").click()
    ada.get_by_text("Placed: 2 reads").wait_for()
    look_at(ada, "case-hold-placed")

    ivan.goto(f"{live.url}/cases/{hold.case_id}/")
    look_at(ivan, "case")
    ivan.get_by_role("button", name="Open").first.click()
    look_at(ivan, "case-record")
    ivan.get_by_role("button", name="Take it into the case file").click()
    ivan.get_by_text("The case file has taken this read").wait_for()
    assert CaseRead.objects.exclude(taken_at=None).count() == 1

    ivan.get_by_text("Have a copy made").click()
    ivan.get_by_label("Reason").fill("For the defence of R. Doe, by order of 18 November")
    look_at(ivan, "case-with-file")
    ivan.get_by_role("button", name="Have it made").click()
    look_at(ivan, "case-copy-running")
    make_export(CaseExport.objects.get().pk, actor=system_actor("tests"), now=utc_now())
    with ivan.expect_download() as download:
        ivan.get_by_role("button", name="Fetch it").click()
    assert download.value.suggested_filename.startswith("case-2026-004512-export-")
    look_at(ivan, "case-copy")
