"""A week is reviewed as people do it: the auditor reads and marks, the person explains, others carry out."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser

from platewarden.accounts.actors import system_actor
from platewarden.auditing.weeks import Week
from platewarden.audits.opening import open_week
from platewarden.audits.plates import declare
from platewarden.ledger.actions import sign_checkpoint
from platewarden.ledger.kinds import Kind
from platewarden.policy.audits import Relation
from platewarden.site.clock import utc_now
from tests.audits.scenes import on_ledger, searched
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.cast import Cast
from tests.live import LiveServer

pytestmark = pytest.mark.browser


def a_week(cast: Cast, owner: psycopg.Connection[Any]) -> Week:
    """A week with thirty searches, in which a few things stand out; opened."""
    declare(plate="MYO 5500", relation=Relation.OWN, actor=cast.actor("sue"), now=utc_now())
    week = Week.of(utc_now()).next
    for hour in range(24):
        at = week.begins_at + timedelta(hours=4 * hour)
        reason = f"Burglary {hour} on Green Street: where did the grey sedan go afterwards?"
        searched(
            owner, cast.ivan, at, plate=f"KAB{4800 + hour}", case=f"2026-{4500 + hour:06}", reason=reason
        )
        if hour % 4 == 0:
            searched(owner, cast.alice, at, plate="LMN2233", case="2026-000777", reason="Larceny, blue van")
    searched(owner, cast.alice, week.begins_at + timedelta(days=5), plate="MYO5500", case="2026-000777")
    on_ledger(owner, Kind.SIGN_OUT, cast.alice, week.ends_at + timedelta(minutes=1))
    sign_checkpoint(actor=system_actor("tests"), now=utc_now())
    assert open_week(week, actor=system_actor("tests"), now=week.ends_at)
    return week


@pytest.mark.clause("AUD-1")
def test_a_week_is_reviewed_from_the_first_look_to_its_close(
    browser: Browser, live: LiveServer, live_cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    """Signals first, then the sample; a question and its answer; a violation, what follows, and who does it."""
    week = a_week(live_cast, owner_connection)
    tom = signed_in(browser, live, "tom")
    tom.get_by_role("link", name="Audits", exact=True).click()
    look_at(tom, "audits-weeks")
    tom.get_by_role("link", name=week.name).click()
    tom.get_by_text("How they were drawn").click()
    look_at(tom, "audits-week")

    tom.get_by_role("link", name="Item 1", exact=True).click()
    look_at(tom, "audits-item")
    tom.get_by_label("Ask the person to explain").check()
    tom.get_by_label("In words").fill("Which larceny is this, and what came of it?")
    tom.get_by_role("button", name="Record").click()
    tom.get_by_text("No answer yet.").wait_for()

    alice = signed_in(browser, live, "alice")
    alice.goto(f"{live.url}/inbox/")
    alice.get_by_role("link", name="Open the questions").click()
    look_at(alice, "audits-mine")
    alice.get_by_label("Your answer").fill("A private matter. I should not have.")
    alice.get_by_role("button", name="Send the answer").click()
    alice.get_by_text("recorded as you wrote it").wait_for()

    tom.reload()
    tom.get_by_text("A private matter.").wait_for()
    tom.get_by_label("Violation").check()
    tom.get_by_label("In words").first.fill("Searched for a private matter: USE-1.")
    tom.get_by_label("Why it takes the place of the mark before").fill("Explained.")
    tom.get_by_role("button", name="Record").click()
    tom.get_by_label("A supervisor talks to the person").check()
    tom.get_by_role("button", name="Order it").click()
    tom.get_by_text("Ordered and recorded").wait_for()
    look_at(tom, "audits-item-found")

    sue = signed_in(browser, live, "sue")
    sue.goto(f"{live.url}/inbox/")
    sue.get_by_role("link", name="Open what follows").click()
    look_at(sue, "audits-after")
    sue.get_by_label("What came of it").fill("She understands why.")
    sue.get_by_role("button", name="It is done").click()
    sue.get_by_text("Recorded as done.").wait_for()

    tom.goto(f"{live.url}/audits/planted/")
    tom.get_by_label("Plate", exact=True).fill("NOB 0000")
    tom.get_by_label("Where the curious will find it").fill("In a case file that nobody works on")
    tom.get_by_role("button", name="Plant it").click()
    look_at(tom, "audits-planted")
    _mark_the_rest(tom, live, week)
    look_at(tom, "audits-closed")


def _mark_the_rest(tom: Any, live: LiveServer, week: Week) -> None:
    """Close too early, which is refused; mark what is left, from item to item; close."""
    tom.goto(f"{live.url}/audits/weeks/{week}/")
    tom.get_by_role("button", name="Close the week").click()
    tom.get_by_text("Items without a mark").wait_for()
    tom.get_by_role("link", name="Item 2", exact=True).click()
    while True:
        tom.get_by_label("Compliant").check()
        tom.get_by_role("button", name="Record").click()
        tom.get_by_text("Recorded. The mark stays").wait_for()
        if not tom.get_by_role("link", name="Next item").count():
            break
        tom.get_by_role("link", name="Next item").click()
    tom.goto(f"{live.url}/audits/weeks/{week}/")
    tom.get_by_role("button", name="Close the week").click()
    tom.get_by_text(f"The review of week {week} is closed.").wait_for()
