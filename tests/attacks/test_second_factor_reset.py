"""Somebody wants another person's second factor out of the way, alone."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from platewarden.accounts import actions
from platewarden.accounts.actions import EnrolmentError
from platewarden.accounts.models import FactorReset, RoleGrant, User
from platewarden.accounts.recovering import approve_reset, ask_for_reset, decline_reset, waiting_reset
from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from tests.cast import PASSWORD, Cast
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.clause("ADM-3")]


def asked(cast: Cast, whom: str = "alice") -> FactorReset:
    """The administrator asks for a reset."""
    return ask_for_reset(user=cast.people[whom], because="Lost the phone.", actor=cast.actor("ada"), now=NOW)


def factors(user: User) -> int:
    """How many second factors somebody has."""
    count: int = Authenticator.objects.filter(user=user).count()
    return count


def test_two_people_reset_it_and_the_person_begins_anew(cast: Cast, client: Client) -> None:
    """Approved with a code shown once; the session is over, password and factors are gone, the code works once."""
    client.force_login(cast.alice)
    assert client.get(reverse("cameras:list")).status_code == 200
    ada, pam = Client(), Client()
    ada.force_login(cast.ada)
    pam.force_login(cast.pam)
    said = {"because": "Lost phone and codes."}
    assert ada.post(reverse("accounts:ask_reset", args=[cast.alice.pk]), said).status_code == 302
    assert Notice.objects.filter(kind="reset.waits", to_role="approver").count() == 1
    assert b"Lost phone and codes." in pam.get(reverse("accounts:person", args=[cast.alice.pk])).content
    page = pam.post(reverse("accounts:decide_reset", args=[cast.alice.pk]), {"answer": "approve"})
    code = page.content.decode().split('<p class="mono strong">')[1].split("<")[0]
    assert factors(cast.alice) == 0
    assert client.get(reverse("cameras:list")).status_code == 302
    assert {"factor.reset"} == set(Notice.objects.filter(to_user=cast.alice).values_list("kind", flat=True))
    stranger = Client()
    assert (
        stranger.post(reverse("account_login"), {"login": "alice", "password": PASSWORD}).status_code == 200
    )
    new = {"code": code, "password": "other-gravel-otter-door", "again": "other-gravel-otter-door"}
    assert stranger.post(reverse("accounts:enrol"), new).status_code == 302
    assert stranger.post(reverse("accounts:enrol"), new).status_code == 422
    signed = stranger.post(reverse("account_login"), {"login": "alice", "password": new["password"]})
    assert stranger.get(signed.headers["Location"]).headers["Location"].startswith(reverse("mfa_index"))
    assert waiting_reset(cast.alice) is None
    kinds = set(LedgerLeaf.objects.values_list("kind", flat=True))
    assert {"second_factor.reset_asked", "second_factor.reset"} <= kinds


def test_nobody_does_it_alone(cast: Cast) -> None:
    """Whoever asks does not approve, even holding both roles by some mistake; an approver asks for nothing."""
    asked(cast)
    with pytest.raises(PolicyRefusal, match="ADM-2"):
        approve_reset(user=cast.alice, actor=cast.actor("ada"), now=NOW)
    RoleGrant.objects.create(user=cast.ada, role=Role.APPROVER, granted_at=NOW, granted_by="tests")
    with pytest.raises(PolicyRefusal, match="ADM-2"):
        approve_reset(user=cast.alice, actor=cast.actor("ada"), now=NOW)
    with pytest.raises(PolicyRefusal):
        ask_for_reset(user=cast.dee, because="x", actor=cast.actor("pam"), now=NOW)
    assert factors(cast.alice) == 1


def test_nobody_does_it_for_themselves(cast: Cast) -> None:
    """Neither ask nor approve."""
    with pytest.raises(PolicyRefusal, match="ADM-3"):
        ask_for_reset(user=cast.ada, because="x", actor=cast.actor("ada"), now=NOW)
    asked(cast, "pam")
    with pytest.raises(PolicyRefusal, match="ADM-2"):
        approve_reset(user=cast.pam, actor=cast.actor("pam"), now=NOW)
    assert factors(cast.pam) == 1


@pytest.mark.parametrize("who", ["alice", "sue", "tom", "una", "sol"])
def test_no_other_role_asks_or_approves(cast: Cast, who: str) -> None:
    """Whatever their rank."""
    with pytest.raises(PolicyRefusal):
        ask_for_reset(user=cast.dee, because="x", actor=cast.actor(who), now=NOW)
    asked(cast, "dee")
    with pytest.raises(PolicyRefusal):
        approve_reset(user=cast.dee, actor=cast.actor(who), now=NOW)
    with pytest.raises(PolicyRefusal):
        decline_reset(user=cast.dee, actor=cast.actor(who), now=NOW)
    assert factors(cast.dee) == 1


def test_an_approval_is_not_played_again(cast: Cast) -> None:
    """Once decided there is nothing to decide on; the factor that the person set up since stays."""
    asked(cast)
    approve_reset(user=cast.alice, actor=cast.actor("pam"), now=NOW)
    Authenticator.objects.create(user=cast.alice, type="totp", data={"secret": "new"})
    with pytest.raises(FactorReset.DoesNotExist):
        approve_reset(user=cast.alice, actor=cast.actor("pam"), now=NOW)
    assert factors(cast.alice) == 1


def test_whoever_asked_cannot_issue_a_code_of_their_own(cast: Cast, client: Client) -> None:
    """Only the approver's counts, until a new factor is set up; then a forgotten password goes its usual way.

    Between the new password and the new factor another code would let the asker set up a factor of their own.
    """
    asked(cast)
    code = approve_reset(user=cast.alice, actor=cast.actor("pam"), now=NOW)
    client.force_login(cast.ada)
    assert client.post(reverse("accounts:code", args=[cast.alice.pk])).status_code == 403
    with pytest.raises(PolicyRefusal, match="ADM-3"):
        actions.issue_code(user=cast.alice, actor=cast.actor("ada"), now=NOW)
    actions.redeem_code(code=code, password="other-gravel-otter-door", actor=cast.actor("alice"), now=NOW)
    assert client.post(reverse("accounts:code", args=[cast.alice.pk])).status_code == 403
    Authenticator.objects.create(user=cast.alice, type="recovery_codes", data={})
    with pytest.raises(PolicyRefusal, match="no new one is set up"):
        actions.issue_code(user=cast.alice, actor=cast.actor("ada"), now=NOW)
    Authenticator.objects.create(user=cast.alice, type="totp", data={"secret": "new"})
    assert actions.issue_code(user=cast.alice, actor=cast.actor("ada"), now=NOW)


def test_a_code_that_ran_out_takes_another_reset_by_two(cast: Cast) -> None:
    """Nobody shortens the way; the earlier code is dead then."""
    asked(cast)
    old = approve_reset(user=cast.alice, actor=cast.actor("pam"), now=NOW)
    later: Any = NOW + timedelta(hours=73)
    with pytest.raises(EnrolmentError):
        actions.redeem_code(code=old, password="other-gravel-otter-door", actor=cast.actor("eve"), now=later)
    asked(cast)
    new = approve_reset(user=cast.alice, actor=cast.actor("pam"), now=later)
    actions.redeem_code(code=new, password="other-gravel-otter-door", actor=cast.actor("eve"), now=later)
    assert waiting_reset(cast.alice) is None


def test_the_database_holds_it_too(cast: Cast) -> None:
    """A row in which one person asked and decided, or decided on their own, cannot be written."""
    for asker, decider in ((cast.ada, cast.ada), (cast.ada, cast.alice), (cast.alice, cast.pam)):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.create(
                user=cast.alice,
                because="x",
                asked_by=asker,
                asked_at=NOW,
                decided_by=decider,
                decided_at=NOW,
                is_approved=True,
            )


def test_a_declined_one_changes_nothing(cast: Cast) -> None:
    """The factor stays, and the session too."""
    asked(cast)
    decline_reset(user=cast.alice, actor=cast.actor("pam"), now=NOW)
    assert factors(cast.alice) == 1
    assert waiting_reset(cast.alice) is None
