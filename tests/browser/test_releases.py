"""A release from the paper to the file, as three people take it there."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from platewarden.accounts.actors import system_actor
from platewarden.bags.checking import check_bag
from platewarden.ledger.keys import verifiers
from platewarden.releases import packing
from platewarden.releases.encrypting import decrypt
from platewarden.releases.models import ReleaseDecision
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.browser.test_cases import pictured
from tests.cases.scenes import NUMBER
from tests.cast import Cast
from tests.live import LiveServer
from tests.releases.scenes import NEED, PAPER

pytestmark = pytest.mark.browser


def take_in(page: Page, live: LiveServer) -> None:
    """Fill the form as the paper says; the first time without half of it."""
    now = utc_now()
    page.goto(f"{live.url}/releases/new/")
    page.get_by_label("Agency that asks").fill("Sayre Borough Police Department")
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_role("alert", name="Not taken in")).to_contain_text("the number of their case")
    look_at(page, "release-lacking")
    page.get_by_label("What it is", exact=True).select_option("police")
    page.locator("[name=state]").fill("PA")
    page.get_by_label("Person who asks").fill("Det. R. Kowalczyk")
    page.get_by_label("How to reach them").fill("570 555 0117")
    page.locator("[name=received_on]").fill(f"{now - timedelta(days=1):%Y-%m-%d}")
    page.locator("[name=purpose]").select_option("criminal_investigation")
    page.get_by_label("Their case number").fill("SB-26-1187")
    page.get_by_label("What it is needed for").fill(NEED)
    page.get_by_label("Plate asked about").fill("KRT 4821")
    page.locator("[name=seen_from]").fill(f"{now - timedelta(days=5):%Y-%m-%dT%H:%M}")
    page.locator("[name=seen_until]").fill(f"{now - timedelta(hours=12):%Y-%m-%dT%H:%M}")
    paper = {"name": "request.pdf", "mimeType": "application/pdf", "buffer": PAPER.content}
    page.locator("[name=document]").set_input_files(paper)  # type: ignore[arg-type]
    page.locator("[name=attests_status]").check()
    page.locator("[name=attests_grounds]").check()
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Release No.")


def prepare(page: Page, live: LiveServer) -> None:
    """Search for it under a number of ours, and freeze what was found."""
    now = utc_now()
    page.goto(f"{live.url}/queries/")
    page.locator("[name=kind][value=exact]").check()
    page.locator("[name=plate_text]").fill("KRT4821")
    page.locator("[name=seen_from]").fill(f"{now - timedelta(days=5):%Y-%m-%dT%H:%M}")
    page.locator("[name=seen_until]").fill(f"{now - timedelta(hours=12):%Y-%m-%dT%H:%M}")
    page.get_by_label("Identify or locate a vehicle").check()
    page.locator("[name=reason]").fill(
        "For Sayre police: armed robbery of a pharmacy, where did the sedan go"
    )
    page.locator("[name=case_number]").fill(NUMBER)
    page.get_by_role("button", name="Record and search").click()
    page.get_by_role("button", name="Put into a release").click()
    page.get_by_label("Sayre Borough").check()
    look_at(page, "release-choose")
    page.get_by_role("button", name="Freeze it for this request").click()
    expect(page.get_by_text("Waits for a decision").first).to_be_visible()


@pytest.mark.clause("SHR-2")
def test_a_release_is_taken_in_prepared_decided_and_handed_over(
    browser: Browser, live: LiveServer, live_cast: Cast, tmp_path: Path
) -> None:
    """Sue takes it in, Ivan searches and prepares, the Sheriff looks and approves, Ivan hands it over."""
    now = utc_now()
    pictured(live_cast, 2, now=now - timedelta(days=1))
    sue = signed_in(browser, live, "sue")
    take_in(sue, live)
    look_at(sue, "release-received")
    address = sue.url
    sue.context.close()
    ivan = signed_in(browser, live, "ivan")
    prepare(ivan, live)
    sol = signed_in(browser, live, "sol")
    expect(sol.get_by_role("heading", level=1)).to_have_text("Releases")
    look_at(sol, "release-list")
    sol.goto(address)
    sol.get_by_role("button", name="Look at it and decide").click()
    look_at(sol, "release-selection")
    sol.get_by_role("button", name="Approve exactly this").click()
    expect(sol.get_by_text("its package is being made")).to_be_visible()
    sol.context.close()
    packing.pack(ReleaseDecision.objects.get().pk, actor=system_actor("tests"), now=utc_now())
    ivan.goto(address)
    look_at(ivan, "release-ready")
    ivan.get_by_role("button", name="Show the pass phrase").click()
    look_at(ivan, "release-phrase")
    phrase = ivan.locator(".release-phrase").inner_text()
    ivan.goto(address)
    ivan.get_by_role("button", name="Fetch it, once").click()
    with ivan.expect_download() as download:
        ivan.get_by_role("dialog").get_by_role("button", name="Fetch it, once").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    with (tmp_path / "release.zip").open("wb") as inner:
        decrypt(path, inner, phrase=phrase)
    assert check_bag(tmp_path / "release.zip", trusted=verifiers()).problems == []
    ivan.goto(address)
    ivan.get_by_label("Handed to").fill("Det. R. Kowalczyk")
    ivan.locator("[name=by]").select_option("courier")
    ivan.get_by_role("button", name="Record it").click()
    expect(ivan.get_by_text("The handing over is recorded.")).to_be_visible()
    look_at(ivan, "release-handed")
    ivan.context.close()
