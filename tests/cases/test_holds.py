"""A hold keeps named reads for a case until its end, and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from platewarden.accounts.actors import system_actor
from platewarden.cases import holds
from platewarden.cases.actions import sweep_cases
from platewarden.cases.models import CaseRead, Hold, WantedRead
from platewarden.cases.sealing import open_facts, open_read
from platewarden.ledger.models import LedgerBody
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from platewarden.queries.actions import answer
from platewarden.reads.models import Read
from platewarden.retention.actions import purge_due
from tests.cases.scenes import NUMBER, PLATE, asked, placed, sightings, wanted, wish
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import picture

pytestmark = pytest.mark.usefixtures("fresh_database")


def segments(home: Path) -> int:
    """How many sealed objects the cases have."""
    return sum(path.is_file() for path in (home / "images" / "cases").rglob("*"))


@transaction.atomic
def place_in_vain(hold: Hold, cast: Cast) -> None:
    """Move the reads of *hold*, and let the act fail after that."""
    holds.place_hold(hold=hold, actor=cast.actor("ada"), now=NOW)
    raise RuntimeError("the plug is pulled")


@pytest.mark.clause("RET-2")
def test_a_hold_moves_its_reads_into_the_case_at_once(cast: Cast) -> None:
    """No search finds them any more; the case has every fact and both images, under its own key."""
    reads = sightings(cast, NOW)
    hold = placed(cast, NOW)
    assert answer(asked(cast, NOW), actor=cast.actor("ivan"), now=NOW).total == 0
    assert not Read.objects.exists()
    assert (hold.reads_kept, WantedRead.objects.count()) == (3, 0)
    copies = [open_read(kept) for kept in CaseRead.objects.all()]
    assert [copy.facts["id"] for copy in copies] == [str(read.id) for read in reversed(reads)]
    assert {copy.facts["plate_as_read"] for copy in copies} == {PLATE}
    assert {(copy.plate_image, copy.vehicle_image) for copy in copies} == {(picture(), picture("navy"))}


@pytest.mark.clause("RET-2", "RET-1")
def test_what_is_held_outlives_its_day_and_goes_at_the_end_of_the_hold(cast: Cast, store_home: Path) -> None:
    """The purge of the day leaves it; the end of the hold does not, except what the case file has taken."""
    sightings(cast, NOW)
    hold = placed(cast, NOW)
    purge_due(actor=system_actor("tests"), now=NOW + timedelta(hours=1))
    first = CaseRead.objects.all()[0]
    holds.take_held_read(kept=first, actor=cast.actor("ivan"), now=NOW)
    just_before, at_end = hold.ends_at - timedelta(seconds=1), hold.ends_at
    assert holds.end_due(actor=system_actor("tests"), now=just_before) == 0
    assert CaseRead.objects.count() == 3
    assert holds.end_due(actor=system_actor("tests"), now=at_end) == 1
    assert [kept.pk for kept in CaseRead.objects.all()] == [first.pk]
    assert segments(store_home) == 1
    assert open_facts(first)["plate_as_read"] == PLATE
    hold.refresh_from_db()
    assert (hold.reads_gone, hold.is_in_force) == (2, False)
    body = LedgerBody.objects.get(leaf__kind="hold.expired").content["details"]
    assert (body["case"], body["removed"], body["in_case_file"]) == (NUMBER, 2, 1)


@pytest.mark.clause("RET-2")
def test_whoever_asked_and_the_administrators_are_told_before_a_hold_ends(cast: Cast) -> None:
    """A week before, once, with the end as the time by which it must be dealt with."""
    sightings(cast, NOW)
    hold = placed(cast, NOW)
    for moment in (
        hold.ends_at - timedelta(days=8),
        hold.ends_at - timedelta(days=6),
        hold.ends_at - timedelta(days=5),
    ):
        holds.end_due(actor=system_actor("tests"), now=moment)
    told = Notice.objects.filter(kind="hold.ending")
    assert {(notice.to_user, notice.to_role) for notice in told} == {(cast.ivan, ""), (None, "administrator")}
    assert {notice.due_at for notice in told} == {hold.ends_at}


@pytest.mark.clause("RET-2", "RET-4")
def test_an_administrator_lifts_a_hold_and_its_reads_go(cast: Cast, store_home: Path) -> None:
    """With a reason, on the ledger; they do not come back into search."""
    sightings(cast, NOW)
    hold = placed(cast, NOW)
    with pytest.raises(PolicyRefusal):
        holds.lift_hold(hold=hold, reason="no", actor=cast.actor("ada"), now=NOW)
    gone = holds.lift_hold(
        hold=hold, reason="The prosecutor has withdrawn it", actor=cast.actor("ada"), now=NOW
    )
    assert (gone, CaseRead.objects.count(), Read.objects.count(), segments(store_home)) == (3, 0, 0, 0)
    again = holds.lift_hold(
        hold=hold, reason="The prosecutor has withdrawn it", actor=cast.actor("ada"), now=NOW
    )
    assert again == 0


@pytest.mark.clause("RET-1")
def test_a_request_keeps_nothing(cast: Cast) -> None:
    """A read that nobody has moved when its day ends is gone, and so is the wish for it; placing refuses."""
    sightings(cast, NOW, 1)
    hold = wanted(cast, NOW, ends_at=NOW + timedelta(days=80))
    later = NOW + timedelta(days=31)
    from platewarden.retention.models import PurgeClock

    PurgeClock.objects.create(last_seen_at=later)
    purge_due(actor=system_actor("tests"), now=later)
    assert not WantedRead.objects.exists()
    with pytest.raises(PolicyRefusal, match="names no read that is still kept"):
        holds.place_hold(hold=hold, actor=cast.actor("ada"), now=later)


@pytest.mark.clause("RET-2")
def test_only_chosen_reads_are_held(cast: Cast) -> None:
    """What was not chosen stays in search."""
    reads = sightings(cast, NOW)
    query = asked(cast, NOW)
    chosen = holds.named_reads(query, {reads[1].id}, actor=cast.actor("ivan"), now=NOW)
    placed(cast, NOW, query=query, reads=chosen)
    assert {read.id for read in Read.objects.all()} == {reads[0].id, reads[2].id}


def test_a_damaged_image_keeps_no_read_from_being_held(cast: Cast, store_home: Path) -> None:
    """The facts are held, and the ledger says how many are without a picture."""
    sightings(cast, NOW, 1)
    for path in (store_home / "images" / "days").rglob("*"):
        if path.is_file():
            path.write_bytes(b"damaged")
    placed(cast, NOW)
    kept = CaseRead.objects.get()
    assert (kept.plate_image, open_facts(kept)["plate_as_read"]) == ("", PLATE)
    assert LedgerBody.objects.get(leaf__kind="hold.placed").content["details"]["without_image"] == 1


def test_a_hold_that_fails_half_way_leaves_the_reads_where_they_were(cast: Cast, store_home: Path) -> None:
    """The copies that it sealed are swept away."""
    sightings(cast, NOW)
    hold = wanted(cast, NOW)
    with pytest.raises(RuntimeError):
        place_in_vain(hold, cast)
    assert (Read.objects.count(), CaseRead.objects.count(), Hold.objects.get().is_asked_for) == (3, 0, True)
    assert segments(store_home) == 3
    assert sweep_cases(actor=system_actor("tests"), now=datetime.now(UTC) + timedelta(days=2)) == 3
    assert segments(store_home) == 0


@pytest.mark.clause("RET-2")
def test_a_read_of_an_answer_is_taken_into_the_case_file(cast: Cast, store_home: Path) -> None:
    """As a copy under the number of the query; in search it stays until its day, in the case beyond it."""
    (read,) = sightings(cast, NOW, 1)
    query, ivan = asked(cast, NOW), cast.actor("ivan")
    kept = holds.take_read(query=query, read=read, case_number=NUMBER, actor=ivan, now=NOW)
    again = holds.take_read(query=query, read=read, case_number=NUMBER, actor=ivan, now=NOW)
    assert (kept, kept.query_entry, Read.objects.count()) == (again, query.entry, 1)
    assert open_read(kept).vehicle_image == picture("navy")
    assert sweep_cases(actor=system_actor("tests"), now=datetime.now(UTC) + timedelta(days=2)) == 0
    assert LedgerBody.objects.filter(leaf__kind="case.read_taken").count() == 1


@pytest.mark.clause("RET-2")
def test_a_request_is_declined_and_told(cast: Cast) -> None:
    """Nothing moves; whoever asked reads why. Without a reason nothing is declined."""
    sightings(cast, NOW)
    hold = wanted(cast, NOW)
    with pytest.raises(PolicyRefusal, match="reason"):
        holds.decline_hold(hold=hold, reason=" ", actor=cast.actor("ada"), now=NOW)
    assert Hold.objects.get().is_asked_for
    holds.decline_hold(hold=hold, reason="The order names another car", actor=cast.actor("ada"), now=NOW)
    assert (Read.objects.count(), WantedRead.objects.count()) == (3, 0)
    assert "another car" in Notice.objects.get(kind="hold.decided", to_user=cast.ivan).text
    with pytest.raises(PolicyRefusal):
        holds.place_hold(hold=hold, actor=cast.actor("ada"), now=NOW)


def test_the_wish_is_what_the_ledger_keeps(cast: Cast) -> None:
    """Authority, reason and end of a hold are on the ledger with the request; no plate is."""
    sightings(cast, NOW)
    wanted(cast, NOW)
    body = LedgerBody.objects.get(leaf__kind="hold.requested")
    said = wish(NOW)
    assert body.content["details"]["authority_text"] == said.authority_text
    assert PLATE not in body.body


@pytest.mark.clause("RET-2")
def test_a_read_that_a_hold_moved_meanwhile_is_taken_all_the_same(cast: Cast) -> None:
    """Whoever was told that the case keeps it does not lose it when the hold ends."""
    sightings(cast, NOW)
    query, ivan = asked(cast, NOW), cast.actor("ivan")
    shown = Read.objects.order_by("seen_at")[0]
    hold = placed(cast, NOW, query=query)
    kept = holds.take_read(query=query, read=shown, case_number=NUMBER, actor=ivan, now=NOW)
    assert (kept.hold, kept.taken_at) == (hold, NOW)
    holds.end_due(actor=system_actor("tests"), now=hold.ends_at)
    assert [each.pk for each in CaseRead.objects.all()] == [kept.pk]
    assert open_facts(kept)["plate_as_read"] == PLATE
