"""The administrator has a term, the list of users is reviewed and can be taken away, and both are duties."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.accounts import overseeing
from platewarden.accounts.models import User, UserReview
from platewarden.duties import telling
from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.clause("ADM-1")]


def test_the_administrator_is_named_for_a_term_by_somebody_else(cast: Cast) -> None:
    """For two years at most, by the approver, and only somebody who holds the role."""
    far = NOW + timedelta(days=5000)
    term = overseeing.name_administrator(user=cast.ada, ends_at=far, actor=cast.actor("pam"), now=NOW)
    assert term.ends_at == NOW + timedelta(days=730)
    for who, whom in (("ada", cast.ada), ("sue", cast.ada), ("pam", cast.sue)):
        with pytest.raises(PolicyRefusal, match="ADM-1"):
            overseeing.name_administrator(user=whom, ends_at=far, actor=cast.actor(who), now=NOW)


def test_the_term_and_the_review_are_duties_that_people_are_told_of_once(cast: Cast) -> None:
    """Before they are due; nobody named is due at once."""
    term, review = overseeing.duties_at(NOW)
    assert (term.owner, term.due_at, term.evidence) == (Role.APPROVER, NOW, "nobody is named")
    assert (review.owner, review.due_at) == (Role.ADMINISTRATOR, NOW + timedelta(days=365))
    overseeing.name_administrator(
        user=cast.ada, ends_at=NOW + timedelta(days=100), actor=cast.actor("pam"), now=NOW
    )
    told = Notice.objects.filter(kind="duty.due", text__startswith="Name the administrator")
    telling.keep(actor=cast.actor("ada"), now=NOW)
    assert not told.exists()
    for _ in range(2):
        telling.keep(actor=cast.actor("ada"), now=NOW + timedelta(days=71))
    assert list(told.values_list("to_role", flat=True)) == ["approver"]


def test_a_review_decides_for_everybody_and_is_on_record(cast: Cast, client: Client) -> None:
    """Whoever leaves one out has not reviewed; the record says who reviewed and what was decided for each."""
    client.force_login(cast.ada)
    people = User.objects.filter(is_active=True)
    said = {f"person_{person.pk}": "keep" for person in people} | {f"person_{cast.eve.pk}": "close"}
    assert client.post(reverse("accounts:review"), said | {f"person_{cast.alice.pk}": ""}).status_code == 422
    assert not UserReview.objects.exists()
    assert client.post(reverse("accounts:review"), said).status_code == 302
    review = UserReview.objects.get()
    assert (review.reviewed_by, review.decisions["eve"], review.decisions["sue"]) == (
        cast.ada,
        "close",
        "keep",
    )
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "users.reviewed"
    with pytest.raises(PolicyRefusal, match="ADM-1"):
        overseeing.review_users(decisions={"alice": "keep"}, actor=cast.actor("ada"), now=NOW)


def test_the_list_of_users_can_be_taken_away_and_runs_nothing(cast: Cast, client: Client) -> None:
    """As CSV, with an entry; a name that a spreadsheet would take for a formula is text."""
    User.objects.filter(pk=cast.alice.pk).update(full_name="=HYPERLINK(1)")
    client.force_login(cast.ada)
    text = client.post(reverse("accounts:export")).content.decode()
    assert '"\'=HYPERLINK(1)"' in text
    assert '"ada","Ada Example","","administrator"' in text
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "people.exported"
