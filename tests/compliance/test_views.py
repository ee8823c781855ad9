"""The policy page and the page of its parameters."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from platewarden.adoption.in_force import parameters_at
from platewarden.adoption.models import AdoptedValue
from platewarden.compliance.forms import in_words, parse_value
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.clauses import Progress, clauses
from platewarden.policy.parameters import definitions
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

PROPOSAL = {
    "name": "query.camera_window_hours",
    "value": "6",
    "why": "A day at a camera concerns too many people",
    "in_force_from": "2026-11-20T10:30",
}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The edge's clock stands at the moment at which tests play."""
    for module in ("compliance.views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


@pytest.fixture
def ada(cast: Cast, sign_in: Any) -> Client:
    """The administrator's browser."""
    browser: Client = sign_in(cast.ada)
    return browser


def test_every_clause_is_on_the_page_with_its_state(ada: Client) -> None:
    """In the policy's own words, with what is missing."""
    text = ada.get("/policy/").content.decode()
    for clause in clauses():
        assert f'id="{clause.id}"' in text
        assert clause.state in text
    assert "No biometrics" in text


def test_every_parameter_is_beside_its_clause(ada: Client) -> None:
    """With the value in force."""
    page = ada.get("/policy/")
    shown = [setting.definition.name for finding in page.context["findings"] for setting in finding.settings]
    assert sorted(shown) == sorted(definitions())


@pytest.mark.parametrize("state", ["enforced", "by construction"])
def test_the_page_narrows_down_to_one_state(ada: Client, state: str) -> None:
    """The figures above stay those of the whole policy."""
    page = ada.get("/policy/", {"state": state})
    assert {finding.clause.state for finding in page.context["findings"]} == {state}
    assert page.context["total"] == len(clauses())


@pytest.mark.parametrize(
    "state", ["broken", "needs somebody", "holds", "kept by the program", "built in part"]
)
def test_the_page_narrows_down_by_how_clauses_stand(ada: Client, state: str) -> None:
    """What is offered leaves at least one clause, and as many as it says."""
    page = ada.get("/policy/")
    offered = dict(page.context["states"])
    shown = ada.get("/policy/", {"state": state}).context["findings"]
    assert len(shown) == offered.get(state, 0)


def test_a_clause_unfolds_to_code_and_tests(ada: Client) -> None:
    """With how many there are of each; a link to it opens it."""
    text = ada.get("/policy/", {"open": "RET-2"}).content.decode()
    assert 'id="RET-2" open' in text
    assert "src/platewarden/cases/holds.py: place_hold" in text
    assert "tests/bags/test_bags.py: test_every_altered_byte_of_a_bag_is_found" in text


def test_what_is_not_built_is_said_plainly(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the top, in how many clauses; at the clause, in words. Where everything is built, nothing is said."""
    assert "not yet built" not in ada.get("/policy/").content.decode()
    first, *others = clauses()
    unbuilt = replace(first, progress=Progress.NOT_YET)
    monkeypatch.setattr("platewarden.compliance.pages.adopted_clauses", lambda: [unbuilt, *others])
    text = ada.get("/policy/").content.decode()
    assert f"1 of {len(clauses())} clauses are not yet built" in text
    assert text.count("The program does nothing for it so far") == 1


def test_an_unknown_state_shows_no_clause(ada: Client) -> None:
    """And nothing of what was typed."""
    page = ada.get("/policy/", {"state": "<script>"})
    assert page.context["findings"] == []
    assert b"<script>" not in page.content


def test_the_page_stays_cheap(ada: Client, django_assert_max_num_queries: Any) -> None:
    """However many clauses there are: what several figures are told from is looked up once."""
    with django_assert_max_num_queries(142):
        ada.get("/policy/")


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("tom", 200), ("sue", 200), ("eve", 403)])
def test_everybody_with_a_role_sees_the_policy(cast: Cast, sign_in: Any, name: str, status: int) -> None:
    """Somebody without one does not."""
    browser = sign_in(getattr(cast, name))
    assert browser.get("/policy/").status_code == status
    assert browser.get("/policy/parameters/").status_code == status


@pytest.mark.clause("ADM-4")
def test_one_proposes_and_another_adopts(ada: Client, cast: Cast, sign_in: Any) -> None:
    """A proposal changes nothing; its adoption does, and both are on the ledger."""
    assert ada.post("/policy/parameters/", PROPOSAL).status_code == 302
    row = AdoptedValue.objects.get()
    assert parameters_at(NOW).hours("query.camera_window_hours") == timedelta(hours=24)
    assert sign_in(cast.sue).post(f"/policy/parameters/{row.pk}/adopt/").status_code == 302
    assert parameters_at(NOW).hours("query.camera_window_hours") == timedelta(hours=6)
    kinds = (
        LedgerLeaf.objects.filter(kind__startswith="parameter.")
        .order_by("seq")
        .values_list("kind", flat=True)
    )
    assert list(kinds) == ["parameter.proposed", "parameter.adopted"]
    page = sign_in(cast.tom).get("/policy/parameters/").content.decode()
    assert "Proposed by Ada Example, adopted by Sue Example" in page


@pytest.mark.clause("ADM-4")
def test_nobody_adopts_what_they_proposed(ada: Client) -> None:
    """Not by the button, which is not there, and not by posting to its address."""
    ada.post("/policy/parameters/", PROPOSAL)
    row = AdoptedValue.objects.get()
    assert f"/{row.pk}/adopt/" not in ada.get("/policy/parameters/").content.decode()
    assert ada.post(f"/policy/parameters/{row.pk}/adopt/").status_code == 403
    assert LedgerLeaf.objects.filter(kind="request.refused").exists()
    assert parameters_at(NOW).hours("query.camera_window_hours") == timedelta(hours=24)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"value": "169"}, "at most 168"),
        ({"value": "six"}, "Write a whole number of hours."),
        ({"value": ""}, "required"),
        ({"name": "query.everything"}, "not one of the available choices"),
        ({"name": "retention.limit_days", "value": "31"}, "at most 30"),
        ({"name": "use.purposes", "value": "immigration"}, "has no code immigration"),
        ({"why": "<script>alert(1)</script>", "value": "0"}, "at least 1"),
    ],
)
@pytest.mark.clause("RET-1", "USE-5")
def test_what_the_policy_cannot_represent_is_not_even_proposed(
    ada: Client, wrong: dict[str, str], says: str
) -> None:
    """Bounds are the policy's; a longer retention or another purpose needs a new policy."""
    response = ada.post("/policy/parameters/", PROPOSAL | wrong)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert b"<script>alert" not in response.content
    assert not AdoptedValue.objects.exists()


def test_only_those_who_may_propose_see_the_form(cast: Cast, sign_in: Any) -> None:
    """An officer reads the values; what an officer posts is refused and recorded."""
    browser = sign_in(cast.alice)
    assert "Propose a value" not in browser.get("/policy/parameters/").content.decode()
    assert browser.post("/policy/parameters/", PROPOSAL).status_code == 403
    assert not AdoptedValue.objects.exists()


def test_a_proposal_is_adopted_once(ada: Client, cast: Cast, sign_in: Any) -> None:
    """The second time there is nothing to adopt."""
    ada.post("/policy/parameters/", PROPOSAL)
    address = f"/policy/parameters/{AdoptedValue.objects.get().pk}/adopt/"
    browser = sign_in(cast.sue)
    assert browser.get(address).status_code == 405
    assert (browser.post(address).status_code, browser.post(address).status_code) == (302, 404)


@pytest.mark.parametrize(
    ("unit", "text", "value", "words"),
    [
        ("hours", "6", 6, "6 hours"),
        ("count", "6", 6, "6"),
        ("codes", "a, b c", ("a", "b", "c"), "a, b, c"),
        ("switch", "True", True, "True"),
        ("text", "6", "6", "6"),
    ],
)
def test_values_are_typed_and_shown_with_their_unit(unit: str, text: str, value: Any, words: str) -> None:
    """What is typed becomes the value that its parameter has."""
    assert parse_value(unit, text) == value
    assert in_words(value, unit) == words


def test_a_switch_is_true_or_false() -> None:
    """Anything else is an error with its remedy."""
    with pytest.raises(ValueError, match="true or false"):
        parse_value("switch", "on")
