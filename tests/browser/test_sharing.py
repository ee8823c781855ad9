"""The pages on sharing, as the people who use them see them, and the whole way from the register to a report."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from platewarden.accounts.models import User
from platewarden.ingest.actions import ingest
from platewarden.ingest.schemas import SubmittedRead
from platewarden.policy.agencies import AgencyKind
from platewarden.policy.misuse import Concern, Outcome, Step
from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.policy.use import Purpose
from platewarden.queries import actions
from platewarden.sharing import agreements, misuse, suspending
from platewarden.sharing.models import MisuseReport
from platewarden.site.clock import utc_now
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.browser.test_pages import rendered
from tests.cast import PASSWORD, Cast, give_authenticators, train
from tests.live import LiveServer
from tests.sharing import scenes

pytestmark = pytest.mark.browser

LOOKS: dict[str, tuple[str, ...]] = {
    "ada": ("agencies", "agency", "federal", "enter", "change", "prepare", "invite", "version", "person"),
    "una": ("version-to-open", "agencies", "misuse", "investigate", "decided"),
    "alice": ("report", "own-report"),
    "gus": ("mine", "use", "guest-search", "guest-report"),
    "sol": ("suspended",),
}


@pytest.fixture
def addresses(live_cast: Cast) -> dict[str, str]:
    """Something on every page of sharing, and the address of each."""
    now = utc_now()
    term: dict[str, Any] = {"begins_at": now, "ends_at": now + timedelta(days=200)}
    partner = scenes.partner(live_cast, now=now, **term)
    User.objects.filter(pk=partner.guest.pk).update(password=live_cast.alice.password)
    federal = scenes.enter(live_cast, "Lakeshore Field Office", kind=AgencyKind.FEDERAL)
    other = scenes.second_camera(live_cast)
    said = scenes.prepared(
        live_cast,
        cameras=frozenset({other.pk}),
        purposes=frozenset({Purpose.CRIMINAL_INVESTIGATION, Purpose.OFFENDER}),
        text=scenes.TERMS.replace("passed on", "passed to anybody else"),
        **term,
    )
    waiting = agreements.prepare(agency=partner.agency, prepared=said, actor=live_cast.actor("ada"), now=now)
    closed = scenes.enter(live_cast, "Town of Ulysses Police")
    scenes.agree(live_cast, closed, now=now, **term)
    placed = suspending.suspend(
        agency=closed, because="A report is being looked into.", actor=live_cast.actor("una"), now=now
    )
    suspending.ask_to_lift(
        suspension=placed, because="It was a mistake of ours.", actor=live_cast.actor("ada"), now=now
    )
    reports = [
        misuse.report_misuse(
            agency=partner.agency,
            concern=Concern.PEOPLE,
            whom="a detective",
            account="He told me that he looked for a neighbour's car, and laughed.\nThat was last Tuesday.",
            actor=live_cast.actor(name),
            now=now,
        )
        for name in ("alice", "dee")
    ]
    una = live_cast.actor("una")
    misuse.take_step(report=reports[0], step=Step.ACKNOWLEDGED, text="", actor=una, now=now)
    misuse.take_step(
        report=MisuseReport.objects.get(pk=reports[0].pk),
        step=Step.NOTED,
        text="Their chief was asked.",
        actor=una,
        now=now,
    )
    misuse.take_step(report=reports[1], step=Step.ACKNOWLEDGED, text="", actor=una, now=now)
    misuse.take_step(
        report=MisuseReport.objects.get(pk=reports[1].pk),
        step=Step.DECIDED,
        text="Both searches had a case.",
        outcome=Outcome.NOT_FOUNDED,
        actor=una,
        now=now,
    )
    _ask(live_cast, partner, now)
    base = f"/agencies/{partner.agency.pk}/"
    return {
        "agencies": "/agencies/",
        "agency": base,
        "federal": f"/agencies/{federal.pk}/",
        "suspended": f"/agencies/{closed.pk}/",
        "enter": "/agencies/new/",
        "change": f"{base}change/",
        "prepare": f"{base}prepare/",
        "invite": f"{base}invite/",
        "version": f"/agencies/agreements/{waiting.pk}/",
        "version-to-open": f"/agencies/agreements/{waiting.pk}/",
        "person": f"/people/{partner.guest.pk}/",
        "misuse": "/agencies/misuse/",
        "investigate": f"/agencies/misuse/{reports[0].pk}/",
        "decided": f"/agencies/misuse/{reports[1].pk}/",
        "report": "/agencies/misuse/report/",
        "own-report": f"/agencies/misuse/yours/{reports[0].pk}/",
        "mine": "/agencies/yours/",
        "use": "/agencies/yours/use/",
        "guest-search": "/queries/",
        "guest-report": "/agencies/misuse/report/",
    }


def _ask(cast: Cast, partner: scenes.Partner, now: Any) -> None:
    read = SubmittedRead.model_validate(rendered())
    ingest(reads=[read], camera=cast.camera, actor=cast.camera_actor, now=now)
    query = actions.ask(
        justification=Justification(
            Purpose.CRIMINAL_INVESTIGATION, "Trace the stolen car's way home", "2026-004417"
        ),
        scope=QueryScope(
            QueryKind.EXACT, "KRT4821", (), now - timedelta(days=1), now - timedelta(minutes=15)
        ),
        actor=partner.actor,
        now=now,
    )
    actions.answer(query, actor=partner.actor, now=now)


@pytest.mark.parametrize("username", LOOKS)
def test_every_page_on_sharing_is_fit_to_be_looked_at(
    browser: Browser, live: LiveServer, addresses: dict[str, str], username: str
) -> None:
    """Nothing serious for axe, nothing cut off, on any page, in any window, by day or by night."""
    page = signed_in(browser, live, username)
    for name in LOOKS[username]:
        answer = page.goto(live.url + addresses[name])
        assert answer is not None
        assert answer.status == 200, name
        look_at(page, f"sharing-{name}")


def _press(page: Page, name: str) -> None:
    """Press a button, and the same in the question that it asks."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()
    question = page.get_by_role("dialog", name="Please confirm")
    if question.count():
        question.get_by_role("button", name=name, exact=True).click()


@pytest.mark.clause("SHR-1", "SHR-4", "USE-2")
def test_from_the_register_to_a_suspension_by_the_pages_alone(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """Enter, prepare, open, invite, approve; the guest searches, is suspended with the answer open, and reports."""
    ada, una = signed_in(browser, live, "ada"), signed_in(browser, live, "una")
    agency = _agree(ada, una)
    _let_in(browser, live, ada)
    read = SubmittedRead.model_validate(rendered())
    ingest(reads=[read], camera=live_cast.camera, actor=live_cast.camera_actor, now=utc_now())
    guest = signed_in(browser, live, "gus")
    _search(guest)
    sol = signed_in(browser, live, "sol")
    sol.goto(agency)
    sol.get_by_role("textbox", name="Why").first.fill("Something is being looked into.")
    _press(sol, "Suspend sharing")
    sol.get_by_text("Sharing is suspended").first.wait_for()
    _find_everything_shut(guest, live)
    sol.get_by_role("textbox", name="Why").first.fill("It was a mistake.")
    _press(sol, "Propose that sharing goes on")
    sol.get_by_text("Somebody else confirms it").wait_for()
    una.goto(agency)
    _press(una, "Confirm: sharing goes on")
    guest.goto(f"{live.url}/queries/")
    guest.get_by_role("heading", name="Search past reads").wait_for()


def _agree(ada: Page, una: Page) -> str:
    """Let the administrator enter and prepare, the Undersheriff open; return the agency's address."""
    ada.get_by_role("link", name="Agencies").click()
    ada.get_by_role("link", name="Enter an agency").click()
    ada.get_by_label("Name").fill("Village of Hector Police")
    ada.get_by_label("What it is").select_option("police")
    ada.get_by_label("County or place").fill("Hector")
    ada.get_by_label("Contact").fill("The chief")
    _press(ada, "Enter")
    agency = ada.url
    ada.get_by_role("link", name="Prepare an agreement").click()
    ada.get_by_label("Identify or locate a vehicle in a criminal investigation").check()
    ada.get_by_label("Route 13 north").check()
    ada.get_by_role("textbox", name="Terms").fill("For cases of the village alone.")
    _press(ada, "Put it before a second person")
    ada.get_by_text("The Undersheriff or the Sheriff opens or declines it").first.wait_for()
    una.get_by_role("link", name="Inbox").click()
    una.get_by_role("link", name="Open the agreement").click()
    _press(una, "Open it")
    una.get_by_text("In force", exact=True).first.wait_for()
    return agency


def _let_in(browser: Browser, live: LiveServer, ada: Page) -> None:
    """Let the administrator invite, the approver approve, and the guest set a password; the rest is given."""
    ada.get_by_role("link", name="Village of Hector Police").click()
    ada.get_by_role("link", name="Invite somebody").click()
    ada.get_by_label("Full name").fill("Gus Example")
    ada.get_by_label("Name to sign in with").fill("gus")
    ada.get_by_label("Their agency's written word").fill("Letter of the chief of 20 November")
    _press(ada, "Invite")
    code = ada.locator("main .mono.strong").inner_text()
    pam = signed_in(browser, live, "pam")
    pam.get_by_role("link", name="Inbox").click()
    pam.get_by_role("link", name="Open the person").click()
    pam.get_by_text("Letter of the chief of 20 November").first.wait_for()
    _press(pam, "Approve")
    with browser.new_page() as way_in:
        way_in.goto(f"{live.url}/enrol/")
        way_in.get_by_label("One-time code").fill(code)
        way_in.get_by_label("New password").fill(PASSWORD)
        way_in.get_by_label("The same again").fill(PASSWORD)
        way_in.locator("form button[type=submit]").click()
        way_in.wait_for_url("**/sign-in/**")
    gus = User.objects.get(username="gus")
    give_authenticators(gus)
    train(gus, now=utc_now())


def _search(guest: Page) -> None:
    """Search as a guest does, for what the agreement allows."""
    places = guest.get_by_role("navigation", name="Main").get_by_role("link")
    assert [text.split("\n")[0].strip() for text in places.all_inner_texts()] == [
        "Search",
        "Your agency",
        "Inbox",
    ]
    guest.get_by_role("textbox", name="Plate", exact=True).fill("KRT4821")
    guest.get_by_label("Identify or locate a vehicle in a criminal investigation").check()
    guest.get_by_role("textbox", name="Reason").fill("Car seen leaving the burglary on Green Street")
    guest.get_by_role("textbox", name="Case or incident number").fill("2026-004512")
    _press(guest, "Record and search")
    guest.get_by_text("KRT4821").first.wait_for()


def _find_everything_shut(guest: Page, live: LiveServer) -> None:
    """Reload the answer that is open, read why, and report misuse all the same."""
    guest.reload()
    guest.get_by_text("Sharing with your agency is suspended").first.wait_for()
    assert guest.get_by_text("KRT4821").count() == 0
    guest.locator("main").get_by_role("link", name="Your agency here").click()
    guest.get_by_text("nothing is open to you here until it goes on").first.wait_for()
    guest.goto(f"{live.url}/agencies/misuse/report/")
    guest.get_by_label("Which agency").select_option(label="Cayuta County Sheriff")
    guest.get_by_role("textbox", name="What happened").fill("We were suspended without a word.")
    _press(guest, "Report it")
    guest.get_by_text("Reported as No. 1").first.wait_for()
