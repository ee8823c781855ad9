"""The main job from end to end, as the people who do it see it."""

import os
import shutil
import time
from datetime import timedelta
from pathlib import Path

import cv2
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from platewarden.accounts.actors import system_actor
from platewarden.hotlists.loading import create_hotlist, load_snapshot
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.reads import days
from platewarden.rendering.scene import render_scene
from platewarden.retention.actions import purge_due
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import assert_accessible, screenshot, wait_until
from tests.cast import Cast
from tests.live import LiveServer

PHOTOGRAPH = Path(__file__).parents[2].parent / "shared/data/us-dev/us-photos/car13.jpg"
PLATE = "EMR7094"

pytestmark = pytest.mark.browser


def photograph(folder: Path) -> Path:
    """A real photograph, or a rendered scene where there is none; written twenty minutes ago."""
    folder.mkdir()
    file = folder / "passing.jpg"
    if PHOTOGRAPH.exists():
        shutil.copyfile(PHOTOGRAPH, file)
    else:
        cv2.imwrite(str(file), render_scene(7, plate=PLATE, state="NY").image)
    then = time.time() - 20 * 60
    os.utime(file, (then, then))
    return file


def wanted(cast: Cast) -> None:
    """Put the plate on a list of stolen vehicles."""
    sue, now = cast.actor("sue"), utc_now()
    hotlist = create_hotlist(
        name="State extract", source="State police", max_age_hours=None, actor=sue, now=now
    )
    content = f"plate,state,category,reason\n{PLATE},NY,stolen_vehicle,Taken from a driveway\n".encode()
    load_snapshot(hotlist=hotlist, content=content, file_name="x.csv", effective_at=now, actor=sue, now=now)


def kinds() -> list[str]:
    """The kinds of all ledger entries, oldest first."""
    return list(LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True))


@pytest.mark.clause("HIT-1", "HIT-2", "HIT-3", "QRY-1", "QRY-2", "RET-1")
def test_a_photograph_becomes_a_disposed_alert_and_is_forgotten(
    browser: Browser,
    live: LiveServer,
    live_cast: Cast,
    owner_connection: psycopg.Connection,
    store_home: Path,
    tmp_path: Path,
) -> None:
    """Capture, alert with sound, wrong then right verification, disposition, query, ledger, tampering, purge."""
    wanted(live_cast)
    console = signed_in(browser, live, "alice")
    console.get_by_role("button", name="Arm sound").click()
    captured = live.run(
        "capture",
        *("--camera", "route-13", "--server", live.url, "--source", str(photograph(tmp_path / "in"))),
        PLATEWARDEN_CREDENTIAL=live_cast.credential,
    )
    assert captured.returncode == 0, captured.stderr

    expect(console.get_by_text("Stolen vehicle", exact=False).first).to_be_visible(timeout=5_000)
    wait_until(console, "document.documentElement.dataset.sounded !== undefined", timeout_ms=5_000)
    assert_accessible(console)
    verify_wrongly_then_rightly(console)
    dispose(console)
    search_without_then_with_a_case_number(browser, live)

    assert live.run("ledger", "verify").returncode == 0
    tampering_is_found_and_named(live, owner_connection)
    the_day_is_purged(browser, live, store_home)


def verify_wrongly_then_rightly(console: Page) -> None:
    """The officer may say that the characters differ, and then look again: both are on record."""
    console.get_by_role("link", name="Open alert").first.press("Enter")
    console.wait_for_url("**/alerts/*-*/")
    expect(console.get_by_text("Unverified").first).to_be_visible()
    screenshot(console, "story-alert")
    assert_accessible(console)
    for characters in ("differ", "match"):
        console.locator(f"input[name=characters][value={characters}]").check(force=True)
        console.locator("input[name=state][value=match]").check(force=True)
        console.locator("input[name=status_check][value=confirmed]").check(force=True)
        console.get_by_role("button", name="Record verification").click()
        console.wait_for_load_state()
        if characters == "differ":
            console.get_by_text("Verify again").first.click()
    assert kinds().count("alert.verified") == 2


def dispose(console: Page) -> None:
    """The officer says how it ended; a recovery takes the hit into its case."""
    console.locator("input[name=finding][value=correct_read]").check(force=True)
    console.locator("input[name=action][value=recovery]").check(force=True)
    console.get_by_label("Case or incident number").fill("2026-004417")
    console.get_by_role("button", name="Record disposition").click()
    console.wait_for_load_state()
    assert kinds().count("alert.disposed") == 1
    assert "case.hit_preserved" in kinds()
    screenshot(console, "story-disposed")


def search_without_then_with_a_case_number(browser: Browser, live: LiveServer) -> None:
    """Without a case number QRY-1 refuses, on the record; with one the read is found."""
    desk = signed_in(browser, live, "ivan")
    before = kinds().count("request.refused")
    ask(desk, live, case_number="")
    expect(desk.get_by_text("QRY-1").first).to_be_visible()
    assert kinds().count("request.refused") == before + 1
    ask(desk, live, case_number="2026-004417")
    desk.wait_for_url("**/queries/*-*/")
    assert PLATE not in desk.url
    expect(desk.get_by_text(PLATE).first).to_be_visible()
    assert kinds().index("query.asked") < kinds().index("query.answered")
    screenshot(desk, "story-answer")
    assert_accessible(desk)


def ask(desk: Page, live: LiveServer, *, case_number: str) -> None:
    """Fill the search form in and send it."""
    desk.goto(f"{live.url}/queries/")
    assert_accessible(desk)
    desk.locator("input[name=purpose][value=criminal_investigation]").check(force=True)
    desk.get_by_label("Reason").fill("Find where the stolen car was before the theft was reported")
    desk.locator("input[name=kind][value=exact]").check(force=True)
    desk.locator("input[name=plate_text]").fill(PLATE)
    desk.get_by_label("Case or incident number").fill(case_number)
    desk.get_by_role("button", name="Record and search").click()


def tampering_is_found_and_named(live: LiveServer, owner: psycopg.Connection) -> None:
    """The database's superuser changes who asked; the verifier names the very entry."""
    seq = LedgerLeaf.objects.get(kind="query.asked").seq
    body = LedgerBody.objects.get(leaf_id=seq).body
    change = "UPDATE ledger_body SET body = %s WHERE seq = %s"
    owner.execute("ALTER TABLE ledger_body DISABLE TRIGGER ALL")
    owner.execute(change, (body.replace("ivan", "alice"), seq))
    verdict = live.run("ledger", "verify")
    assert verdict.returncode != 0
    assert str(seq) in verdict.stdout + verdict.stderr
    owner.execute(change, (body, seq))
    assert live.run("ledger", "verify").returncode == 0


def the_day_is_purged(browser: Browser, live: LiveServer, home: Path) -> None:
    """A month later nothing of the day is left: no row, no key, no file, and no answer to the same question."""
    seen = days.kept()
    assert list((home / "images/days").rglob("*"))
    done = purge_due(actor=system_actor("purge timer"), now=utc_now() + timedelta(days=31))
    assert {destruction.day for destruction in done} >= {day for day in seen if day <= utc_now().date()}
    assert not [path for path in (home / "images/days").rglob("*") if path.is_file()]
    assert not list((home / "keys/wrapped").glob("day-*"))
    desk = signed_in(browser, live, "ivan")
    ask(desk, live, case_number="2026-004417")
    desk.wait_for_url("**/queries/*-*/")
    expect(desk.get_by_role("heading", name="No read")).to_be_visible()
    expect(desk.locator("img")).to_have_count(0)
    assert live.run("ledger", "verify").returncode == 0
