"""Guests of a partner agency are reviewed as everybody is: drawn, asked, heard; and compared with other guests."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import reverse

from platewarden.accounts.actors import actor_for, system_actor
from platewarden.auditing.weeks import Week
from platewarden.audits import actions, remedies
from platewarden.audits.facts import people_at, window_of
from platewarden.audits.models import SAMPLE, DeclaredPlate, ReviewItem
from platewarden.audits.opening import open_week
from platewarden.audits.plates import declare
from platewarden.ledger.actions import sign_checkpoint
from platewarden.ledger.keys import ensure_log_key
from platewarden.ledger.kinds import Kind
from platewarden.notices.models import Notice
from platewarden.policy.audits import Relation, RemedyKind, Verdict
from platewarden.site.clock import utc_now
from tests.audits.scenes import on_ledger, searched
from tests.cast import Cast, train
from tests.sharing import scenes
from tests.sharing.scenes import Partner

pytestmark = [pytest.mark.clause("AUD-1", "SHR-1"), pytest.mark.usefixtures("fresh_database")]
SignIn = Callable[[Any], Client]


@pytest.fixture
def partner(cast: Cast) -> Partner:
    """A partner agency with an agreement in force and one guest, Gus."""
    now = utc_now()
    return scenes.partner(cast, now=now, begins_at=now, ends_at=now + timedelta(days=60))


@pytest.fixture
def item(
    settings: Any, cast: Cast, partner: Partner, owner_connection: psycopg.Connection[Any]
) -> ReviewItem:
    """A search of Gus, drawn by the review of its week, which opened by itself."""
    ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)
    week = Week.of(utc_now()).next
    searched(owner_connection, partner.guest, week.begins_at + timedelta(hours=9))
    on_ledger(owner_connection, Kind.SIGN_OUT, cast.alice, week.ends_at + timedelta(minutes=5))
    sign_checkpoint(actor=system_actor("tests"), now=week.ends_at + timedelta(minutes=6))
    review = open_week(week, actor=system_actor("tests"), now=week.ends_at + timedelta(hours=1))
    assert review
    return review.items.get(kind=SAMPLE)


def asked(item: ReviewItem, cast: Cast) -> int:
    """Let Tom ask what it was about; return the question's number."""
    tom, now = cast.actor("tom"), utc_now()
    return actions.mark(
        item=item, verdict=Verdict.QUESTION, note="Which burglary is this?", actor=tom, now=now
    ).pk


def test_a_guest_finds_the_question_and_answers_it(
    cast: Cast, partner: Partner, item: ReviewItem, sign_in: SignIn
) -> None:
    """From the notice to the page, from the page to the auditor; no plate on the way."""
    question = asked(item, cast)
    browser = sign_in(partner.guest)
    assert "An auditor asks you to explain" in browser.get(reverse("notices:inbox")).content.decode()
    assert "Answer an auditor" in browser.get(reverse("duties:mine")).content.decode()
    page = browser.get(reverse("audits:mine")).content.decode()
    assert "Which burglary is this?" in page
    assert "2026-004512" in page
    assert "KAB4821" not in page
    answer = {f"question-{question}-text": "The one at the village hall, our case."}
    assert browser.post(reverse("audits:explain", args=[question]), answer).status_code == 302
    assert not Notice.objects.filter(subject=f"mark:{question}", handled_at=None).exists()
    heard = sign_in(cast.tom).get(reverse("audits:item", args=[item.pk])).content.decode()
    assert "The one at the village hall, our case." in heard


def test_nobody_else_of_their_agency_sees_or_answers_it(
    cast: Cast, partner: Partner, item: ReviewItem, sign_in: SignIn
) -> None:
    """It was put to one person."""
    question = asked(item, cast)
    browser = sign_in(scenes.invite(cast, partner.agency, "gil", utc_now()))
    assert "Which burglary" not in browser.get(reverse("audits:mine")).content.decode()
    answer = {f"question-{question}-text": "I was not there."}
    assert browser.post(reverse("audits:explain", args=[question]), answer).status_code == 404


def test_guests_are_compared_with_guests(partner: Partner) -> None:
    """They are a kind of their own among those who search, not people who have left."""
    (gus,) = (person for person in people_at(utc_now()) if person.id == str(partner.guest.pk))
    assert gus.role == "guest"


def test_a_guests_declared_plate_is_known_when_it_is_searched(
    partner: Partner, owner_connection: psycopg.Connection[Any]
) -> None:
    """It is kept under our key, by which the review knows plates."""
    now = utc_now()
    declare(plate="KAB4821", relation=Relation.OWN, actor=partner.actor, now=now)
    assert DeclaredPlate.objects.get().owner_id == partner.guest.pk
    week = Week.of(now).next
    searched(owner_connection, partner.guest, week.begins_at, plate="KAB 4821")
    found = window_of(begins_at=week.begins_at, focus_from=week.begins_at, ends_at=week.ends_at)
    assert [query.declared_by for query in found.queries] == [str(partner.guest.pk)]


def test_training_anew_that_a_guest_has_passed_is_settled_in_their_inbox(
    cast: Cast, partner: Partner, item: ReviewItem
) -> None:
    """The notice goes when the measure is done."""
    tom, now = cast.actor("tom"), utc_now()
    actions.mark(item=item, verdict=Verdict.VIOLATION, note="No such case.", actor=tom, now=now)
    kind = RemedyKind.RETRAINING
    remedy = remedies.order(item=item, person=partner.guest, kind=kind, note="", actor=tom, now=now)
    waiting = Notice.objects.filter(subject=f"remedy:{remedy.pk}", handled_at=None)
    assert waiting.get().to_user_id == partner.guest.pk
    assert actor_for(partner.guest).agency_id == partner.agency.pk
    train(partner.guest, now=utc_now())
    assert remedies.settle_retrainings(actor=system_actor("tests"), now=utc_now()) == 1
    assert not waiting.exists()
