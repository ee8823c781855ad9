"""Every page, as the person who uses it sees it: wide and narrow, by day and by night, and as axe hears it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from platewarden.accounts.actors import system_actor
from platewarden.alerts.models import Alert
from platewarden.calibration.running import run_calibration
from platewarden.calibration.setting_up import set_up
from platewarden.cameras.actions import add_area, place_in_area
from platewarden.cameras.statements import approve_statement
from platewarden.candidates.models import Candidate
from platewarden.duty.actions import start_shift
from platewarden.hotlists.actions import enter_manually
from platewarden.hotlists.loading import create_hotlist, load_snapshot
from platewarden.hotlists.models import Hotlist
from platewarden.ingest.actions import ingest
from platewarden.ingest.schemas import SubmittedRead
from platewarden.notices.actions import tell
from platewarden.policy.actor import Role
from platewarden.policy.entries import ManualEntryFacts
from platewarden.policy.hotlists import Category
from platewarden.policy.notices import NoticeKind
from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.policy.training import Course
from platewarden.policy.use import Purpose
from platewarden.queries.actions import ask
from platewarden.rendering.scene import render_scene
from platewarden.site.clock import utc_now
from platewarden.training.actions import acknowledge, publish_policy
from platewarden.training.models import Attempt, Bulletin
from platewarden.webhooks.actions import adopt_endpoint, propose_endpoint, try_endpoint
from platewarden.webhooks.models import Delivery
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.calibration.readers import right
from tests.cast import Cast
from tests.ingest.test_ingest import a_read
from tests.live import LiveServer

pytestmark = pytest.mark.browser

PAGES: dict[str, tuple[str, ...]] = {
    "alice": ("duty", "alerts", "alert", "enter", "mine", "hotlists"),
    "eve": ("training", "course", "lookalikes", "quiz", "bulletin"),
    "ivan": ("ask", "answer", "candidates", "candidate"),
    "sue": (
        "hotlist",
        "load",
        "new-hotlist",
        "renew",
        "ledger",
        "entry",
        "parameters",
        "inbox",
        "trained",
        "policy-review",
        "new-bulletin",
    ),
    "ada": (
        "webhooks",
        "cameras",
        "areas",
        "camera",
        "new-camera",
        "people",
        "person",
        "new-person",
        "rights",
        "user-review",
        "policy",
        "calibration",
        "retention",
        "destroyed",
    ),
}


def rendered(capture_id: str = "page-1", plate: str = "KRT 4821") -> dict[str, Any]:
    """A read of a rendered scene, twenty minutes old."""
    import base64

    import cv2

    scene = render_scene(3, plate="KRT4821", state="NY")
    left, top, right, bottom = (int(value) for value in scene.truth[0].box_xyxy)
    views = {"plate_image": scene.image[top:bottom, left:right], "vehicle_image": scene.image}
    images = {name: base64.b64encode(cv2.imencode(".jpg", view)[1].tobytes()) for name, view in views.items()}
    return a_read(capture_id, plate=plate, seen_at=utc_now() - timedelta(minutes=20), **images)


def _tell_dispatch(cast: Cast) -> None:
    """Two endpoints, one of which waits; a message that was given up, and one that was taken."""
    now, ada = utc_now(), cast.actor("ada")
    for name in ("Dispatch system", "Its replacement"):
        url = f"https://dispatch.example.gov/{name.split()[0].lower()}/platewarden"
        endpoint, _ = propose_endpoint(name=name, url=url, actor=ada, now=now)
        if name == "Dispatch system":
            adopt_endpoint(endpoint=endpoint, actor=cast.actor("sue"), now=now)
            try_endpoint(endpoint=endpoint, actor=ada, now=now)
            Delivery.objects.update(dead_at=now, attempts=10, problem="It answered 503: no success.")
            try_endpoint(endpoint=endpoint, actor=ada, now=now)
            Delivery.objects.filter(dead_at=None).update(delivered_at=now, attempts=1)


@pytest.fixture
def addresses(live_cast: Cast) -> dict[str, str]:
    """Something on every page, and the address of each."""
    now, sue, alice = utc_now(), live_cast.actor("sue"), live_cast.actor("alice")
    hotlist = create_hotlist(
        name="State extract", source="State police", max_age_hours=None, actor=sue, now=now
    )
    content = (
        b"plate,state,category,reason,colour\nKRT4821,NY,stolen_vehicle,Taken overnight,grey\nX1,NY,N,,\n"
    )
    load_snapshot(hotlist=hotlist, content=content, file_name="x.csv", effective_at=now, actor=sue, now=now)
    facts = ManualEntryFacts(
        reason="Seen near two burglaries this week",
        case_number="2026-004417",
        state="NY",
        any_state=False,
        expires_at=now + timedelta(days=5),
        instructions="Call for a second car.",
        cautions="Do not stop alone.",
    )
    entry = enter_manually(plate="JWC 6644", facts=facts, actor=alice, now=now)
    awaited = replace(facts, category=Category.WANTED_PERSON, instructions="", cautions="")
    enter_manually(plate="JWC ?6*", facts=awaited, actor=alice, now=now)
    reads = [SubmittedRead.model_validate(read) for read in (rendered(), rendered("page-2", "KRT 4B21"))]
    ingest(reads=reads, camera=live_cast.camera, actor=live_cast.camera_actor, now=now)
    query = ask(
        justification=Justification(
            Purpose.CRIMINAL_INVESTIGATION, "Trace the stolen car's way home", "2026-004417"
        ),
        scope=QueryScope(
            QueryKind.EXACT, "KRT4821", (), now - timedelta(days=1), now - timedelta(minutes=15)
        ),
        actor=live_cast.actor("ivan"),
        now=now,
    )
    manual = Hotlist.objects.get(is_manual=True)
    ada = live_cast.actor("ada")
    source = set_up(actor=ada, now=now)
    approve_statement(statement=source.statements.get(), actor=sue, now=now)
    timer = system_actor("calibration timer")
    run_calibration(recogniser=right(), hear=lambda _read: True, actor=timer, clock=utc_now)
    north = add_area(code="north", name="Northern towns", actor=ada, now=now)
    add_area(code="lake", name="Lakeside", actor=ada, now=now)
    place_in_area(camera=live_cast.camera, area=north, actor=ada, now=now)
    _tell_dispatch(live_cast)
    for name, areas in (("alice", [north]), ("dee", [north])):
        start_shift(areas=areas, ends_at=now + timedelta(hours=12), actor=live_cast.actor(name), now=now)
    tell(
        kind=NoticeKind.HOTLIST_STALE,
        subject=f"hotlist:{hotlist.pk}",
        text="The state extract is 30 hours old. Load a newer file, or ask its source why there is none.",
        to_role=Role.SUPERVISOR,
        now=now,
        due_at=now - timedelta(hours=1),
    )
    publish_policy(actor=timer, now=now)
    Attempt.objects.filter(user=live_cast.eve).exclude(course=Course.POLICY).delete()
    for name in live_cast.people:
        if name != "eve":
            acknowledge(bulletin=Bulletin.objects.get(), actor=live_cast.actor(name), now=now)
    return {
        "training": "/training/",
        "course": "/training/technology/",
        "lookalikes": "/training/technology/2/",
        "quiz": "/training/law/questions/",
        "bulletin": f"/training/bulletins/{Bulletin.objects.get().pk}/",
        "trained": "/training/people/",
        "policy-review": "/training/review/",
        "new-bulletin": "/training/bulletins/new/",
        "alerts": "/alerts/",
        "alert": f"/alerts/{Alert.objects.get().pk}/",
        "enter": "/hotlists/enter/",
        "mine": "/hotlists/mine/",
        "candidates": "/candidates/",
        "candidate": f"/candidates/{Candidate.objects.get().id}/",
        "calibration": "/calibration/",
        "hotlists": "/hotlists/",
        "hotlist": f"/hotlists/{manual.pk}/",
        "load": f"/hotlists/{hotlist.pk}/load/",
        "new-hotlist": "/hotlists/new/",
        "renew": f"/hotlists/entries/{entry.pk}/renew/",
        "ask": "/queries/",
        "answer": f"/queries/{query.pk}/",
        "ledger": "/ledger/",
        "entry": "/ledger/1/",
        "policy": "/policy/",
        "parameters": "/policy/parameters/",
        "cameras": "/cameras/",
        "camera": f"/cameras/{live_cast.camera.pk}/",
        "new-camera": "/cameras/new/",
        "people": "/people/",
        "person": f"/people/{live_cast.alice.pk}/",
        "new-person": "/people/new/",
        "rights": "/rights/",
        "user-review": "/people/review/",
        "inbox": "/inbox/",
        "duty": "/duty/",
        "webhooks": "/webhooks/",
        "areas": "/cameras/areas/",
        "retention": "/retention/",
        "destroyed": "/retention/records/",
    }


@pytest.mark.parametrize("username", PAGES)
def test_every_page_is_fit_to_be_looked_at(
    browser: Browser, live: LiveServer, addresses: dict[str, str], username: str
) -> None:
    """Nothing serious for axe, nothing cut off, on any page, in any window, by day or by night."""
    page = signed_in(browser, live, username)
    for name in PAGES[username]:
        answer = page.goto(live.url + addresses[name])
        assert answer is not None
        assert answer.status == 200, name
        look_at(page, name)


def test_the_way_in_is_fit_to_be_looked_at(browser: Browser, live: LiveServer) -> None:
    """Sign-in, enrolment and the page for a wrong address, seen without an account."""
    with browser.new_page() as page:
        for name, path in (("sign-in", "/sign-in/"), ("enrol", "/enrol/"), ("not-here", "/nowhere/")):
            page.goto(live.url + path)
            look_at(page, name)
