"""Records requests from receipt to answer: sealed, routed, in time, escalated, counted."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from platewarden.accounts.actors import system_actor
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.records import RecordsFacts, RecordsKind, RecordsOutcome
from platewarden.records import actions
from platewarden.records.actions import Written
from platewarden.records.duties import duties_at
from platewarden.records.figures import figures_of_month
from platewarden.records.models import RecordsRequest
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

RECEIVED = date(2026, 11, 19)
ASKED = "Everything about my plate WLK 9027"


def registered(cast: Cast, now: datetime = NOW, **changes: Any) -> RecordsRequest:
    """Let Ada register a request that came in on Thursday 19 November."""
    facts = RecordsFacts(**{"kind": RecordsKind.FOIL, "received_on": RECEIVED, **changes})
    written = Written("Rosa Marchetti", "607 555 0143", ASKED)
    return actions.register(facts=facts, written=written, actor=cast.actor("ada"), now=now)


@pytest.mark.clause("SHR-3")
def test_a_request_goes_to_the_records_officer(cast: Cast, store_home: Path) -> None:
    """Told at once, by when the next step is due; what the requester wrote lies sealed, and in no entry."""
    request = registered(cast)
    notice = Notice.objects.get(kind="records.requested")
    assert (notice.to_role, notice.subject) == ("records officer", f"records:{request.pk}")
    assert "2026-11-27" in notice.text  # the 26th is Thanksgiving
    said = [body.body for body in LedgerBody.objects.all()] + [notice.text]
    assert not any("WLK" in text or "Marchetti" in text for text in said)
    files = [path for path in (store_home / "images" / "records").rglob("*") if path.is_file()]
    assert files
    assert not any(b"Marchetti" in path.read_bytes() or ASKED.encode() in path.read_bytes() for path in files)


@pytest.mark.clause("SHR-3")
def test_reading_one_is_recorded(cast: Cast) -> None:
    """By the records officer and by whoever registers; others are refused."""
    request = registered(cast)
    assert actions.open_written(request, actor=cast.actor("rex")).what == ASKED
    assert LedgerLeaf.objects.filter(kind="records.opened").count() == 1
    for name in ("sol", "sue", "alice", "tom"):
        with pytest.raises(PolicyRefusal):
            actions.open_written(request, actor=cast.actor(name))


@pytest.mark.clause("SHR-3")
def test_from_receipt_to_answer(cast: Cast) -> None:
    """Acknowledged, extended, denied with a reason; each step an entry, and the notice is settled."""
    request, rex = registered(cast), cast.actor("rex")
    request = actions.acknowledge(request=request, actor=rex, now=NOW)
    request = actions.extend(
        request=request,
        until=date(2027, 2, 1),
        reason="The retrieval takes longer",
        actor=rex,
        now=NOW,
    )
    request = actions.answer(
        request=request,
        outcome=RecordsOutcome.DENIED,
        note="Section 87 (2) (e): would interfere",
        actor=rex,
        now=NOW,
    )
    assert (request.outcome, request.answered_on) == ("denied", date(2026, 11, 20))
    assert not Notice.objects.filter(handled_at=None).exists()
    kinds = list(LedgerLeaf.objects.filter(kind__startswith="records.").values_list("kind", flat=True))
    steps = ["registered", "acknowledged", "extended", "answered"]
    assert sorted(kinds) == sorted(f"records.{step}" for step in steps)


@pytest.mark.clause("SHR-3")
def test_what_is_overdue_is_escalated_once(cast: Cast) -> None:
    """To the records officer and to the Sheriff, the day after the last one; again when the next step is missed."""
    request, system = registered(cast), system_actor("tests")
    last = datetime(2026, 11, 28, 4, 59, tzinfo=NOW.tzinfo)  # 23:59 of the 27th in New York
    assert actions.escalate_overdue(actor=system, now=last) == 0
    late = last + timedelta(minutes=1)
    assert actions.escalate_overdue(actor=system, now=late) == 1
    assert actions.escalate_overdue(actor=system, now=late) == 0
    told = set(Notice.objects.filter(kind="records.overdue").values_list("to_role", flat=True))
    assert told == {"records officer", "sheriff"}
    actions.acknowledge(request=request, actor=cast.actor("rex"), now=late)
    assert actions.escalate_overdue(actor=system, now=late + timedelta(days=60)) == 1


@pytest.mark.clause("SHR-3")
def test_the_next_step_is_a_duty(cast: Cast) -> None:
    """Of the records officer, due at the end of the day in the agency's time zone; none once answered."""
    request = registered(cast)
    (duty,) = duties_at(NOW)
    assert (duty.owner, duty.clause) == ("records officer", "SHR-3")
    assert duty.due_at == datetime(2026, 11, 28, 5, tzinfo=NOW.tzinfo)
    assert duty.what.startswith("Acknowledge")
    rex = cast.actor("rex")
    actions.answer(request=request, outcome=RecordsOutcome.NO_RECORDS, note="", actor=rex, now=NOW)
    assert duties_at(NOW) == []


@pytest.mark.clause("SHR-3", "TPR-1")
def test_a_month_is_counted_from_the_ledger(cast: Cast) -> None:
    """Received, answered, overdue."""
    request = registered(cast)
    actions.escalate_overdue(actor=system_actor("tests"), now=NOW + timedelta(days=30))
    actions.answer(request=request, outcome=RecordsOutcome.GRANTED, note="", actor=cast.actor("rex"), now=NOW)
    month = LedgerLeaf.objects.latest("seq").at.date().replace(day=1)
    counts = figures_of_month(cast.agency.pk, month)
    assert counts == {"received": 1, "answered": 1, "overdue": 1}
    before = (month - timedelta(days=1)).replace(day=1)
    assert set(figures_of_month(cast.agency.pk, before).values()) == {0}
