"""Somebody tries to get in, to stay in, or to get more than they were given."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.accounts import actions
from platewarden.accounts.approving import approve_account
from platewarden.accounts.models import RoleGrant, User
from platewarden.accounts.second_factor import code_now
from platewarden.cameras.credentials import issue_credential
from platewarden.cameras.models import FieldOfViewStatement
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from tests.cast import PASSWORD, Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The time that the pages see; a test moves it by replacing the one element. Failures start from none."""
    shown = [NOW]
    for module in (
        "accounts.views",
        "accounts.people",
        "accounts.adapter",
        "site.middleware",
        "site.context",
    ):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: shown[0])
    return shown


def sign_in(client: Client, username: str = "alice", password: str = PASSWORD, query: str = "") -> Any:
    """Fill in the sign-in page."""
    answer = client.post(reverse("account_login") + query, {"login": username, "password": password})
    if answer.status_code != 302 or answer.headers["Location"] != reverse("mfa_authenticate"):
        return answer
    return second_factor(client, code_now(User.objects.get(username=username)))


def second_factor(client: Client, code: str) -> Any:
    """Fill in the page that asks for the second factor."""
    return client.post(reverse("mfa_authenticate"), {"code": code})


def last_kinds(count: int) -> list[str]:
    """The newest entries' kinds, oldest first."""
    return list(LedgerLeaf.objects.order_by("-seq").values_list("kind", flat=True)[:count])[::-1]


@pytest.mark.clause("ADM-3")
def test_every_sign_in_failure_and_sign_out_is_on_the_ledger(cast: Cast, client: Client) -> None:
    """One entry each, in order, whether or not the name exists."""
    sign_in(client, password="wrong")
    sign_in(client, username="nobody")
    sign_in(client)
    client.post(reverse("account_logout"))
    assert last_kinds(4) == ["sign_in.failed", "sign_in.failed", "sign_in.succeeded", "sign_in.out"]


@pytest.mark.clause("ADM-4")
def test_guessing_is_stopped_after_five_failures(cast: Cast, client: Client) -> None:
    """The sixth attempt is refused even with the right password, and the ledger says that it came to this."""
    for _ in range(5):
        sign_in(client, password="wrong")
    assert last_kinds(3) == ["sign_in.failed", "sign_in.shut", "notice.raised"]
    assert sign_in(client).status_code == 200
    assert "_auth_user_id" not in client.session
    assert last_kinds(1) == ["sign_in.locked_out"]


def test_an_unknown_name_looks_like_a_wrong_password(cast: Cast, client: Client) -> None:
    """Nobody learns from the answer who has an account."""
    wrong, unknown = sign_in(client, password="wrong"), sign_in(client, username="nobody")
    says = [answer.context["form"].errors.as_json() for answer in (wrong, unknown)]
    assert says[0] == says[1]


@pytest.mark.clause("ADM-4")
def test_guessing_at_a_locked_console_is_stopped_too(cast: Cast, client: Client, moment: list[Any]) -> None:
    """The lock page counts as the sign-in page does; five failures shut it."""
    client.force_login(cast.alice)
    client.get("/health/")
    client.get(reverse("alerts:list"))
    moment[0] = NOW + timedelta(hours=2)
    client.get(reverse("alerts:list"))
    for _ in range(5):
        client.post(reverse("accounts:locked"), {"password": "wrong"})
    answer = client.post(reverse("accounts:locked"), {"password": PASSWORD})
    assert answer.status_code == 422
    assert client.session["locked"]
    assert last_kinds(1) == ["sign_in.locked_out"]


@pytest.mark.clause("ADM-3")
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_no_kind_of_request_gets_past_the_idle_lock(
    cast: Cast, client: Client, moment: list[Any], method: str, headers: dict[str, str]
) -> None:
    """Reading, writing and htmx are all sent to the lock page, and nothing is done."""
    client.force_login(cast.ada)
    client.get(reverse("accounts:people"))
    moment[0] = NOW + timedelta(hours=2)
    answer = getattr(client, method)(reverse("accounts:create"), headers=headers)
    place = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    assert place.startswith(reverse("accounts:locked"))
    moment[0] = NOW + timedelta(hours=2, seconds=1)
    assert client.get(reverse("accounts:people")).status_code == 302
    assert "session.locked" in last_kinds(2)


@pytest.mark.clause("ADM-3")
def test_a_locked_console_opens_with_its_own_persons_password_only(
    cast: Cast, client: Client, moment: list[Any]
) -> None:
    """And leads nowhere outside."""
    client.force_login(cast.ada)
    client.get(reverse("accounts:people"))
    moment[0] = NOW + timedelta(hours=2)
    client.get(reverse("accounts:people"))
    answer = client.post(reverse("accounts:locked") + "?next=//evil.invalid/", {"password": PASSWORD})
    assert answer.headers["Location"] == reverse("home")
    assert last_kinds(1) == ["session.unlocked"]
    assert client.get(reverse("accounts:people")).status_code == 200


def test_a_session_handed_to_somebody_is_worth_nothing_after_sign_in(cast: Cast, client: Client) -> None:
    """Signing in gives the session a new key."""
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    planted = str(session.session_key)
    client.cookies["sessionid"] = planted
    sign_in(client)
    assert client.session.session_key != planted


@pytest.mark.parametrize(
    "target", ["//evil.invalid/", "https://evil.invalid", "/\\evil.invalid", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_outside(cast: Cast, client: Client, target: str) -> None:
    """A link to the sign-in page cannot send people elsewhere afterwards."""
    client.post(reverse("account_login"), {"login": "alice", "password": PASSWORD, "next": target})
    answer = second_factor(client, code_now(cast.alice))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith(("//", "/\\"))


def test_a_form_without_its_token_does_nothing(cast: Cast) -> None:
    """Another site cannot act in somebody's name."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ada)
    answer = client.post(reverse("accounts:grant", args=[cast.eve.pk]), {"role": "officer"})
    assert answer.status_code == 403
    assert sign_in(client).status_code == 403
    assert not RoleGrant.objects.filter(user=cast.eve).exists()


def test_a_foreign_host_name_is_not_answered(cast: Cast, client: Client) -> None:
    """Links are made for our own names only."""
    assert client.get(reverse("account_login"), headers={"Host": "evil.invalid"}).status_code == 400


@pytest.mark.clause("ADM-2")
@pytest.mark.parametrize("who", ["alice", "ivan", "sue", "tom", "dee", "eve"])
def test_nobody_else_makes_accounts_or_roles(cast: Cast, client: Client, who: str) -> None:
    """Every address of account management refuses, on record, and changes nothing."""
    client.force_login(getattr(cast, who))
    people, grants = User.objects.count(), RoleGrant.objects.count()
    new = {"full_name": "Mallory", "username": "mallory", "roles": ["administrator"]}
    assert client.post(reverse("accounts:create"), new).status_code == 403
    for name in ("grant", "withdraw"):
        url = reverse(f"accounts:{name}", args=[getattr(cast, who).pk])
        assert client.post(url, {"role": "administrator"}).status_code == 403
    assert client.post(reverse("accounts:code", args=[cast.ada.pk])).status_code == 403
    assert (User.objects.count(), RoleGrant.objects.count()) == (people, grants)
    assert last_kinds(4) == ["request.refused"] * 4


@pytest.mark.clause("ADM-2", "AUD-1")
def test_an_administrator_grants_nothing_to_themselves(cast: Cast, client: Client) -> None:
    """Not a harmless role, and least of all the auditor's."""
    client.force_login(cast.ada)
    for role in ("officer", "auditor"):
        url = reverse("accounts:grant", args=[cast.ada.pk])
        assert client.post(url, {"role": role}).status_code == 403
    with pytest.raises(PolicyRefusal, match="AUD-1"):
        actions.ask_for_role(user=cast.tom, role=Role.ADMINISTRATOR, actor=cast.actor("ada"), now=NOW)


@pytest.mark.clause("CAP-1", "CAP-5")
def test_nobody_approves_their_own_camera(cast: Cast, client: Client) -> None:
    """Not even with a supervisor's role as well."""
    RoleGrant.objects.create(user=cast.ada, role=Role.SUPERVISOR, granted_at=NOW, granted_by="tests")
    client.force_login(cast.ada)
    statement = FieldOfViewStatement.objects.create(
        camera=cast.camera, text="Trust me.", still="cast:0:0", signed_by=cast.ada, signed_at=NOW
    )
    answer = client.post(reverse("cameras:approve", args=[cast.camera.pk, statement.pk]))
    assert answer.status_code == 403
    assert last_kinds(1) == ["request.refused"]


def test_a_camera_cannot_use_the_credential_it_had_before(cast: Cast, client: Client) -> None:
    """Rotation takes effect with the next request."""
    issue_credential(camera=cast.camera, actor=cast.actor("ada"), now=NOW)
    answer = client.post(
        "/api/v1/reads",
        '{"reads": []}',
        content_type="application/json",
        headers={"Authorization": f"Bearer {cast.credential}"},
    )
    assert answer.status_code == 401


@pytest.mark.clause("ADM-3")
def test_a_one_time_code_is_used_once_and_guesses_are_on_the_ledger(cast: Cast, client: Client) -> None:
    """A used, an expired and an invented code get the same answer."""
    ada = cast.actor("ada")
    user, code = actions.create_account(
        username="robin", full_name="Robin", roles=frozenset(), supervisor=None, actor=ada, now=NOW
    )
    approve_account(user=user, actor=cast.actor("pam"), now=NOW)
    url, said = reverse("accounts:enrol"), {"password": PASSWORD, "again": PASSWORD}
    assert client.post(url, said | {"code": code}).status_code == 302
    _, late = actions.create_account(
        username="lee",
        full_name="Lee",
        roles=frozenset(),
        supervisor=None,
        actor=ada,
        now=NOW - timedelta(hours=72),
    )
    answers = [client.post(url, said | {"code": tried}) for tried in (code, late, "invented")]
    assert [answer.status_code for answer in answers] == [422] * 3
    says = {answer.context["form"].errors.as_json() for answer in answers}
    assert len(says) == 1
    assert last_kinds(1) == ["sign_in.failed"]


def test_a_new_password_ends_the_sessions_of_the_old_one(cast: Cast, client: Client) -> None:
    """Whoever sat at somebody's console is out once that person has set a password with a fresh code."""
    client.force_login(cast.alice)
    code = actions.issue_code(user=cast.alice, actor=cast.actor("ada"), now=NOW)
    actions.redeem_code(code=code, password="another-gravel-otter", actor=cast.actor("eve"), now=NOW)
    assert client.get(reverse("hotlists:list")).headers["Location"].startswith(reverse("account_login"))


def test_a_closed_account_is_out_at_once(cast: Cast, client: Client) -> None:
    """Neither its session nor its password is good for anything."""
    client.force_login(cast.alice)
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert client.get(reverse("hotlists:list")).headers["Location"].startswith(reverse("account_login"))
    client.logout()
    sign_in(client)
    assert "_auth_user_id" not in client.session
