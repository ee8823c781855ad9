"""A supervisor looks at their team, and the administrator says whose it is, as people do it."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser

from platewarden.accounts.models import User
from platewarden.policy.actor import Role
from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.policy.use import Purpose
from platewarden.queries.actions import ask
from platewarden.site.clock import utc_now
from platewarden.teams.actions import name_supervisor
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.cast import Cast, train
from tests.live import LiveServer

pytestmark = pytest.mark.browser


def searched(cast: Cast, name: str, now: datetime) -> None:
    """Let somebody ask for past reads."""
    why = Justification(
        Purpose.CRIMINAL_INVESTIGATION, "Van seen behind the burgled warehouse", "2026-004417"
    )
    scope = QueryScope(QueryKind.EXACT, "KRT4821", (), now - timedelta(days=5), now - timedelta(hours=1))
    ask(justification=why, scope=scope, actor=cast.actor(name), now=now)


@pytest.mark.clause("ADM-4")
def test_a_supervisor_sees_their_team_and_the_administrator_says_whose_it_is(
    browser: Browser, live: LiveServer, live_cast: Cast
) -> None:
    """From the menu to one person and on to the entry of a search; the gaps are closed on a page of their own."""
    now = utc_now()
    for number in range(4):
        peer = User.objects.create(
            agency=live_cast.agency,
            username=f"peer{number}",
            full_name=f"Peer Number{number}",
            created_at=now,
        )
        peer.grants.create(role=Role.INVESTIGATOR, granted_at=now, granted_by="tests")
        train(peer, now=now)
        live_cast.people[peer.username] = peer
    for _ in range(6):
        searched(live_cast, "ivan", now)
    for name in ("alice", "ivan", "peer0"):
        name_supervisor(
            user=live_cast.people[name], supervisor=live_cast.sue, actor=live_cast.actor("ada"), now=now
        )
    sue = signed_in(browser, live, "sue")
    sue.get_by_role("link", name="Team").click()
    look_at(sue, "team")
    sue.get_by_role("link", name="Ivan Example").click()
    assert "KRT4821" not in sue.content()
    look_at(sue, "team-member")
    ada = signed_in(browser, live, "ada")
    ada.goto(f"{live.url}/people/")
    ada.get_by_role("link", name="Who answers for whom").click()
    ada.get_by_label("Person").select_option(label="Dee Example")
    ada.get_by_label("Supervisor").select_option(label="Sue Example")
    ada.get_by_role("button", name="Name").click()
    ada.get_by_text("Sue Example answers for Dee Example").wait_for()
    look_at(ada, "team-supervisors")
