"""A correction notice tells the owner of an entry what is wrong with it, and nothing else."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from platewarden.accounts.actors import system_actor
from platewarden.corrections import noticing
from platewarden.corrections.letters import NothingToWriteError
from platewarden.corrections.models import CorrectionNotice
from platewarden.policy.corrections import Answer, Channel
from platewarden.policy.decision import PolicyRefusal
from platewarden.retention.actions import purge_due
from tests.alerts.scenes import entries
from tests.cast import Cast
from tests.corrections.scenes import suppressed
from tests.reports.scenes import text_of
from tests.telling import spoken

pytestmark = pytest.mark.django_db

STATED = (
    "KAB4821",
    "Stolen vehicle",
    "Reported stolen",
    "State extract (State police)",
    "The entry is wrong",
)
KEPT_BACK = ("Route 13", "Mill Street", "alice", "Alice", "42.45", "10:29")


@pytest.mark.clause("HIT-3")
@pytest.mark.parametrize("is_text", [True, False])
def test_a_letter_names_entry_fault_and_who_asks(cast: Cast, now: datetime, *, is_text: bool) -> None:
    """As text or as a PDF; where the vehicle was seen and who found it out stay with us."""
    letter = noticing.write_letter(
        suppression=suppressed(cast, now),
        addressed_to="State Police, records",
        is_text=is_text,
        actor=cast.actor("sue"),
        now=now,
    )
    text = letter.content.decode() if is_text else text_of(letter.content)
    for fact in (*STATED, "State Police, records", "Sue Example", "contradicted", "S-"):
        assert fact in text, fact
    for fact in KEPT_BACK:
        assert fact not in text, fact
    written = entries("correction.written")[0]["details"]
    assert written["sha256"] == hashlib.sha256(letter.content).hexdigest()
    assert "4821" not in spoken(str(entries("correction.written")))


@pytest.mark.clause("HIT-3")
def test_sent_and_answered_are_recorded_by_name(cast: Cast, now: datetime) -> None:
    """From a closed vocabulary, each with an entry of its own."""
    letter = noticing.write_letter(
        suppression=suppressed(cast, now),
        addressed_to="State",
        is_text=True,
        actor=cast.actor("sue"),
        now=now,
    )
    noticing.record_sent(notice=letter.notice, channel=Channel.PORTAL, actor=cast.actor("ada"), now=now)
    noticing.record_answer(notice=letter.notice, answer=Answer.REMOVED, actor=cast.actor("sue"), now=now)
    notice = CorrectionNotice.objects.get()
    assert (notice.channel, notice.sent_by, notice.answer, notice.answered_by) == (
        "portal",
        cast.ada,
        "removed",
        cast.sue,
    )
    assert entries("correction.sent")[0]["details"]["channel"] == "portal"
    assert entries("correction.answered")[0]["details"]["answer"] == "removed"


@pytest.mark.clause("HIT-3")
@pytest.mark.parametrize("name", ["alice", "ivan", "ada", "tom"])
def test_supervisors_write(cast: Cast, now: datetime, name: str) -> None:
    """Nobody else: a letter shows a plate and an entry."""
    with pytest.raises(PolicyRefusal, match="do not allow"):
        noticing.write_letter(
            suppression=suppressed(cast, now),
            addressed_to="State",
            is_text=True,
            actor=cast.actor(name),
            now=now,
        )


@pytest.mark.clause("RET-1")
def test_after_the_day_there_is_nothing_left_to_write_from(cast: Cast, now: datetime) -> None:
    """The suppression stays; the plate is gone, and the page says what to do."""
    suppression = suppressed(cast, now)
    then = now + timedelta(days=31)
    purge_due(actor=system_actor("tests"), now=then)
    with pytest.raises(NothingToWriteError, match="no plate left"):
        noticing.write_letter(
            suppression=suppression, addressed_to="State", is_text=True, actor=cast.actor("sue"), now=then
        )
    assert not CorrectionNotice.objects.exists()


@pytest.mark.clause("HIT-3")
def test_the_page_leads_from_review_to_answer(
    cast: Cast, now: datetime, sign_in: Callable[[Any], Client]
) -> None:
    """Confirm, write, send, answer, lift: each by the form that the page offers next."""
    suppression = suppressed(cast, now)
    here = f"/false-hits/suppressions/{suppression.pk}/"
    console = sign_in(cast.sue)
    assert "Confirm that it is wrong" in console.get(here).content.decode()
    assert "Confirmed" in console.post(f"{here}confirm/", follow=True).content.decode()
    said = {"addressed_to": "State Police", "form": "pdf"}
    letter = console.post(f"{here}write/", said)
    assert letter.content.startswith(b"%PDF")
    assert "4821" not in spoken(letter["Content-Disposition"])
    notice = CorrectionNotice.objects.get()
    assert "Record as sent" in console.get(here).content.decode()
    console.post(f"/false-hits/notices/{notice.pk}/sent/", {"channel": "letter"})
    assert "Record the answer" in console.get(here).content.decode()
    console.post(f"/false-hits/notices/{notice.pk}/answered/", {"answer": "upheld"})
    page = console.get(here).content.decode()
    assert "the owner holds the entry to be right" in page
    assert "Let it alert again" not in page  # two have confirmed it: the administrator lifts
    assert console.post(f"{here}lift/", {"reason": "They hold it right"}).status_code == 403
    console.force_login(cast.ada)
    page = console.post(f"{here}lift/", {"reason": "Owner holds it right"}, follow=True).content.decode()
    assert "Lifted: the administrator lifted it" in page


@pytest.mark.clause("HIT-3")
@pytest.mark.parametrize("name", ["alice", "sue"])
def test_the_page_of_a_list_names_its_suppressed_entries(
    cast: Cast, now: datetime, sign_in: Callable[[Any], Client], name: str
) -> None:
    """Everybody who sees the list sees that there are some, and no plate; those who see the register are led there."""
    suppression = suppressed(cast, now)
    page = sign_in(getattr(cast, name)).get(f"/hotlists/{suppression.hotlist_id}/").content.decode()
    assert "Suppressed entries" in page
    assert "stolen vehicle, wrong entry" in page
    assert "4821" not in spoken(page)
    assert (f"/false-hits/suppressions/{suppression.pk}/" in page) is (name == "sue")
