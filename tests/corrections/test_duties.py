"""What waits too long is said, once; what is past its time is erased; the timers do it by themselves."""

from datetime import datetime, timedelta

import pytest

from platewarden.accounts.actors import system_actor
from platewarden.corrections import complaints, noticing
from platewarden.corrections.duties import do_duties
from platewarden.corrections.suppressing import confirm
from platewarden.notices.models import Notice
from platewarden.policy.corrections import Channel, Outcome
from platewarden.site import tasks
from tests.alerts.scenes import entries
from tests.cast import Cast
from tests.corrections.scenes import suppressed
from tests.corrections.test_complaints import complained

pytestmark = pytest.mark.django_db


def told_by(hours: float, now: datetime) -> list[tuple[str, str]]:
    """Do the duties so much later, twice, and return who was told of what that was overdue."""
    before = set(Notice.objects.values_list("pk", flat=True))
    for _ in range(2):
        do_duties(actor=system_actor("tests"), now=now + timedelta(hours=hours))
    new = Notice.objects.exclude(pk__in=before).order_by("pk")
    return [(notice.to_role, notice.subject) for notice in new]


@pytest.mark.clause("HIT-3")
def test_a_review_that_nobody_makes_is_said_to_the_administrator(cast: Cast, now: datetime) -> None:
    """After three days, once; not before."""
    suppression = suppressed(cast, now)
    assert told_by(71, now) == []
    assert told_by(73, now) == [("administrator", f"suppression:{suppression.pk}")]
    assert told_by(90, now) == []


@pytest.mark.clause("HIT-3")
def test_a_letter_without_an_answer_is_said_to_supervisors(cast: Cast, now: datetime) -> None:
    """A fortnight after it went out; a letter that was not sent waits for nothing."""
    suppression = suppressed(cast, now)
    letter = noticing.write_letter(
        suppression=suppression, addressed_to="State", is_text=True, actor=cast.actor("sue"), now=now
    )
    confirm(suppression=suppression, actor=cast.actor("sue"), now=now)
    assert told_by(15 * 24, now) == []
    noticing.record_sent(notice=letter.notice, channel=Channel.EMAIL, actor=cast.actor("sue"), now=now)
    assert told_by(13 * 24, now) == []
    assert told_by(15 * 24, now) == [("supervisor", f"suppression:{suppression.pk}")]


@pytest.mark.clause("HIT-3")
def test_a_complaint_without_an_answer_is_said_to_the_administrator(cast: Cast, now: datetime) -> None:
    """Ten days after it came in; its answer takes every notice about it out of the inboxes."""
    complaint = complained(cast, now)
    assert told_by(9 * 24, now) == []
    assert told_by(11 * 24, now) == [("administrator", f"complaint:{complaint.pk}")]
    complaints.answer_complaint(
        complaint=complaint, outcome=Outcome.NOTHING_FOUND, actor=cast.actor("ada"), now=now
    )
    assert not Notice.objects.filter(handled_at__isnull=True).exists()
    do_duties(actor=system_actor("tests"), now=now + timedelta(days=366))
    assert len(entries("complaint.erased")) == 1


def test_the_timers_run(cast: Cast, now: datetime) -> None:
    """On an installation where nothing waits they do nothing."""
    tasks.correct(now)
    tasks.sweep(now)
    assert not Notice.objects.exists()
