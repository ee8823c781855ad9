"""What lists may hold is switched by two people, with a reason and a date, and the page says so."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from platewarden.adoption.actions import approve_value
from platewarden.adoption.models import AdoptedValue
from platewarden.hotlists.categories import CategoryLine, lines_of_categories, propose_switch
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.hotlists import Category
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, load

pytestmark = [pytest.mark.django_db, pytest.mark.clause("HOT-3")]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages play at the tests' moment."""
    for module in ("hotlists.category_views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


def line_of(cast: Cast, category: Category, at: Any = NOW) -> CategoryLine:
    """How one category stands."""
    lines = lines_of_categories(agency_id=cast.agency.pk, now=at)
    return next(line for line in lines if line.category is category)


def switch(
    cast: Cast, category: Category, *, on: bool, why: str = "A reason", hours: int = 0
) -> AdoptedValue:
    """Propose as Sue, adopt as Max."""
    at = NOW + timedelta(hours=hours)
    proposal = propose_switch(
        category=category, on=on, why=why, in_force_from=at, actor=cast.actor("sue"), now=at
    )
    return approve_value(proposal_id=proposal.pk, actor=cast.actor("max"), now=at)


def test_suspensions_are_off_by_the_policy_itself(cast: Cast) -> None:
    """Nobody has decided anything yet: the page names the policy's own value and where it comes from."""
    for category in (Category.SUSPENDED_REGISTRATION, Category.SUSPENDED_OPERATOR):
        line = line_of(cast, category)
        assert (line.is_on, line.since, line.proposed_by) == (False, None, "")
        assert "off by our reading" in line.why
    assert line_of(cast, Category.STOLEN_PLATE).is_on


def test_a_switch_says_since_when_by_whom_and_why(cast: Cast) -> None:
    """Two names and the reason stand beside it; other categories keep what was said of them."""
    switch(cast, Category.SUSPENDED_REGISTRATION, on=True, why="The sheriff's order of 3 November")
    switch(cast, Category.AMBER_ALERT, on=False, why="Comes by radio here", hours=1)
    later = NOW + timedelta(hours=2)
    line = line_of(cast, Category.SUSPENDED_REGISTRATION, later)
    assert (line.is_on, line.since, line.why) == (True, NOW, "The sheriff's order of 3 November")
    assert (line.proposed_by, line.adopted_by) == ("Sue Example", "Max Example")
    assert line_of(cast, Category.AMBER_ALERT, later).since == NOW + timedelta(hours=1)
    assert line_of(cast, Category.STOLEN_PLATE, later).since is None
    switch(cast, Category.SUSPENDED_REGISTRATION, on=False, why="Too many", hours=3)
    line = line_of(cast, Category.SUSPENDED_REGISTRATION, NOW + timedelta(hours=4))
    assert (line.is_on, line.why) == (False, "Too many")


def test_the_page_counts_what_is_in_use_and_what_is_left_out(cast: Cast, sign_in: Any) -> None:
    """Entries by category, and the lines that a switch would bring in."""
    load(cast, a_list(cast), "KAB4821,NY,P,", "AAA1111,NY,suspended_registration,", "BBB2222,NY,N,")
    assert line_of(cast, Category.STOLEN_PLATE).entries == 1
    assert line_of(cast, Category.SUSPENDED_REGISTRATION).left_out == 1
    page = sign_in(cast.tom).get(reverse("hotlists:categories")).content.decode()
    assert "Suspended or revoked registration" in page
    assert "Propose to switch" not in page
    assert "KAB4821" not in page


def test_one_person_proposes_and_nothing_changes_before_another_adopts(cast: Cast, sign_in: Any) -> None:
    """The proposal is shown beside its category."""
    url = reverse("hotlists:categories")
    said = {
        "category": "suspended_operator",
        "on": "on",
        "why": "Ordered by the sheriff",
        "in_force_from": "2026-11-20T09:00",
    }
    assert sign_in(cast.sue).post(url, said).status_code == 302
    line = line_of(cast, Category.SUSPENDED_OPERATOR)
    assert (line.is_on, line.waiting is not None) == (False, True)
    assert line_of(cast, Category.STOLEN_PLATE).waiting is None
    with pytest.raises(PolicyRefusal, match="ADM-4"):
        approve_value(proposal_id=AdoptedValue.objects.get().pk, actor=cast.actor("sue"), now=NOW)


@pytest.mark.parametrize(
    "change", [{"why": ""}, {"category": "immigration"}, {"on": "maybe"}, {"in_force_from": "soon"}]
)
def test_a_switch_lacks_neither_category_nor_reason_nor_date(
    cast: Cast, sign_in: Any, change: dict[str, str]
) -> None:
    """The form is shown again, and nothing is proposed."""
    said = {"category": "manual", "on": "off", "why": "x", "in_force_from": "2026-11-20T09:00"} | change
    assert sign_in(cast.sue).post(reverse("hotlists:categories"), said).status_code == 422
    assert AdoptedValue.objects.count() == 0


@pytest.mark.parametrize("who", ["alice", "tom", "dee"])
def test_whoever_adopts_no_parameters_proposes_no_switch(cast: Cast, sign_in: Any, who: str) -> None:
    """They see the page and are refused on record."""
    client, url = sign_in(getattr(cast, who)), reverse("hotlists:categories")
    assert client.get(url).status_code == 200
    said = {"category": "manual", "on": "off", "why": "x", "in_force_from": "2026-11-20T09:00"}
    assert client.post(url, said).status_code == 403
