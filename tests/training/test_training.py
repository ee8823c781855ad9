"""Courses, certificates, bulletins, and the doors that stay closed without them."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from platewarden.accounts.actors import actor_for, system_actor
from platewarden.accounts.models import RoleGrant, User
from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.training import Course
from platewarden.training import actions, duties
from platewarden.training.materials import material_of
from platewarden.training.models import Attempt, Bulletin, BulletinKind
from platewarden.training.standing import policy_digest
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The time that pages and doors see; a test moves it by replacing the one element."""
    shown = [NOW]
    for module in ("training.views", "site.middleware", "site.context", "accounts.actors"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: shown[0])
    return shown


@pytest.fixture
def untrained(cast: Cast, client: Client) -> Client:
    """Alice, an officer, who has not taken any course."""
    Attempt.objects.filter(user=cast.alice).delete()
    client.force_login(cast.alice)
    return client


def right_answers(course: Course) -> dict[str, int]:
    """What passes *course*."""
    return {f"question_{place}": asked.right for place, asked in enumerate(material_of(course).questions)}


def wrong_answers(course: Course) -> dict[str, int]:
    """What passes nothing."""
    answers = right_answers(course)
    return {name: (right + 1) % 3 for name, right in answers.items()}


@pytest.mark.parametrize("course", list(Course))
def test_every_course_is_whole(course: Course) -> None:
    """Six to ten screens; every question has three choices, one of them right, and names the screen that teaches it."""
    material = material_of(course)
    assert 6 <= len(material.screens) <= 10
    assert len(material.questions) >= 6
    for question in material.questions:
        assert len(set(question.choices)) == 3
        assert 0 <= question.right < 3
        assert 0 <= question.screen < len(material.screens)
    assert {0, 1, 2} == {question.right for question in material.questions}


@pytest.mark.clause("TRN-1")
def test_the_untrained_are_shown_what_to_do_and_no_plate(untrained: Client) -> None:
    """Every place with plates refuses, the overview says what is missing, and the strip leads there."""
    for place in ("alerts:list", "queries:ask", "hotlists:list", "hotlists:enter", "car:show"):
        answer = untrained.get(reverse(place))
        assert answer.status_code == 403, place
        assert "TRN-1" in answer.content.decode()
    page = untrained.get(reverse("training:overview")).content.decode()
    assert "Plate data is closed to you" in page
    assert page.count("To do") == 3
    assert reverse("training:course", args=["technology"]) in page


@pytest.mark.clause("TRN-1")
def test_answering_the_three_courses_opens_plate_data_at_once(cast: Cast, untrained: Client) -> None:
    """No administrator and no waiting: the last right answer opens the alerts."""
    for course in Course:
        assert untrained.get(reverse("alerts:list")).status_code == 403
        answer = untrained.post(reverse("training:quiz", args=[course.value]), right_answers(course))
        assert answer.status_code == 302
    assert untrained.get(reverse("alerts:list")).status_code == 200
    assert LedgerLeaf.objects.filter(kind="training.passed").count() == 3


@pytest.mark.clause("TRN-1")
def test_who_fails_is_told_what_to_read_again_and_not_what_to_answer(untrained: Client) -> None:
    """Nothing opens, the try is on record, and the right answers stay unsaid."""
    answer = untrained.post(reverse("training:quiz", args=["law"]), wrong_answers(Course.LAW))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Not passed: 0 of 8 right" in page
    assert reverse("training:screen", args=["law", 2]) in page
    assert LedgerLeaf.objects.order_by("-seq")[0].kind == "training.not_passed"
    assert untrained.get(reverse("alerts:list")).status_code == 403


def test_a_question_left_out_is_asked_again(untrained: Client) -> None:
    """Half an answer is neither passed nor failed."""
    answers = right_answers(Course.LAW) | {"question_3": ""}
    assert untrained.post(reverse("training:quiz", args=["law"]), answers).status_code == 422
    assert not Attempt.objects.filter(user__username="alice").exists()


def test_every_screen_can_be_read_and_none_beyond(untrained: Client) -> None:
    """From the first to the last, and a 404 after it."""
    for course in Course:
        screens = len(material_of(course).screens)
        for number in range(1, screens + 1):
            assert untrained.get(reverse("training:screen", args=[course.value, number])).status_code == 200
        assert untrained.get(reverse("training:screen", args=[course.value, screens + 1])).status_code == 404
    assert untrained.get(reverse("training:course", args=["juggling"])).status_code == 404


@pytest.mark.clause("TRN-1")
def test_training_runs_out(cast: Cast, client: Client, moment: list[Any]) -> None:
    """A year and a second later the alerts are closed again."""
    client.force_login(cast.alice)
    assert client.get(reverse("alerts:list")).status_code == 200
    moment[0] = NOW + timedelta(days=365)
    client.logout()
    client.force_login(cast.alice)
    assert client.get(reverse("alerts:list")).status_code == 403


def test_a_certificate_is_a_pdf_that_says_who_what_and_until_when(cast: Cast, client: Client) -> None:
    """It names person, course, result, dates and the ledger's entry, and nobody else's opens for an officer."""
    attempt = actions.answer_course(
        course=Course.LAW,
        answers=list(right_answers(Course.LAW).values()),
        actor=cast.actor("alice"),
        now=NOW,
    )
    client.force_login(cast.alice)
    answer = client.get(reverse("training:certificate", args=[attempt.pk]))
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    for said in (
        "Alice Example",
        "Law and privacy",
        "8 of 8",
        "2026-11-20",
        "2027-11-20",
        str(attempt.entry),
    ):
        assert said in text
    client.force_login(cast.dee)
    assert client.get(reverse("training:certificate", args=[attempt.pk])).status_code == 404
    client.force_login(cast.tom)
    assert client.get(reverse("training:certificate", args=[attempt.pk])).status_code == 200


@pytest.mark.clause("TRN-2")
def test_a_new_policy_asks_everybody_and_then_closes(cast: Cast, client: Client, moment: list[Any]) -> None:
    """Fourteen days are given; then only whoever has acknowledged it sees plates."""
    duties.keep(actor=system_actor("training timer"), now=NOW)
    duties.keep(actor=system_actor("training timer"), now=NOW)
    bulletin = Bulletin.objects.get()
    assert bulletin.policy_digest == policy_digest()
    assert Notice.objects.filter(to_user=cast.alice, kind="bulletin.waits").count() == 1
    User.objects.update(created_at=NOW - timedelta(days=1))
    client.force_login(cast.alice)
    assert client.get(reverse("alerts:list")).status_code == 200
    moment[0] = NOW + timedelta(days=14)
    client.logout()
    client.force_login(cast.alice)
    assert "TRN-2" in client.get(reverse("alerts:list")).content.decode()
    assert client.post(reverse("training:bulletin", args=[bulletin.pk])).status_code == 302
    assert client.get(reverse("alerts:list")).status_code == 200


@pytest.mark.clause("TRN-2")
def test_whoever_joins_later_acknowledges_first(cast: Cast, client: Client) -> None:
    """For a new account there are no days of grace."""
    duties.keep(actor=system_actor("training timer"), now=NOW - timedelta(hours=1))
    assert actor_for(cast.alice).training.clause == "TRN-2"
    actions.acknowledge(bulletin=Bulletin.objects.get(), actor=cast.actor("alice"), now=NOW)
    assert actor_for(cast.alice).training.allowed


@pytest.mark.clause("TRN-2")
def test_a_bulletin_is_given_no_longer_than_the_policy_gives(cast: Cast) -> None:
    """Two months become the fourteen days of the parameter, and an officer publishes none."""
    wanted: dict[str, Any] = {
        "kind": BulletinKind.LAW,
        "title": "A new statute",
        "text": "From Monday on.",
        "acknowledge_by": NOW + timedelta(days=60),
        "now": NOW,
    }
    bulletin = actions.publish_bulletin(**wanted, actor=cast.actor("sue"))
    assert bulletin.acknowledge_by == NOW + timedelta(days=14)
    with pytest.raises(PolicyRefusal, match="TRN-2"):
        actions.publish_bulletin(**wanted, actor=cast.actor("alice"))


@pytest.mark.clause("TRN-1")
def test_nobody_without_a_role_is_reminded(cast: Cast) -> None:
    """Who never held a role, or holds none any more, owes no training."""
    RoleGrant.objects.filter(user=cast.max).update(withdrawn_at=NOW)
    duties.keep(actor=system_actor("training timer"), now=NOW + timedelta(days=400))
    assert Notice.objects.filter(to_user=cast.alice).exists()
    assert not Notice.objects.filter(to_user__in=[cast.eve, cast.max]).exists()


def test_people_are_reminded_once_before_their_training_ends(cast: Cast) -> None:
    """Thirty days before, each course once."""
    when = NOW + timedelta(days=340)
    duties.keep(actor=system_actor("training timer"), now=NOW + timedelta(days=300))
    assert not Notice.objects.filter(kind="training.ending").exists()
    for _ in range(2):
        duties.keep(actor=system_actor("training timer"), now=when)
    assert Notice.objects.filter(kind="training.ending", to_user=cast.alice).count() == 3


@pytest.mark.clause("TRN-2")
def test_the_yearly_review_is_a_record_and_a_duty(cast: Cast, client: Client) -> None:
    """Who reviewed, what they found; the duty moves a year on, and an officer records none."""
    before = duties.duties_at(NOW)[0]
    assert (before.owner, before.evidence) == (Role.ADMINISTRATOR, "never reviewed here")
    client.force_login(cast.sue)
    said = {"findings": "Read clause by clause.", "outcome": "stands"}
    assert client.post(reverse("training:review"), said).status_code == 302
    assert "Read clause by clause." in client.get(reverse("training:review")).content.decode()
    after = duties.duties_at(NOW)[0]
    assert (after.due_at, after.evidence) == (NOW + timedelta(days=365), "reviewed on 2026-11-20")
    client.force_login(cast.alice)
    assert client.post(reverse("training:review"), said).status_code == 403


@pytest.mark.clause("TRN-1")
def test_who_is_trained_is_seen_by_those_who_answer_for_it(cast: Cast, client: Client) -> None:
    """Closed ones come first; an officer does not see the list."""
    Attempt.objects.filter(user=cast.dee).delete()
    client.force_login(cast.sue)
    page = client.get(reverse("training:people"))
    assert page.context["closed"] == 1
    assert page.context["lines"][0].person == cast.dee
    client.force_login(cast.alice)
    assert client.get(reverse("training:people")).status_code == 403
