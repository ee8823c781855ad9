"""Accounts are made by the administrator, for one person each; roles are dated grants."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from platewarden.accounts import actions
from platewarden.accounts.approving import approve_account, decide_role
from platewarden.accounts.models import RoleGrant, User
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from tests.cast import PASSWORD, Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def create(
    cast: Cast,
    who: str = "ada",
    roles: frozenset[Role] = frozenset({Role.OFFICER}),
    username: str = "New.Person",
) -> tuple[User, str]:
    """An account that Ada makes and Pam approves."""
    user, code = actions.create_account(
        username=username,
        full_name="New Person",
        roles=roles,
        supervisor=cast.sue,
        actor=cast.actor(who),
        now=NOW,
    )
    approve_account(user=user, actor=cast.actor("pam"), now=NOW)
    return user, code


def redeem(cast: Cast, code: str, password: str = PASSWORD, hours: int = 1) -> User:
    """Use *code* some hours after it was issued."""
    return actions.redeem_code(
        code=code, password=password, actor=cast.actor("eve"), now=NOW + timedelta(hours=hours)
    )


@pytest.mark.clause("ADM-1", "ADM-3")
def test_a_person_sets_their_own_password_with_a_code_that_works_once(cast: Cast) -> None:
    """Until then nobody can sign in as them; the code itself is not kept."""
    user, code = create(cast)
    assert (user.username, user.has_usable_password(), user.supervisor) == ("new.person", False, cast.sue)
    assert redeem(cast, f" {code}\n").check_password(PASSWORD)
    with pytest.raises(actions.EnrolmentError):
        redeem(cast, code)
    bodies = " ".join(LedgerBody.objects.values_list("body", flat=True))
    assert code not in bodies
    assert PASSWORD not in bodies
    kinds = list(LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds[-4:] == ["account.created", "notice.raised", "account.approved", "account.password_set"]


@pytest.mark.clause("ADM-3")
def test_a_code_expires_and_a_newer_one_replaces_it(cast: Cast) -> None:
    """After three days, or once another is issued, it does nothing."""
    user, code = create(cast)
    with pytest.raises(actions.EnrolmentError):
        redeem(cast, code, hours=72)
    newer = actions.issue_code(user=user, actor=cast.actor("ada"), now=NOW)
    with pytest.raises(actions.EnrolmentError):
        redeem(cast, code)
    assert redeem(cast, newer) == user


@pytest.mark.clause("ADM-3")
@pytest.mark.parametrize("password", ["short", "password1234", "new.person.123"])
def test_a_weak_password_is_refused_and_the_code_stays_good(cast: Cast, password: str) -> None:
    """Too short, too common, or too much like the name."""
    _, code = create(cast)
    with pytest.raises(ValidationError):
        redeem(cast, code, password)
    assert redeem(cast, code).has_usable_password()


def test_a_closed_account_cannot_be_opened_with_a_code(cast: Cast) -> None:
    """A code in a drawer is worth nothing once its person has left."""
    user, code = create(cast)
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(actions.EnrolmentError):
        redeem(cast, code)


def test_a_name_is_one_persons(cast: Cast) -> None:
    """Capitals and blanks do not make another name."""
    with pytest.raises(actions.AccountExistsError):
        create(cast, username=" ALICE ")


@pytest.mark.clause("ADM-2")
@pytest.mark.parametrize("who", ["alice", "sue", "tom", "eve"])
@pytest.mark.parametrize("roles", [frozenset(), frozenset({Role.OFFICER})])
def test_only_an_administrator_makes_accounts(cast: Cast, who: str, roles: frozenset[Role]) -> None:
    """Not even one without a role, nor a fresh code for somebody else's."""
    with pytest.raises(PolicyRefusal, match="ADM-2"):
        create(cast, who, roles)
    with pytest.raises(PolicyRefusal, match="ADM-2"):
        actions.issue_code(user=cast.ada, actor=cast.actor(who), now=NOW)
    assert not User.objects.filter(full_name="New Person").exists()


@pytest.mark.clause("AUD-1")
def test_nobody_is_auditor_and_administrator(cast: Cast) -> None:
    """Neither from the start nor by a later grant."""
    with pytest.raises(PolicyRefusal, match="AUD-1"):
        create(cast, roles=frozenset({Role.AUDITOR, Role.ADMINISTRATOR}))
    with pytest.raises(PolicyRefusal, match="AUD-1"):
        actions.ask_for_role(user=cast.tom, role=Role.ADMINISTRATOR, actor=cast.actor("ada"), now=NOW)


@pytest.mark.clause("ADM-2")
def test_roles_are_dated_grants_that_end_at_once(cast: Cast) -> None:
    """A grant keeps who gave it and when, and who took it away; granting twice is one grant."""
    ada = cast.actor("ada")
    first = actions.ask_for_role(user=cast.eve, role=Role.OFFICER, actor=ada, now=NOW)
    assert first == actions.ask_for_role(user=cast.eve, role=Role.OFFICER, actor=ada, now=NOW)
    assert first is not None
    assert cast.actor("eve").roles == frozenset()
    decide_role(request=first, is_approved=True, actor=cast.actor("pam"), now=NOW)
    assert actions.ask_for_role(user=cast.eve, role=Role.OFFICER, actor=ada, now=NOW) is None
    assert cast.actor("eve").roles == {Role.OFFICER}
    for _ in range(2):
        actions.withdraw_role(user=cast.eve, role=Role.OFFICER, actor=ada, now=NOW + timedelta(hours=1))
    assert cast.actor("eve").roles == frozenset()
    grant = RoleGrant.objects.get(user=cast.eve)
    assert (grant.granted_by, grant.approved_by, grant.withdrawn_by, grant.withdrawn_at) == (
        "ada",
        "pam",
        "ada",
        NOW + timedelta(hours=1),
    )
    kinds = list(LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds[-2:] == ["role.granted", "role.revoked"]


@pytest.mark.clause("ADM-1", "ADM-2")
def test_the_last_administrator_stays(cast: Cast) -> None:
    """Somebody can always grant a role; a closed account does not count as somebody."""
    ada = cast.actor("ada")
    asked = actions.ask_for_role(user=cast.eve, role=Role.ADMINISTRATOR, actor=ada, now=NOW)
    assert asked is not None
    decide_role(request=asked, is_approved=True, actor=cast.actor("pam"), now=NOW)
    User.objects.filter(pk=cast.eve.pk).update(is_active=False)
    with pytest.raises(PolicyRefusal, match="only administrator"):
        actions.withdraw_role(user=cast.ada, role=Role.ADMINISTRATOR, actor=ada, now=NOW)
    User.objects.filter(pk=cast.eve.pk).update(is_active=True)
    actions.withdraw_role(user=cast.ada, role=Role.ADMINISTRATOR, actor=ada, now=NOW)
    assert cast.actor("ada").roles == frozenset()


@pytest.mark.clause("ADM-3")
@pytest.mark.parametrize("password", ["CayutaSheriff2026", "cayuta-county-deputy", "Platewarden1234!"])
def test_the_agencys_own_words_make_no_password(cast: Cast, password: str) -> None:
    """Whoever guesses begins with them; unrelated words are welcome."""
    _, code = create(cast)
    with pytest.raises(ValidationError, match="guess here"):
        redeem(cast, code, password=password)
    assert redeem(cast, code, password="gravel otter window four").has_usable_password()
