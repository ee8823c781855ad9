"""Somebody tries to be more than one of administrator, approver and auditor, or a vendor more than a vendor."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from platewarden.accounts import actions, closing
from platewarden.accounts.approving import approve_account, decide_role, decline_account
from platewarden.accounts.models import Agency, RoleGrant, RoleRequest, User
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.rights import RIGHTS, Right
from tests.cast import PASSWORD, Cast, give_authenticators, train
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def invited(cast: Cast, *roles: Role, by: str = "ada", **more: Any) -> User:
    """Somebody whom Ada invites."""
    user, _ = actions.create_account(
        username="robin",
        full_name="Robin Example",
        roles=frozenset(roles),
        supervisor=None,
        actor=cast.actor(by),
        now=NOW,
        **more,
    )
    return user


@pytest.fixture
def vendor(cast: Cast, client: Client) -> Client:
    """A vendor who is signed in, and trained, so that nothing but the role stands in the way."""
    user = invited(cast, Role.VENDOR, employer="Lind Camera Works")
    approve_account(user=user, actor=cast.actor("pam"), now=NOW)
    user.refresh_from_db()
    train(user, now=NOW)
    give_authenticators(user)
    client.force_login(user)
    return client


@pytest.mark.clause("ADM-2")
def test_a_vendor_configures_cameras_and_nothing_else(cast: Cast, vendor: Client) -> None:
    """The register of cameras is open to them; every other place and act is refused, and no account changes."""
    assert {right for right, roles in RIGHTS.items() if Role.VENDOR in roles} == {
        Right.SEE_CAMERAS,
        Right.REGISTER_CAMERAS,
    }
    assert vendor.get(reverse("cameras:list")).status_code == 200
    assert vendor.get(reverse("cameras:register")).status_code == 200
    people, grants, asked = User.objects.count(), RoleGrant.objects.count(), RoleRequest.objects.count()
    robin = User.objects.get(username="robin")
    tries = [
        ("accounts:create", [], {"full_name": "M", "username": "m", "roles": ["administrator"]}),
        ("accounts:grant", [robin.pk], {"role": "administrator"}),
        ("accounts:decide", [robin.pk], {"answer": "approve"}),
        ("accounts:reopen", [robin.pk], {}),
        ("cameras:approve", [cast.camera.pk, cast.camera.statements.get().pk], {}),
        ("cameras:look", [cast.camera.pk, cast.camera.statements.get().pk], {}),
        ("webhooks:propose", [], {}),
    ]
    for view, arguments, said in tries:
        assert vendor.post(reverse(view, args=arguments), said).status_code == 403, view
    for place in (
        "alerts:list",
        "queries:ask",
        "hotlists:list",
        "ledger:list",
        "accounts:people",
        "car:show",
    ):
        assert vendor.get(reverse(place)).status_code == 403, place
    after = (User.objects.count(), RoleGrant.objects.count(), RoleRequest.objects.count())
    assert after == (people, grants, asked)


@pytest.mark.clause("ADM-2")
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.VENDOR}))
def test_a_vendor_is_nothing_besides(cast: Cast, role: Role) -> None:
    """Neither from the start nor later, whoever asks and approves."""
    with pytest.raises(PolicyRefusal, match=r"ADM-2|AUD-1|USE-2"):
        invited(cast, Role.VENDOR, role)
    user = invited(cast, Role.VENDOR)
    for _ in range(2):
        with pytest.raises(PolicyRefusal, match=r"ADM-2|USE-2"):
            actions.ask_for_role(user=user, role=role, actor=cast.actor("ada"), now=NOW)
        if not RoleGrant.objects.filter(user=user).exists():
            approve_account(user=user, actor=cast.actor("pam"), now=NOW)


@pytest.mark.clause("ADM-2")
def test_an_invitation_is_worth_nothing_before_somebody_else_approves_it(cast: Cast, client: Client) -> None:
    """Its code sets no password, its name opens nothing, and the administrator cannot approve it."""
    user, code = actions.create_account(
        username="robin",
        full_name="Robin",
        roles=frozenset({Role.OFFICER}),
        supervisor=None,
        actor=cast.actor("ada"),
        now=NOW,
    )
    with pytest.raises(actions.EnrolmentError):
        actions.redeem_code(code=code, password=PASSWORD, actor=cast.actor("eve"), now=NOW)
    for who in ("ada", "sue", "tom", "eve"):
        with pytest.raises(PolicyRefusal, match="ADM-2"):
            approve_account(user=user, actor=cast.actor(who), now=NOW)
    approve_account(user=user, actor=cast.actor("pam"), now=NOW)
    assert actions.redeem_code(code=code, password=PASSWORD, actor=cast.actor("eve"), now=NOW) == user
    assert RoleGrant.objects.get(user=user).approved_by == "pam"


@pytest.mark.clause("ADM-2")
def test_a_declined_invitation_stays_closed(cast: Cast) -> None:
    """No later act of the administrator opens it."""
    user = invited(cast, Role.OFFICER)
    decline_account(user=user, actor=cast.actor("pam"), now=NOW)
    with pytest.raises(User.DoesNotExist):
        closing.reopen_account(user=user, actor=cast.actor("ada"), now=NOW)


@pytest.mark.clause("ADM-2")
def test_an_approver_approves_nothing_of_their_own(cast: Cast) -> None:
    """Not a role for themselves; and even with full rights in the database the row is refused."""
    asked = actions.ask_for_role(user=cast.pam, role=Role.SUPERVISOR, actor=cast.actor("ada"), now=NOW)
    assert asked is not None
    with pytest.raises(PolicyRefusal, match="ADM-2"):
        decide_role(request=asked, is_approved=True, actor=cast.actor("pam"), now=NOW)
    for decider in (cast.pam, cast.ada):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleRequest.objects.filter(pk=asked.pk).update(
                decided_by=decider, decided_at=NOW, is_approved=True
            )


@pytest.mark.clause("ADM-2", "AUD-1")
@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("ada", "auditor"),
        ("ada", "approver"),
        ("tom", "administrator"),
        ("tom", "approver"),
        ("pam", "auditor"),
    ],
)
def test_administrator_auditor_and_approver_are_three_people(
    cast: Cast, client: Client, name: str, role: str
) -> None:
    """By the page nobody is made two of them; an administrator asks for nothing for themselves."""
    client.force_login(cast.ada)
    url = reverse("accounts:grant", args=[getattr(cast, name).pk])
    assert client.post(url, {"role": role}).status_code == 403
    assert not RoleRequest.objects.exists()
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "request.refused"


@pytest.mark.clause("ADM-2")
def test_a_role_that_was_withdrawn_is_gone_from_an_open_page(cast: Cast, client: Client) -> None:
    """The form that was on the screen does nothing any more."""
    client.force_login(cast.sue)
    assert client.get(reverse("ledger:list")).status_code == 200
    actions.withdraw_role(user=cast.sue, role=Role.SUPERVISOR, actor=cast.actor("ada"), now=NOW)
    assert client.get(reverse("ledger:list")).status_code == 403
    approve = reverse("cameras:approve", args=[cast.camera.pk, cast.camera.statements.get().pk])
    assert client.post(approve).status_code == 403


@pytest.mark.clause("ADM-2")
def test_a_role_with_a_last_day_ends_by_itself(cast: Cast) -> None:
    """To the second, whether or not a timer has withdrawn it."""
    ends_at = NOW + timedelta(days=1)
    asked = actions.ask_for_role(
        user=cast.eve, role=Role.OFFICER, ends_at=ends_at, actor=cast.actor("ada"), now=NOW
    )
    assert asked is not None
    decide_role(request=asked, is_approved=True, actor=cast.actor("pam"), now=NOW)
    from platewarden.accounts.actors import roles_of

    assert roles_of(cast.eve, now=ends_at - timedelta(seconds=1)) == {Role.OFFICER}
    assert roles_of(cast.eve, now=ends_at) == frozenset()
    assert closing.withdraw_ended(actor=cast.actor("ada"), now=ends_at) == 1


@pytest.mark.clause("ADM-4")
def test_whoever_leaves_is_out_at_once(cast: Cast, client: Client) -> None:
    """The open page, the password and the code are worth nothing; opened again, it is their account as before."""
    client.force_login(cast.alice)
    assert client.get(reverse("cameras:list")).status_code == 200
    closing.close_account(user=cast.alice, because="Left the office", actor=cast.actor("ada"))
    assert client.get(reverse("cameras:list")).status_code == 302
    kinds = list(LedgerLeaf.objects.order_by("-seq").values_list("kind", flat=True)[:2])
    assert kinds == ["account.disabled", "session.ended"]
    closing.reopen_account(user=cast.alice, actor=cast.actor("ada"), now=NOW)
    assert client.get(reverse("cameras:list")).status_code == 302
    assert cast.actor("alice").roles == {Role.OFFICER}


@pytest.mark.clause("ADM-2")
def test_nobody_closes_themselves_or_the_last_of_two(cast: Cast) -> None:
    """An agency always has somebody who grants and somebody who approves."""
    for name in ("ada", "pam"):
        with pytest.raises(PolicyRefusal, match="ADM-2"):
            closing.close_account(user=getattr(cast, name), because="x", actor=cast.actor("ada"))


@pytest.mark.clause("ADM-4")
def test_an_account_that_nobody_uses_is_closed(cast: Cast) -> None:
    """After ninety days without a sign-in, to the day; the last administrator and approver stay."""
    User.objects.update(last_login=NOW, created_at=NOW - timedelta(days=200))
    User.objects.filter(pk=cast.alice.pk).update(last_login=NOW - timedelta(days=89))
    ada = cast.actor("ada")
    assert closing.close_unused(actor=ada, now=NOW) == 0
    assert closing.close_unused(actor=ada, now=NOW + timedelta(days=1)) == 1
    cast.alice.refresh_from_db()
    assert (cast.alice.is_active, cast.alice.closed_because) == (False, "Nobody used it for too long.")
    closing.close_unused(actor=ada, now=NOW + timedelta(days=91))
    left = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    assert left == {"ada", "pam"}


@pytest.mark.clause("USE-2")
@pytest.mark.parametrize(
    "change",
    [
        {"state": "PA"},
        {"kind": "federal"},
        {"kind": "prosecutor"},
        {"kind": "other"},
        {"access_ended_at": NOW},
    ],
)
def test_an_agency_outside_the_clause_has_no_users(
    cast: Cast, client: Client, change: dict[str, Any]
) -> None:
    """None can be invited; and if the agency becomes such a one, those it has lose every role with the next request."""
    outside = Agency.objects.create(name="Elsewhere", county="Elsewhere", **{"kind": "police"} | change)
    with pytest.raises(PolicyRefusal, match="USE-2"):
        invited(cast, Role.OFFICER, agency=outside)
    guest = User.objects.create(agency=outside, username="guest", full_name="G", created_at=NOW)
    RoleGrant.objects.create(user=guest, role=Role.OFFICER, granted_at=NOW, granted_by="x")
    client.force_login(cast.alice)
    assert client.get(reverse("alerts:list")).status_code == 200
    Agency.objects.filter(pk=cast.agency.pk).update(**change)
    assert client.get(reverse("alerts:list")).status_code == 403
