"""The pages that belong to no app, and the way into the console."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.policy.actor import Role
from platewarden.policy.rights import RIGHTS
from platewarden.site.context import PLACES
from tests.cast import Cast
from tests.sharing import scenes

SignIn = Callable[[Any], Client]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.label)
def test_every_place_of_the_navigation_opens(
    place: Any, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is shown a place in the navigation can go there."""
    members = {
        Role.OFFICER: cast.alice,
        Role.SUPERVISOR: cast.sue,
        Role.AUDITOR: cast.tom,
        Role.ADMINISTRATOR: cast.ada,
    }
    if RIGHTS[place.right] == {Role.GUEST}:
        scenes.stand_still(monkeypatch)
        members[Role.GUEST] = scenes.partner(cast).guest
    member = next(person for role, person in members.items() if role in RIGHTS[place.right])
    response = sign_in(member).get(reverse(place.view))
    assert response.status_code == 200
    assert f'data-key="{place.key}" aria-current="page"' in response.content.decode()


def test_sign_in_page_is_ours(cast: Cast, client: Client) -> None:
    """The sign-in page is the console's own, names the agency, and says that use is recorded."""
    page = client.get(reverse("account_login")).content.decode()
    assert cast.agency.name in page.replace("&#x27;", "'")
    assert "are recorded" in page
    assert "remember" not in page


def test_wrong_password_says_what_to_do(cast: Cast, client: Client) -> None:
    """A failed sign-in is told above the form, without saying which part was wrong."""
    page = client.post(reverse("account_login"), {"login": "alice", "password": "not hers at all"})
    assert "You are not signed in" in page.content.decode()


def test_what_is_absent_is_told_as_recorded(cast: Cast, sign_in: SignIn) -> None:
    """An object that is not there looks like one that is not yours, and looking for it is on record."""
    response = sign_in(cast.alice).get(reverse("alerts:detail", args=[uuid4()]))
    assert response.status_code == 404
    assert "Not here, or not yours to see. This was recorded." in response.content.decode()


def test_address_that_never_was_claims_no_record(cast: Cast, sign_in: SignIn) -> None:
    """An address that belongs to no page is not said to have been recorded."""
    response = sign_in(cast.alice).get("/nowhere/")
    assert response.status_code == 404
    assert "This was recorded" not in response.content.decode()


def test_refusal_shows_its_clause_and_entry(cast: Cast, sign_in: SignIn) -> None:
    """What a role does not allow is refused with the clause, the remedy and the ledger entry."""
    response = sign_in(cast.alice).get(reverse("ledger:list"))
    page = response.content.decode()
    assert response.status_code == 403
    assert "AUD-1" in page
    assert "ledger entry" in page


def test_pages_carry_no_inline_script_or_style(cast: Cast, sign_in: SignIn) -> None:
    """Nothing in a page needs a content security policy weaker than 'self'."""
    response = sign_in(cast.alice).get(reverse("alerts:list"))
    page = response.content.decode()
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize(("who", "page"), [("alice", "/alerts/"), ("tom", "/policy/"), ("ada", "/policy/")])
def test_the_first_page_is_one_that_the_person_may_see(
    who: str, page: str, cast: Cast, sign_in: SignIn
) -> None:
    """Whoever signs in is not met by a refusal: those without alerts begin with the policy."""
    client = sign_in(getattr(cast, who))
    assert client.get(reverse("home")).headers["Location"] == page
    assert client.get(page).status_code == 200


def test_pages_below_a_place_mark_it(cast: Cast, sign_in: SignIn) -> None:
    """At the witnesses, whose page lies below the ledger's, the navigation says that one is at the ledger."""
    page = sign_in(cast.tom).get(reverse("witnesses:show")).content.decode()
    assert 'data-key="l" aria-current="page"' in page
