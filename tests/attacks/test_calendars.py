"""Somebody tries to get at more than duties through the address of a calendar."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.accounts.closing import close_account
from platewarden.accounts.models import RoleGrant
from platewarden.duties import actions
from platewarden.duties.models import CalendarAddress, CalendarLook
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.decision import PolicyRefusal
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.clause("ADM-4")]


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The time that the register's pages see; a test moves it by replacing the one element."""
    shown = [NOW]
    monkeypatch.setattr("platewarden.duties.views.utc_now", lambda: shown[0])
    return shown


def fetch(secret: str, client: Client | None = None) -> Any:
    """Fetch a calendar."""
    return (client or Client()).get(reverse("duties:calendar", args=[secret]))


def test_a_former_address_a_guessed_one_and_a_closed_account_look_alike(cast: Cast) -> None:
    """Revoked, replaced, never made, its person gone: the same answer, so that nobody learns which it was."""
    replaced = actions.make_calendar(actor=cast.actor("sue"), now=NOW)
    revoked = actions.make_calendar(actor=cast.actor("sue"), now=NOW)
    assert fetch(revoked).status_code == 200
    actions.end_calendar(actor=cast.actor("sue"), now=NOW)
    gone = actions.make_calendar(actor=cast.actor("alice"), now=NOW)
    close_account(user=cast.alice, because="left", actor=cast.actor("ada"))
    answers = [fetch(secret) for secret in (replaced, revoked, gone, "guessed", "nothing")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert LedgerLeaf.objects.filter(kind="calendar.refused").count() == 5


def test_the_address_opens_nothing_else(cast: Cast) -> None:
    """No page, no form, no longer path beside it; it leaves no session behind."""
    client = Client()
    secret = actions.make_calendar(actor=cast.actor("ada"), now=NOW)
    assert fetch(secret, client).status_code == 200
    assert not client.cookies
    path = reverse("duties:calendar", args=[secret])
    assert client.post(path).status_code in {403, 405}
    for name in ("duties:mine", "duties:all", "alerts:list", "accounts:people", "ledger:list"):
        assert client.get(reverse(name)).headers["Location"].startswith(reverse("account_login"))
    assert client.get(path.replace("duties.ics", "")).status_code in {302, 404}
    assert client.get(path + "/../../../people/").status_code in {302, 404}


def test_a_role_that_is_withdrawn_leaves_the_calendar_at_once(cast: Cast) -> None:
    """The address shows what its person owes now, not what they owed when it was made."""
    secret = actions.make_calendar(actor=cast.actor("ada"), now=NOW)
    assert b"Make a backup" in fetch(secret).content
    RoleGrant.objects.filter(user=cast.ada).update(withdrawn_at=NOW, withdrawn_by="tests")
    assert b"Make a backup" not in fetch(secret).content


def test_the_secret_is_kept_nowhere(cast: Cast) -> None:
    """The database and the ledger hold a digest at most."""
    secret = actions.make_calendar(actor=cast.actor("ada"), now=NOW)
    fetch(secret)
    assert bytes(CalendarAddress.objects.get().digest) == actions.digest_of(secret)
    assert not [body for body in LedgerBody.objects.all() if secret in body.body]


def test_guessing_is_slowed_down_and_fills_nothing(cast: Cast, moment: list[Any]) -> None:
    """After so many looks a network is refused for an hour, right secret or wrong, without a row or an entry.

    The looks of one subscriber count together, however many addresses of IPv6 they come from.
    """
    secret = actions.make_calendar(actor=cast.actor("ada"), now=NOW)
    network = "2001:db8:0:7::/64"
    CalendarLook.objects.bulk_create(CalendarLook(address="", network=network, at=NOW) for _ in range(119))
    here, beside = Client(REMOTE_ADDR="2001:db8:0:7::1"), Client(REMOTE_ADDR="2001:db8:0:7:aaaa::2")
    assert fetch(secret, here).status_code == 200
    before = (CalendarLook.objects.count(), LedgerLeaf.objects.count())
    assert {fetch(secret, here).status_code, fetch("guessed", beside).status_code} == {429}
    assert fetch(secret, beside).content == fetch("guessed", here).content
    assert (CalendarLook.objects.count(), LedgerLeaf.objects.count()) == before
    moment[0] = NOW + timedelta(hours=1)
    assert fetch(secret, beside).status_code == 200


def test_the_sweep_forgets_looks_after_a_month(cast: Cast) -> None:
    """A day before they are known, then not."""
    secret = actions.make_calendar(actor=cast.actor("ada"), now=NOW)
    fetch(secret)
    assert actions.forget_looks(now=NOW + timedelta(days=30)) == 0
    assert actions.forget_looks(now=NOW + timedelta(days=32)) == 1


def test_whoever_holds_no_role_gets_no_address(cast: Cast, client: Client) -> None:
    """There is nothing to show them."""
    with pytest.raises(PolicyRefusal, match="ADM-3"):
        actions.make_calendar(actor=cast.actor("eve"), now=NOW)
    client.force_login(cast.eve)
    assert client.post(reverse("duties:make_calendar")).status_code == 403


def test_one_address_a_person(cast: Cast) -> None:
    """A second one ends the first; the database would not hold both."""
    for _ in range(3):
        actions.make_calendar(actor=cast.actor("ada"), now=NOW)
    assert CalendarAddress.objects.filter(user=cast.ada, ended_at=None).count() == 1
