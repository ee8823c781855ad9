"""What happens to entries made by hand as time passes."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.accounts.actors import system_actor
from platewarden.hotlists.actions import approve_entry, enter_manually, renew_entry, withdraw_entry
from platewarden.hotlists.keeping import keep_entries
from platewarden.hotlists.models import Entry
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.hotlists import Category
from platewarden.policy.notices import NoticeKind
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import facts

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def enter(cast: Cast, who: str = "alice", plate: str = "KAB 4821", **changes: Any) -> Entry:
    """Let somebody enter a plate."""
    return enter_manually(plate=plate, facts=facts(**changes), actor=cast.actor(who), now=NOW)


def tick(at: datetime) -> None:
    """Let the timer run at *at*, twice, as a timer that was restarted would."""
    for _ in range(2):
        keep_entries(actor=system_actor("entry timer"), now=at)


def told(kind: NoticeKind) -> list[tuple[str, str]]:
    """To whom notices of *kind* went, by role or name, with their text; the oldest first."""
    notices = Notice.objects.filter(kind=kind).order_by("pk").select_related("to_user")
    return [(one.to_role or (one.to_user.username if one.to_user else ""), one.text) for one in notices]


@pytest.mark.clause("HOT-2")
def test_an_entrant_is_reminded_once_before_the_end(cast: Cast) -> None:
    """A day before, by name; a renewal takes the reminder back and has its own in its time."""
    entry = enter(cast)
    tick(NOW + 5 * DAY)
    assert told(NoticeKind.ENTRY_ENDING) == []
    tick(NOW + 6 * DAY)
    tick(NOW + 6 * DAY + HOUR)
    assert [name for name, _ in told(NoticeKind.ENTRY_ENDING)] == ["alice"]
    fresh = facts(reason="Seen again near the same street", expires_at=NOW + 14 * DAY)
    renew_entry(entry=entry, facts=fresh, actor=cast.actor("alice"), now=NOW + 6 * DAY + HOUR)
    assert not Notice.objects.filter(handled_at=None).exists()
    tick(NOW + 13 * DAY + HOUR)
    assert len(told(NoticeKind.ENTRY_ENDING)) == 2


@pytest.mark.clause("HOT-2")
def test_an_end_is_put_on_record_once(cast: Cast) -> None:
    """Nobody is told of an end that was foreseen; the ledger says when it was."""
    entry = enter(cast)
    tick(NOW + 7 * DAY)
    entry.refresh_from_db()
    assert entry.ended_at == entry.expires_at
    assert LedgerLeaf.objects.filter(kind="entry.expired").count() == 1
    assert told(NoticeKind.ENTRY_INCOMPLETE) == []


@pytest.mark.clause("HOT-2")
def test_an_exigent_entry_dies_without_its_number_and_the_supervisors_are_told(cast: Cast) -> None:
    """Its maker is reminded of the number first; at 24 hours it is over."""
    entry = enter(cast, exigent=True, case_number="")
    assert entry.expires_at == NOW + DAY
    tick(NOW + HOUR)
    assert [name for name, text in told(NoticeKind.ENTRY_ENDING) if "number" in text] == ["alice"]
    tick(NOW + DAY - timedelta(seconds=1))
    assert told(NoticeKind.ENTRY_INCOMPLETE) == []
    tick(NOW + DAY)
    assert [(name, "has ended" in text) for name, text in told(NoticeKind.ENTRY_INCOMPLETE)] == [
        ("supervisor", True)
    ]


@pytest.mark.clause("HOT-2")
def test_an_exigent_amber_entry_escalates_and_lives(cast: Cast) -> None:
    """At 24 hours the supervisors are told, and the child is still looked for."""
    entry = enter(cast, exigent=True, case_number="", category=Category.AMBER_ALERT)
    tick(NOW + DAY - timedelta(seconds=1))
    assert told(NoticeKind.ENTRY_INCOMPLETE) == []
    tick(NOW + DAY)
    assert [(name, "stays in force" in text) for name, text in told(NoticeKind.ENTRY_INCOMPLETE)] == [
        ("supervisor", True)
    ]
    entry.refresh_from_db()
    assert not entry.is_over(now=NOW + DAY)


@pytest.mark.clause("HOT-2")
def test_giving_the_number_settles_what_people_were_told(cast: Cast) -> None:
    """The notice leaves the inboxes, under the name of who gave it."""
    entry = enter(cast, exigent=True, case_number="", category=Category.AMBER_ALERT)
    tick(NOW + HOUR)
    tick(NOW + DAY)
    fresh = facts(reason="Family has confirmed the vehicle", category=Category.AMBER_ALERT)
    renew_entry(entry=entry, facts=fresh, actor=cast.actor("sue"), now=NOW + DAY + HOUR)
    assert not Notice.objects.filter(handled_at=None).exists()
    assert Notice.objects.filter(handled_by=cast.sue).count() == 2


@pytest.mark.clause("HOT-2")
def test_supervisors_are_asked_for_their_approval(cast: Cast) -> None:
    """Once an entry; the approval takes the notice away."""
    entry = enter(cast, category=Category.WANTED_PERSON)
    assert [name for name, _ in told(NoticeKind.ENTRY_AWAITS_APPROVAL)] == ["supervisor"]
    approve_entry(entry=entry, actor=cast.actor("sue"), now=NOW + HOUR)
    assert not Notice.objects.filter(handled_at=None).exists()


@pytest.mark.clause("RET-1")
@pytest.mark.parametrize("how", ["expired", "withdrawn"])
def test_the_plate_of_an_ended_entry_is_erased_with_its_day(cast: Cast, how: str) -> None:
    """As long after its end as a read is kept, to the day; who, why and when stay on record."""
    entry = enter(cast, instructions="Call first", cautions="Do not stop alone")
    if how == "withdrawn":
        withdraw_entry(entry=entry, actor=cast.actor("alice"), now=NOW)
    ended = NOW if how == "withdrawn" else NOW + 7 * DAY
    due = datetime.combine(ended.date(), datetime.min.time(), tzinfo=NOW.tzinfo) + 30 * DAY
    tick(due - timedelta(seconds=1))
    entry.refresh_from_db()
    assert entry.plate == "KAB4821"
    tick(due)
    entry.refresh_from_db()
    assert (entry.plate, entry.plate_as_given, entry.skeleton, entry.anchor) == ("", "", "", "")
    assert (entry.instructions, entry.cautions) == ("", "")
    assert (entry.reason, entry.case_number, entry.erased_at) == (
        "Seen leaving a burglary on Mill Street",
        "2026-004417",
        due,
    )
    (body,) = LedgerBody.objects.filter(leaf__kind="entries.erased")
    assert body.content["details"] == {"entries": [entry.pk]}


@pytest.mark.clause("RET-1")
def test_an_erased_entry_is_neither_renewed_nor_found(cast: Cast) -> None:
    """There is no plate left to look for."""
    from platewarden.policy.decision import PolicyRefusal

    entry = enter(cast, plate="KAB?2*")
    tick(NOW + 38 * DAY)
    fresh = facts(reason="Wanted again for another reason", expires_at=NOW + 45 * DAY)
    with pytest.raises(PolicyRefusal, match="erased"):
        renew_entry(entry=entry, facts=fresh, actor=cast.actor("alice"), now=NOW + 38 * DAY)
