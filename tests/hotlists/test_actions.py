"""A plate entered by hand lacks nothing the policy asks for, and the ledger says who entered it."""

from datetime import timedelta
from typing import Any

import pytest

from platewarden.hotlists import actions
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.matching.plates import PlateError
from platewarden.policy.decision import PolicyRefusal
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import facts

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    """The kinds of all entries, oldest first."""
    return list(LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True))


def last_body() -> str:
    """The newest entry as it was recorded."""
    return str(LedgerBody.objects.order_by("-leaf_id").values_list("body", flat=True)[0])


@pytest.mark.clause("HOT-2")
def test_a_plate_entered_by_hand_is_in_force_at_once(cast: Cast) -> None:
    """It keeps who entered it, why, for which case and until when; the log keeps that without the plate."""
    entry = actions.enter_manually(
        plate="kab-4821", facts=facts(), instructions=" Two up ", actor=cast.actor("alice"), now=NOW
    )
    assert (entry.plate, entry.plate_as_given, entry.state) == ("KAB4821", "kab-4821", "NY")
    assert (entry.entered_by_id, entry.instructions, entry.is_exigent) == (cast.alice.pk, "Two up", False)
    assert entry.snapshot.hotlist.is_manual
    assert kinds()[-2:] == ["hotlist.created", "entry.added"]
    assert "burglary" in last_body()
    assert "kab" not in last_body().lower()


@pytest.mark.clause("HOT-2")
def test_all_entries_by_hand_stand_on_one_list(cast: Cast) -> None:
    """There is one list kept by hand, whoever enters."""
    for name in ("alice", "dee", "alice"):
        actions.enter_manually(
            plate="KAB4821", facts=facts(), instructions="", actor=cast.actor(name), now=NOW
        )
    assert Hotlist.objects.get().is_manual
    assert Snapshot.objects.get().entries.count() == 3


@pytest.mark.clause("HOT-2")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "   \t  "}, "reason"),
        ({"case_number": ""}, "case_number"),
        ({"case_number": "ask me later"}, "case_number"),
        ({"state": ""}, "state"),
        ({"any_state": True}, "state"),
        ({"expires_at": None}, "expires_at"),
        ({"expires_at": NOW}, "expires_at"),
        ({"expires_at": NOW + timedelta(days=30, seconds=1)}, "expires_at"),
        ({"reason": "Suspected visa overstay, check for deportation"}, "reason"),
        ({"requested_by": "ICE"}, "requested_by"),
    ],
)
def test_an_entry_by_hand_lacks_nothing(cast: Cast, change: dict[str, Any], field: str) -> None:
    """Reason, case number, state and end are asked for by field, and nothing is written without them."""
    with pytest.raises(PolicyRefusal) as refused:
        actions.enter_manually(
            plate="KAB4821", facts=facts(**change), instructions="", actor=cast.actor("alice"), now=NOW
        )
    assert refused.value.decision.field == field
    assert (Entry.objects.count(), Hotlist.objects.count()) == (0, 0)


@pytest.mark.clause("USE-5")
def test_instructions_are_held_to_the_same_words_as_reasons(cast: Cast) -> None:
    """An entry cannot send officers after a person's immigration status by the back door."""
    with pytest.raises(PolicyRefusal, match="USE-5") as refused:
        actions.enter_manually(
            plate="KAB4821", facts=facts(), instructions="Hold for ICE.", actor=cast.actor("alice"), now=NOW
        )
    assert refused.value.decision.field == "instructions"


@pytest.mark.parametrize("plate", ["", "--", "A" * 11, "A" + "-" * 40])
def test_what_cannot_be_a_plate_is_not_entered(cast: Cast, plate: str) -> None:
    """An entry that could never match is refused, not kept."""
    with pytest.raises(PlateError):
        actions.enter_manually(
            plate=plate, facts=facts(), instructions="", actor=cast.actor("alice"), now=NOW
        )
    assert Entry.objects.count() == 0


@pytest.mark.clause("HOT-2")
def test_an_exigent_entry_is_completed_with_its_number(cast: Cast) -> None:
    """Without a number it is exigent; renewing it with the number and a fresh reason completes it."""
    alice = cast.actor("alice")
    entry = actions.enter_manually(
        plate="KAB4821", facts=facts(exigent=True, case_number=""), instructions="", actor=alice, now=NOW
    )
    assert entry.is_exigent
    fresh = facts(reason="Witness has confirmed the plate", expires_at=NOW + timedelta(days=9))
    done = actions.renew_entry(entry=entry, facts=fresh, actor=alice, now=NOW + timedelta(hours=2))
    assert (done.is_exigent, done.case_number) == (False, "2026-004417")
    assert kinds()[-1] == "entry.renewed"


@pytest.mark.clause("HOT-2")
@pytest.mark.parametrize(
    ("hours", "change", "field"),
    [
        (2, {"reason": "Seen  leaving a burglary on MILL Street "}, "reason"),
        (2, {"reason": ""}, "reason"),
        (2, {"expires_at": NOW}, "expires_at"),
        (24, {"case_number": ""}, "case_number"),
    ],
)
def test_a_renewal_needs_a_fresh_reason_and_the_number_in_time(
    cast: Cast, hours: int, change: dict[str, Any], field: str
) -> None:
    """The old reason over again does not do, nor does an exigent mark that is past its time."""
    alice = cast.actor("alice")
    entry = actions.enter_manually(
        plate="KAB4821", facts=facts(exigent=True, case_number=""), instructions="", actor=alice, now=NOW
    )
    said = facts(**{"reason": "Witness has confirmed the plate", "exigent": True, **change})
    with pytest.raises(PolicyRefusal, match="HOT-2") as refused:
        actions.renew_entry(entry=entry, facts=said, actor=alice, now=NOW + timedelta(hours=hours))
    assert refused.value.decision.field == field


@pytest.mark.clause("HOT-2")
def test_a_withdrawn_entry_stays_withdrawn(cast: Cast) -> None:
    """Its own maker or management withdraws it, once; it is not renewed, and nobody else withdraws it."""
    alice = cast.actor("alice")
    entry = actions.enter_manually(plate="KAB4821", facts=facts(), instructions="", actor=alice, now=NOW)
    with pytest.raises(PolicyRefusal, match="HOT-2"):
        actions.withdraw_entry(entry=entry, actor=cast.actor("ivan"), now=NOW)
    actions.withdraw_entry(entry=entry, actor=cast.actor("sue"), now=NOW)
    actions.withdraw_entry(entry=entry, actor=alice, now=NOW + timedelta(hours=1))
    entry.refresh_from_db()
    assert entry.withdrawn_at == NOW
    assert kinds().count("entry.withdrawn") == 1
    with pytest.raises(PolicyRefusal, match="withdrawn"):
        actions.renew_entry(entry=entry, facts=facts(reason="Still wanted today"), actor=alice, now=NOW)
