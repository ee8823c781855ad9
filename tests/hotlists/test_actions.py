"""A plate entered by hand lacks nothing the policy asks for, and the ledger says who entered it."""

from datetime import timedelta
from typing import Any

import pytest

from platewarden.cameras.models import Area
from platewarden.hotlists import actions
from platewarden.hotlists.audiences import AudienceError
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.matching.plates import PlateError
from platewarden.policy.actor import Role
from platewarden.policy.audiences import Audience, Priority
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.hotlists import Category
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
        plate="kab-4821", facts=facts(instructions=" Two up "), actor=cast.actor("alice"), now=NOW
    )
    assert (entry.plate, entry.plate_as_given, entry.state) == ("KAB4821", "KAB-4821", "NY")
    assert (entry.entered_by_id, entry.instructions, entry.is_exigent) == (cast.alice.pk, "Two up", False)
    assert entry.snapshot.hotlist.is_manual
    assert kinds()[-2:] == ["hotlist.created", "entry.added"]
    assert "burglary" in last_body()
    assert "kab" not in last_body().lower()


@pytest.mark.clause("HOT-2")
def test_all_entries_by_hand_stand_on_one_list(cast: Cast) -> None:
    """There is one list kept by hand, whoever enters."""
    for name in ("alice", "dee", "alice"):
        actions.enter_manually(plate="KAB4821", facts=facts(), actor=cast.actor(name), now=NOW)
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
        actions.enter_manually(plate="KAB4821", facts=facts(**change), actor=cast.actor("alice"), now=NOW)
    assert refused.value.decision.field == field
    assert (Entry.objects.count(), Hotlist.objects.count()) == (0, 0)


@pytest.mark.clause("USE-5")
def test_instructions_are_held_to_the_same_words_as_reasons(cast: Cast) -> None:
    """An entry cannot send officers after a person's immigration status by the back door."""
    with pytest.raises(PolicyRefusal, match="USE-5") as refused:
        actions.enter_manually(
            plate="KAB4821", facts=facts(instructions="Hold for ICE."), actor=cast.actor("alice"), now=NOW
        )
    assert refused.value.decision.field == "instructions"


@pytest.mark.parametrize("plate", ["", "--", "A" * 11, "A" + "-" * 40])
def test_what_cannot_be_a_plate_is_not_entered(cast: Cast, plate: str) -> None:
    """An entry that could never match is refused, not kept."""
    with pytest.raises(PlateError):
        actions.enter_manually(plate=plate, facts=facts(), actor=cast.actor("alice"), now=NOW)
    assert Entry.objects.count() == 0


@pytest.mark.clause("HOT-2")
def test_an_exigent_entry_is_completed_with_its_number(cast: Cast) -> None:
    """Without a number it is exigent; renewing it with the number and a fresh reason completes it."""
    alice = cast.actor("alice")
    entry = actions.enter_manually(
        plate="KAB4821", facts=facts(exigent=True, case_number=""), actor=alice, now=NOW
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
        plate="KAB4821", facts=facts(exigent=True, case_number=""), actor=alice, now=NOW
    )
    said = facts(**{"reason": "Witness has confirmed the plate", "exigent": True, **change})
    with pytest.raises(PolicyRefusal, match="HOT-2") as refused:
        actions.renew_entry(entry=entry, facts=said, actor=alice, now=NOW + timedelta(hours=hours))
    assert refused.value.decision.field == field


@pytest.mark.clause("HOT-2")
def test_a_withdrawn_entry_stays_withdrawn(cast: Cast) -> None:
    """Its own maker or management withdraws it, once; it is not renewed, and nobody else withdraws it."""
    alice = cast.actor("alice")
    entry = actions.enter_manually(plate="KAB4821", facts=facts(), actor=alice, now=NOW)
    with pytest.raises(PolicyRefusal, match="HOT-2"):
        actions.withdraw_entry(entry=entry, actor=cast.actor("ivan"), now=NOW)
    actions.withdraw_entry(entry=entry, actor=cast.actor("sue"), now=NOW)
    actions.withdraw_entry(entry=entry, actor=alice, now=NOW + timedelta(hours=1))
    entry.refresh_from_db()
    assert entry.withdrawn_at == NOW
    assert kinds().count("entry.withdrawn") == 1
    with pytest.raises(PolicyRefusal, match="withdrawn"):
        actions.renew_entry(entry=entry, facts=facts(reason="Still wanted today"), actor=alice, now=NOW)


@pytest.mark.clause("HOT-2")
def test_an_entry_of_a_grave_category_waits_for_a_second_person(cast: Cast) -> None:
    """It matches nothing until somebody else has approved it, and their name stays with it."""
    alice, sue = cast.actor("alice"), cast.actor("sue")
    wanted = facts(category=Category.WANTED_PERSON)
    entry = actions.enter_manually(plate="KAB4821", facts=wanted, actor=alice, now=NOW)
    assert (entry.needs_approval, entry.approved_at) == (True, None)
    with pytest.raises(PolicyRefusal, match="does not approve"):
        actions.approve_entry(entry=entry, actor=alice, now=NOW)
    with pytest.raises(PolicyRefusal, match="HOT-2"):
        actions.approve_entry(entry=entry, actor=cast.actor("ivan"), now=NOW)
    approved = actions.approve_entry(entry=entry, actor=sue, now=NOW)
    assert (approved.approved_by_id, approved.approved_at) == (cast.sue.pk, NOW)
    assert kinds()[-1] == "entry.approved"
    with pytest.raises(PolicyRefusal, match="approved already"):
        actions.approve_entry(entry=entry, actor=cast.actor("max"), now=NOW)


@pytest.mark.clause("HOT-2")
def test_a_supervisor_does_not_approve_their_own_entry(cast: Cast) -> None:
    """Another supervisor does."""
    wanted = facts(category=Category.FELONY_VEHICLE)
    entry = actions.enter_manually(plate="KAB4821", facts=wanted, actor=cast.actor("sue"), now=NOW)
    with pytest.raises(PolicyRefusal, match="does not approve"):
        actions.approve_entry(entry=entry, actor=cast.actor("sue"), now=NOW)
    actions.approve_entry(entry=entry, actor=cast.actor("max"), now=NOW)


@pytest.mark.clause("HOT-2")
@pytest.mark.parametrize(("renewed_by", "stays_approved"), [("alice", False), ("ivan", False), ("sue", True)])
def test_a_renewal_needs_the_second_person_again(
    cast: Cast,
    renewed_by: str,
    stays_approved: bool,  # noqa: FBT001 - an example
) -> None:
    """Unless the second person renews it themselves: nobody keeps alone what two had to agree on."""
    wanted = facts(category=Category.WANTED_PERSON)
    entry = actions.enter_manually(plate="KAB4821", facts=wanted, actor=cast.actor("alice"), now=NOW)
    actions.approve_entry(entry=entry, actor=cast.actor("max"), now=NOW)
    fresh = facts(category=Category.WANTED_PERSON, reason="Warrant confirmed again today")
    later = NOW + timedelta(hours=1)
    renewed = actions.renew_entry(entry=entry, facts=fresh, actor=cast.actor(renewed_by), now=later)
    assert (renewed.approved_at is not None) is stays_approved


@pytest.mark.clause("HOT-2")
def test_a_partial_plate_keeps_its_wildcards(cast: Cast) -> None:
    """It is stored as typed and as a pattern, marked as partial, and the ledger says so without it."""
    entry = actions.enter_manually(plate="kab ?2*", facts=facts(), actor=cast.actor("alice"), now=NOW)
    assert (entry.plate, entry.plate_as_given, entry.anchor, entry.is_partial) == (
        "KAB?2*",
        "KAB ?2*",
        "KA8",
        True,
    )
    assert '"partial":true' in last_body()
    assert "KAB" not in last_body()


@pytest.mark.clause("HOT-2")
@pytest.mark.parametrize("plate", ["A?1*", "**", "?2*"])
def test_a_partial_plate_that_fits_too_many_is_refused(cast: Cast, plate: str) -> None:
    """Three known characters at least, whatever the wildcards."""
    with pytest.raises(PolicyRefusal, match="HOT-2") as refused:
        actions.enter_manually(plate=plate, facts=facts(), actor=cast.actor("alice"), now=NOW)
    assert refused.value.decision.field == "plate"


@pytest.mark.parametrize("plate", ["ABC1234?*?", "ABC%*", "A" + "?" * 10])
def test_what_cannot_be_a_partial_plate_is_not_entered(cast: Cast, plate: str) -> None:
    """Other signs, and more places than a plate has, are refused; the longest that fits is kept."""
    if plate == "ABC1234?*?":
        assert actions.enter_manually(
            plate=plate, facts=facts(), actor=cast.actor("alice"), now=NOW
        ).is_partial
    else:
        with pytest.raises(PlateError):
            actions.enter_manually(plate=plate, facts=facts(), actor=cast.actor("alice"), now=NOW)


@pytest.mark.clause("HIT-1")
def test_an_entry_says_for_whom_its_alerts_are(cast: Cast) -> None:
    """Roles and people; somebody who sees no alerts cannot be among them."""
    audience = Audience(frozenset({Role.INVESTIGATOR}), frozenset({str(cast.dee.pk)}))
    entry = actions.enter_manually(
        plate="KAB4821", facts=facts(audience=audience), actor=cast.actor("alice"), now=NOW
    )
    assert Audience.from_codes(entry.audience) == audience
    for stranger in (cast.tom, cast.eve):
        strange = Audience(people=frozenset({str(stranger.pk)}))
        with pytest.raises(AudienceError, match="1 of the people"):
            actions.enter_manually(
                plate="HXB7730", facts=facts(audience=strange), actor=cast.actor("alice"), now=NOW
            )
    nowhere = Audience(areas=frozenset({"north"}))
    with pytest.raises(AudienceError, match="1 of the areas"):
        actions.enter_manually(
            plate="HXB7730", facts=facts(audience=nowhere), actor=cast.actor("alice"), now=NOW
        )
    Area.objects.create(agency=cast.agency, code="north", name="North")
    there = actions.enter_manually(
        plate="HXB7730", facts=facts(audience=nowhere), actor=cast.actor("alice"), now=NOW
    )
    assert there.audience == ["area:north"]


@pytest.mark.clause("HIT-1")
def test_an_entry_about_a_life_is_of_high_priority_whatever_was_chosen(cast: Cast) -> None:
    """And any other may be made so."""
    chosen = {"category": Category.MISSING_PERSON, "priority": Priority.LOW}
    for said, priority in ((chosen, "high"), ({"priority": Priority.HIGH}, "high"), ({}, "normal")):
        entry = actions.enter_manually(
            plate="KAB4821", facts=facts(**said), actor=cast.actor("alice"), now=NOW
        )
        assert entry.priority == priority
