"""Somebody wants a session that never locks, where it ought to."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from platewarden.accounts import terminals
from platewarden.accounts.models import RoleGrant, Terminal
from platewarden.accounts.second_factor import code_now
from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.terminals import TerminalKind
from tests.cast import PASSWORD, Cast
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.clause("ADM-3")]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The time that pages see; a test moves it by replacing the one element."""
    shown = [NOW]
    for module in (
        *("accounts.adapter", "accounts.second_factor", "accounts.terminal_views"),
        *("site.middleware", "site.context"),
    ):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: shown[0])
    return shown


def registered(cast: Cast, kind: TerminalKind = TerminalKind.VEHICLE, name: str = "Car 12") -> str:
    """Register a terminal and return its code."""
    return terminals.register(name=name, kind=kind, actor=cast.actor("ada"), now=NOW)[1]


def sign_in(client: Client, who: Any) -> None:
    """Go the whole way in, as people do."""
    said = {"login": who.username, "password": PASSWORD}
    assert client.post(reverse("account_login"), said).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code_now(who)})
    session = client.session
    session["begun"] = NOW.timestamp()
    session.save()


def enrolled(cast: Cast, kind: TerminalKind = TerminalKind.VEHICLE, who: str = "alice") -> Client:
    """A browser that has just become a terminal, with somebody signed in."""
    client = Client()
    sign_in(client, cast.people[who])
    answer = client.post(reverse("accounts:enrol_terminal"), {"code": registered(cast, kind)})
    assert answer.status_code == 302
    assert answer.cookies[terminals.COOKIE]["httponly"]
    return client


def stays_open(client: Client, moment: list[Any], after: timedelta = 2 * HOUR) -> bool:
    """Whether the session is still open after nobody has touched it for that long."""
    client.get(reverse("training:overview"))
    moment[0] += after
    answer = client.get(reverse("training:overview"))
    return bool(answer.status_code == 200)


def test_an_officer_in_a_registered_vehicle_is_not_locked_out(cast: Cast, moment: list[Any]) -> None:
    """Not after two hours; the page says no idle limit to the browser; after a shift's length it locks."""
    client = enrolled(cast)
    assert b"data-idle-minutes" not in client.get(reverse("training:overview")).content
    assert stays_open(client, moment)
    assert stays_open(client, moment, 9 * HOUR)
    assert not stays_open(client, moment, HOUR + timedelta(minutes=1))


def test_without_a_terminal_it_locks(cast: Cast, client: Client, moment: list[Any]) -> None:
    """The rule stands for everybody else."""
    sign_in(client, cast.alice)
    assert b'data-idle-minutes="30"' in client.get(reverse("training:overview")).content
    assert not stays_open(client, moment)


@pytest.mark.parametrize(
    ("who", "kind"),
    [
        ("ivan", TerminalKind.VEHICLE),
        ("sue", TerminalKind.DISPATCH),
        ("ada", TerminalKind.VEHICLE),
        ("tom", TerminalKind.DISPATCH),
        ("alice", TerminalKind.DISPATCH),
        ("dee", TerminalKind.VEHICLE),
    ],
)
def test_no_other_role_is_exempt_wherever_it_sits(
    cast: Cast, moment: list[Any], who: str, kind: TerminalKind
) -> None:
    """An officer at dispatch, a dispatcher in a car and everybody who may do more lock as ever."""
    assert not stays_open(enrolled(cast, kind, who), moment)


def test_a_second_role_ends_the_exemption_at_once(cast: Cast, moment: list[Any]) -> None:
    """An officer who becomes a supervisor, too, locks from the next request on."""
    client = enrolled(cast)
    RoleGrant.objects.create(user=cast.alice, role=Role.SUPERVISOR, granted_at=NOW, granted_by="tests")
    assert not stays_open(client, moment)


def test_a_cookie_copied_into_another_session_exempts_nothing(cast: Cast, moment: list[Any]) -> None:
    """Another officer, signed in elsewhere, carries the copy: the terminal holds somebody else's session."""
    vehicle = enrolled(cast)
    thief = Client()
    RoleGrant.objects.create(user=cast.eve, role=Role.OFFICER, granted_at=NOW, granted_by="tests")
    sign_in(thief, cast.eve)
    thief.cookies[terminals.COOKIE] = vehicle.cookies[terminals.COOKIE].value
    assert not stays_open(thief, moment)
    moment[0] = NOW
    assert stays_open(vehicle, moment)


def test_signing_in_with_a_copy_is_found_out_at_the_next_sign_in(cast: Cast, moment: list[Any]) -> None:
    """Of two copies one is stale: presenting it ends the registration for both, and the administrators are told."""
    vehicle = enrolled(cast)
    thief = Client()
    thief.cookies[terminals.COOKIE] = vehicle.cookies[terminals.COOKIE].value
    sign_in(thief, cast.alice)
    vehicle.cookies.pop("sessionid", None)
    sign_in(vehicle, cast.dee)
    assert Terminal.objects.get().revoked_at == NOW
    assert Notice.objects.filter(kind="terminal.copied", to_role="administrator").count() == 1
    assert LedgerLeaf.objects.filter(kind="terminal.revoked").count() == 1
    assert not stays_open(thief, moment)
    moment[0] = NOW
    assert not stays_open(vehicle, moment)


def test_the_next_person_on_the_terminal_is_exempt_and_the_one_before_is_not(
    cast: Cast, moment: list[Any]
) -> None:
    """Each sign-in hands the terminal over, with a fresh cookie."""
    client = enrolled(cast, TerminalKind.DISPATCH, "dee")
    before = client.cookies[terminals.COOKIE].value
    copy = Client()
    copy.cookies["sessionid"] = client.cookies["sessionid"].value
    copy.cookies[terminals.COOKIE] = before
    client.cookies.pop("sessionid")
    RoleGrant.objects.create(user=cast.eve, role=Role.DISPATCHER, granted_at=NOW, granted_by="tests")
    sign_in(client, cast.eve)
    assert client.cookies[terminals.COOKIE].value != before
    assert stays_open(client, moment)
    moment[0] = NOW
    assert not stays_open(copy, moment)


@pytest.mark.parametrize(
    "forged",
    [
        "vehicle",
        '{"terminal": 1, "secret": "", "kind": "dispatch"}',
        signing.dumps({"terminal": 1, "secret": ""}, key="guessed", salt="platewarden.terminal"),
        signing.dumps({"terminal": 1, "secret": ""}, key="guessed"),
    ],
    ids=["a word", "unsigned", "signed by another key", "signed by another key and for another use"],
)
def test_a_forged_device_class_changes_nothing(
    cast: Cast, client: Client, moment: list[Any], forged: str
) -> None:
    """The class stands in the record; what is not signed by us is nothing, and so is what a browser calls itself."""
    registered(cast)
    sign_in(client, cast.alice)
    client.cookies[terminals.COOKIE] = forged
    client.defaults["HTTP_X_DEVICE_CLASS"] = "vehicle"
    assert not stays_open(client, moment)


def test_a_session_that_is_locked_stays_locked(cast: Cast, client: Client, moment: list[Any]) -> None:
    """Enrolling opens nothing: the password does."""
    code = registered(cast)
    sign_in(client, cast.alice)
    assert not stays_open(client, moment)
    answer = client.post(reverse("accounts:enrol_terminal"), {"code": code})
    assert answer.headers["Location"].startswith(reverse("accounts:locked"))
    assert Terminal.objects.get().enrolled_at is None


def test_wrong_used_late_and_revoked_codes_look_alike(cast: Cast, moment: list[Any]) -> None:
    """Nobody learns which terminals there are; without a session there is no form at all."""
    used, revoked, late = (registered(cast, name=name) for name in ("One", "Two", "Three"))
    first = Client()
    sign_in(first, cast.alice)
    url = reverse("accounts:enrol_terminal")
    assert first.post(url, {"code": used}).status_code == 302
    two = Terminal.objects.get(name="Two")
    terminals.revoke(terminal=two, because="lost", actor=cast.actor("ada"), now=NOW)
    Terminal.objects.filter(name="Three").update(code_expires_at=NOW)
    answers = [first.post(url, {"code": code}) for code in (used, revoked, late, "guessed")]
    assert {answer.status_code for answer in answers} == {422}
    assert len({str(answer.context["form"].errors["code"]) for answer in answers}) == 1
    assert LedgerLeaf.objects.filter(kind="terminal.refused").count() == 4
    assert Client().post(url, {"code": late}).headers["Location"].startswith(reverse("account_login"))


def test_revoked_or_past_its_time_it_exempts_nothing(cast: Cast, moment: list[Any]) -> None:
    """From the next request on."""
    client = enrolled(cast)
    Terminal.objects.update(ends_at=NOW + HOUR)
    assert not stays_open(client, moment)
    moment[0] = NOW
    other = enrolled_anew(cast)
    terminals.revoke(
        terminal=Terminal.objects.get(name="Car 13"), because="sold", actor=cast.actor("ada"), now=NOW
    )
    assert not stays_open(other, moment)


def enrolled_anew(cast: Cast) -> Client:
    """A second vehicle, with a second officer."""
    RoleGrant.objects.create(user=cast.eve, role=Role.OFFICER, granted_at=NOW, granted_by="tests")
    client = Client()
    sign_in(client, cast.eve)
    client.post(reverse("accounts:enrol_terminal"), {"code": registered(cast, name="Car 13")})
    return client


def test_only_the_administrator_registers_and_revokes(cast: Cast, client: Client) -> None:
    """Everybody else is refused, and the names of terminals are shown to nobody else."""
    registered(cast)
    with pytest.raises(PolicyRefusal, match="ADM-3"):
        terminals.register(name="X", kind=TerminalKind.VEHICLE, actor=cast.actor("sue"), now=NOW)
    with pytest.raises(PolicyRefusal, match="ADM-3"):
        terminals.revoke(terminal=Terminal.objects.get(), because="", actor=cast.actor("alice"), now=NOW)
    client.force_login(cast.ada)
    page = client.post(reverse("accounts:terminals"), {"name": "Desk 1", "kind": "dispatch"})
    assert page.context["code"] in page.content.decode()
    assert page.context["code"] not in client.get(reverse("accounts:terminals")).content.decode()
    again = client.post(reverse("accounts:terminals"), {"name": "Desk 1", "kind": "dispatch"})
    assert again.status_code == 422
    number = Terminal.objects.get(name="Desk 1").pk
    answer = client.post(reverse("accounts:revoke_terminal", args=[number]), {"because": "Moved."})
    assert answer.status_code == 302
    assert Terminal.objects.get(name="Desk 1").revoked_because == "Moved."
