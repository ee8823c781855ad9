"""Somebody has a password, a code or a cookie that is not theirs."""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from platewarden.accounts import sign_ins
from platewarden.accounts.models import SignIn, SignInLock, User
from platewarden.accounts.second_factor import SecondFactorAdapter, code_now
from platewarden.alerts.listeners import NotAllowedError, ear_of_session
from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.sign_ins import network_of
from tests.cast import PASSWORD, SECRET, Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The time that pages see; a test moves it by replacing the one element."""
    shown = [NOW]
    for module in ("accounts.adapter", "accounts.second_factor", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: shown[0])
    return shown


def give_password(client: Client, username: str = "alice", password: str = PASSWORD, **headers: str) -> Any:
    """Fill in the first page."""
    said = {"login": username, "password": password}
    return client.post(reverse("account_login"), said, headers=headers)


def give_code(client: Client, code: str) -> Any:
    """Fill in the second."""
    return client.post(reverse("mfa_authenticate"), {"code": code})


def is_in(client: Client) -> bool:
    """Whether the client's session opens a page."""
    return bool(client.get(reverse("cameras:list")).status_code == 200)


def kinds(count: int) -> list[str]:
    """The newest entries' kinds, oldest first."""
    return list(LedgerLeaf.objects.order_by("-seq").values_list("kind", flat=True)[:count])[::-1]


@pytest.mark.clause("ADM-3")
def test_a_password_alone_opens_nothing(cast: Cast, client: Client) -> None:
    """After the right password every page is still the sign-in page."""
    assert give_password(client).headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert give_code(client, "123456").status_code == 200
    assert not is_in(client)


@pytest.mark.clause("ADM-3")
def test_a_code_that_was_seen_is_worth_nothing(cast: Cast, client: Client) -> None:
    """Whoever looked over somebody's shoulder is refused with the same code, and with the one before it."""
    code = code_now(cast.alice)
    give_password(client)
    give_code(client, code)
    assert is_in(client)
    thief = Client()
    give_password(thief)
    for used in (code, format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 - 1))):
        give_code(thief, used)
        assert not is_in(thief)
    assert is_in(client)
    assert kinds(1) == ["sign_in.failed"]


@pytest.mark.clause("ADM-3")
def test_a_recovery_code_works_once(cast: Cast, client: Client) -> None:
    """It lets its person in when the telephone is gone, and nobody afterwards."""
    code = RecoveryCodes.activate(cast.alice).get_unused_codes()[0]
    for expected in (True, False):
        browser = Client()
        give_password(browser)
        give_code(browser, code)
        assert is_in(browser) is expected


@pytest.mark.clause("ADM-3", "ADM-4")
def test_guessing_codes_shuts_the_way_in(cast: Cast, client: Client) -> None:
    """Five wrong codes are as bad as five wrong passwords: then the right one is refused too."""
    give_password(client)
    for _ in range(5):
        give_code(client, "000000")
    give_code(client, code_now(cast.alice))
    assert not is_in(client)
    assert kinds(1) == ["sign_in.locked_out"]


@pytest.mark.clause("ADM-4")
def test_the_way_in_stays_shut_until_it_is_released(cast: Cast, client: Client, moment: list[Any]) -> None:
    """Not for fifteen minutes but until an administrator opens it; they are told, and it is on the ledger."""
    for _ in range(5):
        give_password(client, password="wrong")
    moment[0] = NOW + timedelta(days=3)
    assert give_password(client).status_code == 200
    lock = SignInLock.objects.get()
    assert Notice.objects.filter(kind="sign_in.shut", to_role="administrator").count() == 1
    with pytest.raises(PolicyRefusal, match="ADM-4"):
        sign_ins.release(lock=lock, actor=cast.actor("sue"), now=moment[0])
    sign_ins.release(lock=lock, actor=cast.actor("ada"), now=moment[0])
    assert kinds(1) == ["sign_in.released"]
    assert give_password(client).status_code == 302


@pytest.mark.clause("ADM-4")
def test_an_administrator_does_not_release_themselves(cast: Cast) -> None:
    """Whoever is shut out asks somebody else."""
    lock = SignInLock.objects.create(username="ada", locked_at=NOW)
    with pytest.raises(PolicyRefusal, match="ADM-4"):
        sign_ins.release(lock=lock, actor=cast.actor("ada"), now=NOW)


@pytest.mark.clause("ADM-4")
def test_one_password_on_everybody_is_stopped_at_the_address(cast: Cast, client: Client) -> None:
    """Thirty names with one guess each: no account is shut, and the network gets no further answer for a while.

    Another address of IPv6 for each guess does not help.
    """
    for number in range(30):
        client.defaults["REMOTE_ADDR"] = f"2001:db8:0:7::{number}"
        give_password(client, username=f"deputy{number}", password="Summer2026!")
    assert not SignInLock.objects.exists()
    assert give_password(client).status_code == 200
    assert not is_in(client)
    assert kinds(1) == ["sign_in.locked_out"]
    elsewhere = Client(REMOTE_ADDR="192.0.2.44")
    assert give_password(elsewhere).status_code == 302


@pytest.mark.clause("ADM-4")
def test_nobody_learns_who_has_an_account(cast: Cast, client: Client) -> None:
    """Known and unknown names get the same answers in words, in number until they are shut, and in order of time."""
    answers: dict[str, list[str]] = {"alice": [], "nobody": []}
    for name, said in answers.items():
        for _ in range(6):
            page = give_password(client, username=name, password="wrong")
            said.append(page.context["form"].errors.as_json())
    assert answers["alice"] == answers["nobody"]
    took: dict[str, list[float]] = {"dee": [], "ghost": []}
    for _ in range(4):
        for name, times in took.items():
            began = time.perf_counter()
            give_password(client, username=name, password="wrong")
            times.append(time.perf_counter() - began)
    slow, quick = sorted(min(times) for times in took.values())[
        ::-1
    ]  # the others are what else the machine did
    assert slow < 3 * quick, "an unknown name is answered in another time"


@pytest.mark.clause("ADM-3")
def test_a_person_has_one_live_session(cast: Cast, client: Client, moment: list[Any]) -> None:
    """Signing in at a second console ends the first with its next request, and the ledger says so."""
    give_password(client)
    give_code(client, code_now(cast.alice))
    cookie = f"sessionid={client.session.session_key}"
    second = Client()
    give_password(second)
    give_code(second, code_now(cast.alice))
    assert is_in(second)
    assert not is_in(client)
    assert kinds(2) == ["session.ended", "sign_in.succeeded"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("platewarden.alerts.listeners.close_old_connections", lambda: None)
        with pytest.raises(NotAllowedError):
            ear_of_session(cookie, "192.0.2.1")


@pytest.mark.clause("ADM-3")
def test_a_stolen_cookie_ends_the_session_for_thief_and_owner(cast: Cast) -> None:
    """Presented by another browser it opens nothing, and its owner has to sign in again."""
    owner = Client(headers={"User-Agent": "Patrol terminal"})
    give_password(owner)
    give_code(owner, code_now(cast.alice))
    assert is_in(owner)
    thief = Client(headers={"User-Agent": "Something else"})
    thief.cookies["sessionid"] = str(owner.session.session_key)
    assert not is_in(thief)
    assert kinds(1) == ["session.ended"]
    assert not is_in(owner)


@pytest.mark.clause("ADM-3")
def test_a_session_planted_before_the_sign_in_is_not_signed_in(cast: Cast, client: Client) -> None:
    """Whoever gave somebody a session's key beforehand holds nothing once that person has signed in."""
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    planted = str(session.session_key)
    client.cookies["sessionid"] = planted
    give_password(client)
    give_code(client, code_now(cast.alice))
    assert is_in(client)
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert not is_in(thief)


@pytest.mark.clause("ADM-3")
def test_a_session_that_signed_out_is_dead_for_every_copy(cast: Cast, client: Client) -> None:
    """A copy of the cookie opens nothing after its person has left."""
    client.force_login(cast.alice)
    copy = Client()
    copy.cookies["sessionid"] = str(client.session.session_key)
    client.post(reverse("account_logout"))
    assert not is_in(copy)


@pytest.mark.clause("ADM-3")
def test_nothing_opens_before_a_second_factor_is_set_up(cast: Cast, client: Client) -> None:
    """At the first sign-in every page leads to where it is set up; then the way is free, and it is on the ledger."""
    Authenticator.objects.filter(user=cast.alice).delete()
    assert give_password(client).status_code == 302
    for place in ("cameras:list", "alerts:list", "training:overview", "account_change_password"):
        assert client.get(reverse(place)).headers["Location"].startswith(reverse("mfa_index"))
    assert client.get(reverse("mfa_index")).status_code == 200
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    answer = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(answer.headers["Location"]).content.decode().count("<li><code>") == 10
    assert kinds(1) == ["second_factor.added"]
    assert is_in(client)


@pytest.mark.clause("ADM-3")
def test_the_database_alone_gives_nobody_a_second_factor(cast: Cast) -> None:
    """Secrets are sealed under a key that lies outside it."""
    SecondFactorAdapter()
    for found in Authenticator.objects.all():
        assert SECRET not in str(found.data)


@pytest.mark.clause("ADM-3")
def test_the_last_second_factor_stays(cast: Cast, client: Client) -> None:
    """Nobody makes themselves weaker by their own hand; somebody else's passkey is not there at all."""
    client.force_login(cast.alice)
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    client.post(answer.headers["Location"], {"password": PASSWORD})
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 200
    assert Authenticator.objects.filter(user=cast.alice, type="totp").exists()
    theirs = Authenticator.objects.create(user=cast.dee, type="webauthn", data={})
    assert client.post(reverse("remove_passkey", args=[theirs.pk])).status_code == 404


@pytest.mark.clause("ADM-4")
def test_every_attempt_is_in_the_history(cast: Cast, client: Client) -> None:
    """Failed, refused, succeeded, and the same session from another address; nothing of the password."""
    give_password(client, password="wrong-but-typed")
    give_password(client)
    give_code(client, code_now(cast.alice))
    client.get(reverse("cameras:list"), REMOTE_ADDR="192.0.2.99")
    rows = list(SignIn.objects.order_by("pk").values_list("user__username", "outcome", "address"))
    assert rows == [
        ("alice", "failed", "127.0.0.1"),
        ("alice", "succeeded", "127.0.0.1"),
        ("alice", "moved", "192.0.2.99"),
    ]
    sign_ins.forget_old(now=NOW + timedelta(days=366))
    assert not SignIn.objects.exists()
    assert User.objects.filter(pk=cast.alice.pk).exists()


@pytest.mark.clause("ADM-4")
@pytest.mark.parametrize(("days", "status"), [(89, 302), (90, 200)])
def test_an_unused_account_is_closed_at_the_sign_in_itself(
    cast: Cast, client: Client, moment: list[Any], days: int, status: int
) -> None:
    """Whether or not the timer has run; whoever tries it learns no more than from a wrong password."""
    moment[0] = NOW + timedelta(days=days)
    answer = give_password(client)
    assert answer.status_code == status
    cast.alice.refresh_from_db()
    assert cast.alice.is_active is (status == 302)
    if status == 200:
        wrong = give_password(Client(), username="nobody", password="wrong")
        assert answer.context["form"].errors == wrong.context["form"].errors
        assert Notice.objects.filter(kind="account.closed").count() == 1


@pytest.mark.clause("ADM-4")
def test_the_last_administrator_gets_in_however_long_away(
    cast: Cast, client: Client, moment: list[Any]
) -> None:
    """Somebody must be able to open the others again."""
    moment[0] = NOW + timedelta(days=400)
    assert give_password(client, username="ada").status_code == 302


@pytest.mark.clause("ADM-4")
@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.44", "192.0.2.44"),
        ("2001:db8:0:7:aaaa::2", "2001:db8:0:7::/64"),
        ("2001:db8:0:8::2", "2001:db8:0:8::/64"),
        ("::ffff:192.0.2.44", "192.0.2.44"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_failures_are_counted_by_what_one_subscriber_has(address: str, network: str) -> None:
    """An IPv4 address is one place; of IPv6 its /64 is, and IPv4 written as IPv6 is not all of IPv4."""
    assert network_of(address) == network
