"""Who is told what, once, and who handles it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.http import Http404
from procrastinate.contrib.django.models import ProcrastinateJob

from platewarden.ledger.models import LedgerBody
from platewarden.notices.actions import handle, mark_read, set_mail_address, settle, tell
from platewarden.notices.doors import get_notice_for, inbox_of, unread_of
from platewarden.notices.mailing import send_mail_about
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.notices import NoticeKind
from tests.cast import Cast

pytestmark = pytest.mark.django_db

KIND = NoticeKind.ALERT_UNDISPOSED


def tell_supervisors(now: datetime, **changes: Any) -> Notice | None:
    """Tell every supervisor of alert 1."""
    facts: dict[str, Any] = {
        "subject": "alert:1",
        "text": "Alert 1 has no disposition.",
        "to_role": "supervisor",
    }
    facts |= changes
    if facts["to_role"]:
        facts["to_role"] = Role(facts["to_role"])
    return tell(kind=KIND, now=now, **facts)


@pytest.mark.clause("USE-1")
def test_a_notice_to_a_role_lies_in_the_inbox_of_all_who_hold_it(cast: Cast, now: datetime) -> None:
    """Of those who hold it now; nobody else's inbox has it, nor can they open it by its number."""
    notice = tell_supervisors(now)
    assert notice is not None
    for name in ("sue", "max"):
        assert list(inbox_of(cast.actor(name))) == [notice]
        assert get_notice_for(cast.actor(name), notice.pk) == notice
    for name in ("alice", "ada", "eve"):
        assert not inbox_of(cast.actor(name))
        with pytest.raises(Http404):
            get_notice_for(cast.actor(name), notice.pk)
    cast.sue.grants.update(withdrawn_at=now)
    assert not inbox_of(cast.actor("sue"))


@pytest.mark.clause("USE-1")
def test_a_notice_to_one_person_is_theirs_alone(cast: Cast, now: datetime) -> None:
    """Not even a supervisor finds it."""
    notice = tell_supervisors(now, to_role=None, to_user=cast.alice)
    assert notice is not None
    assert list(inbox_of(cast.actor("alice"))) == [notice]
    assert not inbox_of(cast.actor("sue"))


@pytest.mark.parametrize("recipients", [{"to_role": None}, {"to_role": "supervisor", "to_user": "alice"}])
def test_a_notice_goes_to_somebody_and_not_to_two(cast: Cast, now: datetime, recipients: Any) -> None:
    """Neither to nobody, nor to a role and a person at once."""
    if "to_user" in recipients:
        recipients = recipients | {"to_user": cast.alice}
    with pytest.raises(ValueError, match="exactly one"):
        tell_supervisors(now, **recipients)


def test_telling_the_same_key_again_comes_to_nothing(cast: Cast, now: datetime) -> None:
    """However often a timer says it; there is one notice and one entry on the ledger."""
    first = tell_supervisors(now, once_key="alert:1:undisposed:0")
    again = tell_supervisors(now + timedelta(hours=1), once_key="alert:1:undisposed:0")
    assert first is not None
    assert again is None
    assert tell_supervisors(now, once_key="alert:1:undisposed:1") is not None
    raised = LedgerBody.objects.filter(leaf__kind="notice.raised").order_by("leaf_id")
    assert [row.content["subject"] for row in raised] == [
        f"notice:{notice.pk}" for notice in Notice.objects.order_by("pk")
    ]
    assert raised[0].content["details"] == {
        "kind": KIND.value,
        "about": "alert:1",
        "to": "role:supervisor",
    }


def test_reading_counts_for_the_reader_and_handling_for_all(cast: Cast, now: datetime) -> None:
    """What Sue has read is still new to Max; what she has handled is gone from both, under her name."""
    notice = tell_supervisors(now)
    assert notice is not None
    sue, other = cast.actor("sue"), cast.actor("max")
    mark_read([notice], actor=sue, now=now)
    mark_read([notice], actor=sue, now=now)
    assert (unread_of(sue).count(), unread_of(other).count()) == (0, 1)
    handle(notice=notice, actor=sue, now=now)
    assert unread_of(other).count() == 0
    notice.refresh_from_db()
    assert notice.handled_by == cast.sue
    assert LedgerBody.objects.get(leaf__kind="notice.handled").content["actor"]["name"] == "sue"
    with pytest.raises(PolicyRefusal, match="already handled"):
        handle(notice=notice, actor=other, now=now)


@pytest.mark.clause("USE-1")
def test_nobody_handles_what_is_not_addressed_to_them(cast: Cast, now: datetime) -> None:
    """An officer does not make a supervisor's notice go away."""
    notice = tell_supervisors(now)
    assert notice is not None
    with pytest.raises(PolicyRefusal, match="not addressed to you"):
        handle(notice=notice, actor=cast.actor("alice"), now=now)


def test_what_was_dealt_with_leaves_the_inboxes(cast: Cast, now: datetime) -> None:
    """Whoever ends the alert settles what supervisors were told of it, and nothing else."""
    tell_supervisors(now)
    other = tell_supervisors(now, subject="alert:2")
    assert settle(subject="alert:1", kinds=[KIND], actor=cast.actor("alice"), now=now) == 1
    assert list(inbox_of(cast.actor("sue")).filter(handled_at=None)) == [other]


def test_without_a_mail_server_nothing_is_mailed(cast: Cast, now: datetime) -> None:
    """There is not even a job."""
    set_mail_address(user=cast.sue, address="sue@example.gov", actor=cast.actor("ada"), now=now)
    tell_supervisors(now)
    assert not ProcrastinateJob.objects.filter(task_name="mail_notice").exists()


def test_mail_says_that_there_is_a_notice_and_no_more(cast: Cast, now: datetime, settings: Any) -> None:
    """To everybody who has it and an address, each alone; neither text nor subject is in it."""
    settings.EMAIL_HOST = "mail.example.gov"
    for user in (cast.sue, cast.alice):
        set_mail_address(user=user, address=f"{user.username}@example.gov", actor=cast.actor("ada"), now=now)
    notice = tell_supervisors(now, text="Alert 7781 of Mill Street has no disposition.")
    assert notice is not None
    job = ProcrastinateJob.objects.get(task_name="mail_notice")
    assert job.args == {"notice_id": notice.pk}
    assert send_mail_about(notice.pk) == 1
    (message,) = mail.outbox
    assert message.to == ["sue@example.gov"]
    told = f"{message.subject} {message.body}"
    assert KIND.label in told
    assert "Mill Street" not in told
    assert "7781" not in told


def test_what_has_been_handled_is_not_mailed(cast: Cast, now: datetime) -> None:
    """A mail server that comes back after an hour does not tell of what is over."""
    set_mail_address(user=cast.sue, address="sue@example.gov", actor=cast.actor("ada"), now=now)
    notice = tell_supervisors(now)
    assert notice is not None
    handle(notice=notice, actor=cast.actor("sue"), now=now)
    assert send_mail_about(notice.pk) == 0
    assert not mail.outbox


@pytest.mark.clause("ADM-2")
def test_only_an_administrator_says_where_mail_goes(cast: Cast, now: datetime) -> None:
    """Nobody diverts a colleague's mail."""
    with pytest.raises(PolicyRefusal):
        set_mail_address(user=cast.sue, address="eve@example.com", actor=cast.actor("sue"), now=now)
