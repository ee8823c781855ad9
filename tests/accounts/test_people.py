"""The list of people is always current, and an administrator works on it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from platewarden.accounts.approving import approve_account, decide_role, open_requests
from platewarden.accounts.forms import AccountForm
from platewarden.accounts.models import RoleGrant, User
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.actor import Role
from platewarden.teams.forms import SupervisorForm
from tests.cast import PASSWORD, Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

NEW = {"full_name": "Robin Example", "username": "robin", "roles": ["officer", "investigator"]}


@pytest.mark.clause("ADM-1")
def test_the_list_shows_roles_in_force_supervisor_and_last_sign_in(cast: Cast, sign_in: Any) -> None:
    """Whoever holds no role counts as no active user and is said to see nothing."""
    User.objects.filter(pk=cast.alice.pk).update(supervisor=cast.sue)
    text = sign_in(cast.tom).get(reverse("accounts:people")).content.decode()
    assert "11 active, authorised users" in text
    assert "investigator" in text
    assert "Sue Example" in text
    assert "may see nothing" in text
    assert reverse("accounts:create") not in text


@pytest.mark.clause("ADM-1", "ADM-3")
def test_an_account_is_made_and_its_code_shown_once(cast: Cast, client: Any) -> None:
    """With the code the person sets a password and signs in; no later page shows it."""
    client.force_login(cast.ada)
    shown = client.post(reverse("accounts:create"), NEW | {"supervisor": str(cast.sue.pk)})
    code = shown.content.decode().split('<p class="mono strong">')[1].split("<")[0]
    robin = User.objects.get(username="robin")
    approve_account(user=robin, actor=cast.actor("pam"), now=NOW)
    assert robin.supervisor == cast.sue
    assert code not in client.get(reverse("accounts:person", args=[robin.pk])).content.decode()
    client.logout()
    said = {"code": code, "password": PASSWORD, "again": PASSWORD}
    assert client.post(reverse("accounts:enrol"), said).status_code == 302
    signed_in = client.post(reverse("account_login"), {"login": "robin", "password": PASSWORD})
    assert signed_in.url == reverse("home")
    assert client.get(signed_in.url).url.startswith(reverse("mfa_index"))
    robin.refresh_from_db()
    assert robin.last_login is not None


@pytest.mark.parametrize(
    "change",
    [
        {"username": "ada"},
        {"username": "r\u043ebin"},
        {"username": "a b"},
        {"roles": []},
        {"roles": ["root"]},
        {"supervisor": "1000000"},
    ],
)
def test_slips_are_said_and_nothing_is_made(cast: Cast, sign_in: Any, change: dict[str, Any]) -> None:
    """A taken name, letters that only look Latin, no role, an unknown role, no such supervisor."""
    assert sign_in(cast.ada).post(reverse("accounts:create"), NEW | change).status_code == 422
    assert not User.objects.filter(full_name="Robin Example").exists()


@pytest.mark.clause("AUD-1")
def test_what_stays_apart_is_refused_on_record(cast: Cast, sign_in: Any) -> None:
    """The form is shown again with clause and remedy."""
    answer = sign_in(cast.ada).post(reverse("accounts:create"), NEW | {"roles": ["auditor", "administrator"]})
    assert answer.status_code == 403
    assert b"AUD-1" in answer.content
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "request.refused"


@pytest.mark.clause("ADM-2")
def test_roles_are_granted_and_withdrawn_on_a_persons_page(cast: Cast, sign_in: Any) -> None:
    """Only what may be granted is offered; a withdrawal takes effect with the next request."""
    client = sign_in(cast.ada)
    url = reverse("accounts:person", args=[cast.eve.pk])
    grant, withdraw = (reverse(f"accounts:{name}", args=[cast.eve.pk]) for name in ("grant", "withdraw"))
    assert client.post(grant, {"role": "auditor"}).status_code == 302
    (asked,) = open_requests(cast.eve)
    decide_role(request=asked, is_approved=True, actor=cast.actor("pam"), now=NOW)
    assert '<option value="administrator">' not in client.get(url).content.decode()
    assert cast.actor("eve").roles == {Role.AUDITOR}
    assert client.post(withdraw, {"role": "auditor"}).status_code == 302
    assert cast.actor("eve").roles == frozenset()
    assert client.post(grant, {"role": "root"}).status_code == 404
    mine = reverse("accounts:withdraw", args=[cast.ada.pk])
    assert client.post(mine, {"role": "administrator"}).status_code == 403


def test_a_fresh_code_is_issued_for_a_forgotten_password(cast: Cast, sign_in: Any) -> None:
    """It is on the ledger that somebody else could set it."""
    answer = sign_in(cast.ada).post(reverse("accounts:code", args=[cast.alice.pk]))
    assert b"One-time code" in answer.content
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "account.code_issued"


@pytest.mark.clause("ADM-1")
@pytest.mark.parametrize("who", ["alice", "ivan", "dee", "eve"])
def test_the_list_is_for_oversight(cast: Cast, sign_in: Any, who: str) -> None:
    """Others are refused, on record."""
    client = sign_in(getattr(cast, who))
    assert client.get(reverse("accounts:people")).status_code == 403
    assert client.get(reverse("accounts:person", args=[cast.ada.pk])).status_code == 403


@pytest.mark.clause("ADM-2")
def test_a_role_may_be_asked_for_until_a_day(cast: Cast, sign_in: Any) -> None:
    """It ends with that day on the agency's calendar; a day that is over is turned down, and nothing is asked for."""
    client, url = sign_in(cast.ada), reverse("accounts:grant", args=[cast.eve.pk])
    answer = client.post(url, {"role": "officer", "last_day": "2020-01-31"})
    assert answer.status_code == 422
    assert b"This day is over" in answer.content
    assert not open_requests(cast.eve)
    assert client.post(url, {"role": "officer", "last_day": "2031-07-04"}).status_code == 302
    (asked,) = open_requests(cast.eve)
    assert asked.ends_at == datetime(2031, 7, 5, 4, tzinfo=UTC)
    decide_role(request=asked, is_approved=True, actor=cast.actor("pam"), now=NOW)
    assert cast.eve.grants.get(role="officer").ends_at == asked.ends_at
    said = NEW | {"last_day": "2031-07-04"}
    client.post(reverse("accounts:create"), said)
    assert {each.ends_at for each in open_requests(User.objects.get(username="robin"))} == {asked.ends_at}


def test_holders_of_roles_are_those_with_a_role_in_force(cast: Cast) -> None:
    """Not who never had one, whose last was withdrawn, or whose account is closed; with several roles once."""
    RoleGrant.objects.create(user=cast.ivan, role=Role.OFFICER, granted_at=NOW, granted_by="tests")
    RoleGrant.objects.filter(user=cast.max).update(withdrawn_at=NOW)
    User.objects.filter(pk=cast.dee.pk).update(is_active=False)
    names = sorted(User.objects.holding().values_list("username", flat=True))
    assert names == ["ada", "alice", "ivan", "pam", "rex", "sol", "sue", "tom", "una"]
    assert [user.username for user in User.objects.holding(Role.SUPERVISOR)] == ["sue"]


@pytest.mark.parametrize("form", [AccountForm, SupervisorForm])
def test_only_supervisors_in_force_are_offered_to_answer_for_people(cast: Cast, form: Any) -> None:
    """Each once; nobody who never held the role, or from whom it was taken."""
    RoleGrant.objects.filter(user=cast.max).update(withdrawn_at=NOW)
    offered = [user.username for user in form(agency_id=cast.agency.pk).fields["supervisor"].queryset]
    assert "sue" in offered
    assert not {"max", "eve", "alice"} & set(offered)
    assert len(offered) == len(set(offered))
