"""Reading, marking, asking, answering, ordering, closing: each on record, none edited."""

from datetime import timedelta

import pytest

from platewarden.accounts.actors import actor_for
from platewarden.audits import actions, remedies
from platewarden.audits.doors import remedies_for
from platewarden.audits.models import SAMPLE, ReviewItem
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.audits import RemedyKind, Verdict
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.rights import Right, may
from platewarden.policy.training import Course
from platewarden.training.models import Attempt
from tests.audits.scenes import an_item
from tests.cast import Cast, make_guest
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.clause("AUD-1")]


def marked(item: ReviewItem, cast: Cast, verdict: Verdict, note: str = "As found.", again: str = "") -> None:
    """Tom says *verdict* of *item*."""
    actions.mark(item=item, verdict=verdict, note=note, why_again=again, actor=cast.actor("tom"), now=NOW)


@pytest.mark.clause("QRY-2")
def test_reading_an_item_is_on_the_ledger_before_what_was_asked_for_is_shown(cast: Cast) -> None:
    """Which searches were read, by number; no plate in the entry."""
    item = an_item(cast)
    opened = actions.open_item(item=item, entries=item.entries, actor=cast.actor("tom"))
    assert [one.details["plate"] for one in opened.searches] == ["KAB4821"]
    body = LedgerBody.objects.get(pk=opened.entry)
    assert (LedgerLeaf.objects.get(seq=opened.entry).kind, body.content["details"]) == (
        "audit.item_opened",
        {"entries": list(item.entries)},
    )
    assert "KAB4821" not in body.body


def test_only_searches_of_the_item_are_read_through_it(cast: Cast) -> None:
    """Other numbers show nothing."""
    item, other = an_item(cast), an_item(cast)
    assert not actions.open_item(item=item, entries=other.entries, actor=cast.actor("tom")).searches


def test_a_mark_is_superseded_with_a_reason_and_both_stay(cast: Cast) -> None:
    """The later one counts; the earlier one says by which it was replaced."""
    item = an_item(cast)
    marked(item, cast, Verdict.COMPLIANT, "")
    with pytest.raises(PolicyRefusal, match="not changed"):
        marked(item, cast, Verdict.VIOLATION)
    marked(item, cast, Verdict.VIOLATION, "No such case, QRY-1.", "The case number is not ours.")
    first, second = item.marks.all()
    assert (first.superseded_by, second.supersedes) == (second, first)
    assert actions.latest_mark(item) == second
    assert second.why_again == "The case number is not ours."


def test_a_question_goes_to_the_person_and_the_answer_to_the_auditors(cast: Cast) -> None:
    """Both in inboxes; the answer is given once, while the question stands."""
    item = an_item(cast)
    marked(item, cast, Verdict.QUESTION, "Which burglary is this?")
    question = actions.latest_mark(item)
    assert question
    asked = Notice.objects.get(subject=f"mark:{question.pk}")
    assert (asked.to_user, asked.due_at) == (cast.ivan, NOW + timedelta(days=7))
    assert "KAB4821" not in asked.text
    with pytest.raises(PolicyRefusal, match="somebody else"):
        actions.explain(question=question, text="I say so.", actor=cast.actor("alice"), now=NOW)
    actions.explain(question=question, text="The one of 3 November.", actor=cast.actor("ivan"), now=NOW)
    answered = Notice.objects.get(subject=f"item:{item.pk}", handled_at=None)
    assert answered.to_role == Role.AUDITOR
    with pytest.raises(PolicyRefusal, match="have answered"):
        actions.explain(question=question, text="And another thing.", actor=cast.actor("ivan"), now=NOW)
    marked(item, cast, Verdict.COMPLIANT, "", "Explained.")
    assert not Notice.objects.filter(subject__in=[f"mark:{question.pk}", f"item:{item.pk}"], handled_at=None)


def test_a_question_that_was_decided_takes_no_answer(cast: Cast) -> None:
    """The mark that replaced it counts."""
    item = an_item(cast)
    marked(item, cast, Verdict.QUESTION, "Which burglary is this?")
    question = actions.latest_mark(item)
    marked(item, cast, Verdict.COMPLIANT, "", "Found it in the case.")
    assert question
    with pytest.raises(PolicyRefusal, match="no longer stands"):
        actions.explain(question=question, text="The one of 3 November.", actor=cast.actor("ivan"), now=NOW)


@pytest.mark.clause("TRN-1")
def test_training_anew_closes_plate_data_until_every_course_is_passed_again(cast: Cast) -> None:
    """At once, for whoever's searches they were and nobody else; done by passing, without anybody's word."""
    item = an_item(cast)
    marked(item, cast, Verdict.VIOLATION)
    remedies.order(
        item=item, person=cast.ivan, kind=RemedyKind.RETRAINING, note="", actor=cast.actor("tom"), now=NOW
    )
    assert not may(cast.actor("ivan"), Right.ASK_QUERIES).allowed
    assert may(cast.actor("alice"), Right.ASK_QUERIES).allowed
    later = NOW + timedelta(hours=2)
    assert remedies.settle_retrainings(actor=cast.actor("tom"), now=later) == 0
    Attempt.objects.bulk_create(
        Attempt(user=cast.ivan, course=course, edition="x", right=8, of=8, passed=True, at=later, entry=0)
        for course in Course
    )
    assert may(cast.actor("ivan"), Right.ASK_QUERIES).allowed
    assert remedies.settle_retrainings(actor=cast.actor("tom"), now=later) == 1
    assert remedies.settle_retrainings(actor=cast.actor("tom"), now=later) == 0


def test_a_suspension_begins_when_the_undersheriff_decides_and_ends_by_itself(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ordered by the auditor, in force with the Undersheriff's word, over on its day."""
    from platewarden.accounts import actors

    monkeypatch.setattr(actors, "utc_now", lambda: NOW)
    item, until = an_item(cast), NOW + timedelta(days=10)
    marked(item, cast, Verdict.VIOLATION)
    order = remedies.order(
        item=item,
        person=cast.ivan,
        kind=RemedyKind.SUSPENSION,
        note="Until it is cleared up.",
        until=until,
        actor=cast.actor("tom"),
        now=NOW,
    )
    assert Notice.objects.get(subject=f"remedy:{order.pk}").to_role == Role.UNDERSHERIFF
    assert cast.actor("ivan").roles
    with pytest.raises(PolicyRefusal):
        remedies.carry_out(remedy=order, note="", actor=cast.actor("tom"), now=NOW)
    remedies.carry_out(remedy=order, note="Agreed.", actor=cast.actor("una"), now=NOW)
    cast.ivan.refresh_from_db()
    assert not cast.actor("ivan").roles
    monkeypatch.setattr(actors, "utc_now", lambda: until)
    assert cast.actor("ivan").roles


def test_a_talk_is_for_the_persons_own_supervisor(cast: Cast) -> None:
    """Where they have one; the note says what came of it."""
    cast.ivan.supervisor = cast.sue
    cast.ivan.save()
    item = an_item(cast)
    marked(item, cast, Verdict.VIOLATION)
    order = remedies.order(
        item=item, person=cast.ivan, kind=RemedyKind.TALK, note="", actor=cast.actor("tom"), now=NOW
    )
    with pytest.raises(PolicyRefusal, match="another supervisor"):
        remedies.carry_out(remedy=order, note="", actor=cast.actor("max"), now=NOW)
    done = remedies.carry_out(remedy=order, note="Understood.", actor=cast.actor("sue"), now=NOW)
    assert (done.done_by, done.note) == (cast.sue, "Understood.")


def test_a_week_closes_once_everything_has_its_mark_and_every_violation_its_measure(cast: Cast) -> None:
    """A question that waits keeps no week open; closing again changes nothing."""
    item, other, tom = an_item(cast), an_item(cast), cast.actor("tom")
    marked(item, cast, Verdict.VIOLATION)
    with pytest.raises(PolicyRefusal, match="without a mark: 1"):
        actions.close(review=item.week, note="", actor=tom, now=NOW)
    marked(other, cast, Verdict.QUESTION, "Which burglary is this?")
    with pytest.raises(PolicyRefusal, match="nothing follows yet: 1"):
        actions.close(review=item.week, note="", actor=tom, now=NOW)
    remedies.order(item=item, person=cast.ivan, kind=RemedyKind.REFERRAL, note="", actor=tom, now=NOW)
    closing = actions.close(review=item.week, note="A quiet week.", actor=tom, now=NOW)
    assert actions.close(review=item.week, note="Again.", actor=tom, now=NOW) == closing
    said = LedgerBody.objects.get(pk=closing.entry).content["details"]
    assert (said["items"], said["violations"], said["open_questions"]) == (2, 1, 1)


def test_a_guests_searches_are_reviewed_as_everybodys(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question reaches them, the answer the owning agency's auditors; what follows is theirs to see to."""
    guest = make_guest(Role.GUEST, NOW, monkeypatch)
    item = an_item(cast)
    item = ReviewItem.objects.create(
        week=item.week, place=9, kind=SAMPLE, person=guest, people=[guest.pk], entries=item.entries, words="x"
    )
    marked(item, cast, Verdict.QUESTION, "Which burglary is this?")
    question = actions.latest_mark(item)
    assert question
    assert Notice.objects.get(subject=f"mark:{question.pk}").agency_id == guest.agency_id
    actions.explain(question=question, text="Ours.", actor=actor_for(guest), now=NOW)
    told = Notice.objects.get(subject=f"item:{item.pk}")
    assert (told.agency_id, told.to_role) == (cast.agency.pk, Role.AUDITOR)
    marked(item, cast, Verdict.VIOLATION, "Not theirs.", "Read.")
    assert not Notice.objects.filter(subject=f"mark:{question.pk}", handled_at=None).exists()
    remedies.order(
        item=item, person=guest, kind=RemedyKind.REFERRAL, note="", actor=cast.actor("tom"), now=NOW
    )
    assert [one.person for one in remedies_for(cast.actor("una"))] == [guest]
