"""A supervisor sends a list, watches it being looked through, decides, and sees it loaded; in a real browser."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from platewarden.hotlists import uploads
from platewarden.hotlists.loading import create_hotlist, load_snapshot
from platewarden.hotlists.models import Entry, Hotlist, Upload, UploadState
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.cast import Cast
from tests.hotlists import samples
from tests.hotlists.lists import csv_of, run_jobs
from tests.hotlists.samples import Wanted
from tests.live import LiveServer

pytestmark = pytest.mark.browser

COLOURS = ("BLK", "WHI", "RED", "BLU/WHI")


@pytest.fixture
def hotlist(live_cast: Cast) -> Hotlist:
    """A list in use, of a few entries."""
    now, sue = utc_now(), live_cast.actor("sue")
    found = create_hotlist(
        name="State extract", source="State police", max_age_hours=None, actor=sue, now=now
    )
    lines = [f"KAB482{n},NY,P,Taken overnight" for n in range(6)]
    load_snapshot(
        hotlist=found,
        content=csv_of(*lines),
        file_name="yesterday.csv",
        effective_at=now - timedelta(days=1),
        actor=sue,
        now=now,
    )
    return found


def extract(tmp_path: Path) -> Path:
    """A file of the national extract's layout, with what may not be loaded among the rest."""
    lines = [
        samples.ncic(
            Wanted(plate=f"HXB773{n}", code=code, colour=COLOURS[n % 4], state="0H" if n % 3 else "NY")
        )
        for n, code in enumerate("VPWMVTXNV")
    ]
    file = tmp_path / "VEHEXTRT.txt"
    file.write_text("\n".join(["HEADER 20260110", *lines, ""]))
    return file


def test_a_list_is_sent_watched_decided_on_and_loaded(
    browser: Browser, live: LiveServer, live_cast: Cast, hotlist: Hotlist, tmp_path: Path
) -> None:
    """The page follows the job by itself, survives being loaded again, and breaks no rule of the browser's policy."""
    page = signed_in(browser, live, "sue")
    broken: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    page.goto(f"{live.url}/hotlists/{hotlist.pk}/load/")
    page.get_by_label("List file").set_input_files(extract(tmp_path))
    local = utc_now().astimezone().replace(tzinfo=None) - timedelta(hours=20)
    page.get_by_label("In effect since").fill(local.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Look through the file").click()
    expect(page.get_by_text("Waiting for the worker")).to_be_visible()
    look_at(page, "upload-waiting")
    page.reload()
    Upload.objects.update(state=UploadState.CHECKING, seen_bytes=300)
    expect(page.get_by_text("Reading the file")).to_be_visible()
    look_at(page, "upload-checking")
    Upload.objects.update(state=UploadState.WAITING, seen_bytes=0)
    run_jobs(utc_now())
    confirm = page.get_by_role("button", name=re.compile("^Load it"))
    expect(confirm).to_be_visible()
    expect(page.get_by_text("never loaded: immigration status")).to_be_visible()
    look_at(page, "upload-checked")
    confirm.click()
    expect(page.get_by_text("Being loaded")).to_be_visible()
    assert Entry.objects.filter(plate__startswith="KAB").count() == 6
    run_jobs(utc_now())
    expect(page.get_by_text("6 entries are in use")).to_be_visible()
    assert not Entry.objects.filter(plate__startswith="KAB").exists()
    look_at(page, "upload-loaded")
    page.goto(f"{live.url}/hotlists/{hotlist.pk}/")
    look_at(page, "hotlist-loaded")
    page.goto(f"{live.url}/hotlists/categories/")
    page.get_by_text("Propose to switch a category").click()
    look_at(page, "categories")
    assert not broken


def test_a_file_that_cannot_be_loaded_says_why_line_by_line(
    browser: Browser, live: LiveServer, live_cast: Cast, hotlist: Hotlist
) -> None:
    """The report stands on the page, and can be read in either window and theme."""
    now, sue = utc_now(), live_cast.actor("sue")
    upload = uploads.receive(
        hotlist=hotlist,
        chunks=[csv_of("--,NY,P,", f"HXB7730,New York,P,{'x' * 501}")],
        file_name="county.csv",
        said=uploads.Said(now - timedelta(hours=1)),
        actor=sue,
        now=now,
    )
    run_jobs(now)
    page = signed_in(browser, live, "sue")
    page.goto(f"{live.url}/hotlists/uploads/{upload.pk}/")
    expect(page.get_by_text("nothing of it was loaded")).to_be_visible()
    look_at(page, "upload-refused")
