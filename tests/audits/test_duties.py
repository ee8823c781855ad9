"""What the weekly review asks for by itself, and what the page on the policy says of it."""

from datetime import timedelta

import pytest

from platewarden.accounts.actors import system_actor
from platewarden.audits import actions, remedies
from platewarden.audits.duties import duties_at, keep
from platewarden.audits.models import Mark
from platewarden.compliance.audits import reviews
from platewarden.compliance.figures import Scene
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.audits import RemedyKind, Verdict
from platewarden.policy.notices import NoticeKind
from platewarden.policy.parameters import defaults
from tests.audits.scenes import an_item
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.clause("AUD-1")]


def test_a_week_is_due_seven_days_after_its_end_and_then_the_undersheriff_is_told_once(cast: Cast) -> None:
    """Until it is closed, which takes the notice out of the inbox."""
    item = an_item(cast)
    due = item.week.week.ends_at + timedelta(days=7)
    (duty,) = duties_at(NOW)
    assert (duty.what, duty.owner, duty.due_at) == (
        f"Review the searches of week {item.week}",
        Role.AUDITOR,
        due,
    )
    timer = system_actor("audit timer")
    late = Notice.objects.filter(kind=NoticeKind.AUDIT_OVERDUE)
    keep(actor=timer, now=due - timedelta(seconds=1))
    assert not late.exists()
    keep(actor=timer, now=due)
    keep(actor=timer, now=due + timedelta(hours=1))
    assert late.get().to_role == Role.UNDERSHERIFF
    actions.mark(item=item, verdict=Verdict.COMPLIANT, note="", actor=cast.actor("tom"), now=due)
    actions.close(review=item.week, note="", actor=cast.actor("tom"), now=due)
    assert late.get().handled_at == due
    assert not duties_at(due)


def test_an_answer_is_owed_by_the_person_and_the_word_on_it_by_the_auditor(cast: Cast) -> None:
    """Each from when it is theirs."""
    item = an_item(cast)
    actions.mark(item=item, verdict=Verdict.QUESTION, note="Why?", actor=cast.actor("tom"), now=NOW)
    owed = duties_at(NOW)[-1]
    assert (owed.person_id, owed.due_at, owed.where) == (
        str(cast.ivan.pk),
        NOW + timedelta(days=7),
        "audits:mine",
    )
    later = NOW + timedelta(days=2)
    actions.explain(question=Mark.objects.get(), text="So.", actor=cast.actor("ivan"), now=later)
    owed = duties_at(later)[-1]
    assert (owed.person_id, owed.owner, owed.due_at) == ("", Role.AUDITOR, later + timedelta(days=7))


def test_what_was_ordered_is_owed_until_it_is_done(cast: Cast) -> None:
    """A talk by the person's supervisor, a referral by the Undersheriff; training anew by passing it."""
    cast.ivan.supervisor = cast.sue
    cast.ivan.save()
    item, tom = an_item(cast), cast.actor("tom")
    actions.mark(item=item, verdict=Verdict.VIOLATION, note="As found.", actor=tom, now=NOW)
    for kind in (RemedyKind.TALK, RemedyKind.REFERRAL, RemedyKind.RETRAINING):
        remedies.order(item=item, person=cast.ivan, kind=kind, note="", actor=tom, now=NOW)
    owed = duties_at(NOW)[1:]
    assert [(duty.owner, duty.person_id) for duty in owed] == [
        (Role.SUPERVISOR, str(cast.sue.pk)),
        (Role.UNDERSHERIFF, ""),
    ]
    assert not any("Ivan" in duty.what for duty in owed)


def test_the_page_on_the_policy_says_whether_weeks_are_reviewed(cast: Cast) -> None:
    """A late week is what needs somebody."""
    item = an_item(cast)
    figures = [
        reviews(Scene(cast.agency.pk, defaults(NOW), moment))
        for moment in (NOW, item.week.week.ends_at + timedelta(days=8))
    ]
    assert [[one.value for one in told][:2] for told in figures] == [["none yet", "0"], ["none yet", "1"]]
    assert [any(one.needs_someone for one in told) for told in figures] == [False, True]
