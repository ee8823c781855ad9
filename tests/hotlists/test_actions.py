"""A list is loaded whole or not at all, and the ledger says so either way."""

import json
from datetime import timedelta
from typing import Any

import pytest

from platewarden.hotlists import actions
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.hotlists.previews import preview
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.matching.plates import PlateError
from platewarden.policy.decision import PolicyRefusal
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, csv_of, facts, load

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    """The kinds of all entries, oldest first."""
    return list(LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True))


def last_body() -> str:
    """The newest entry as it was recorded."""
    return str(LedgerBody.objects.order_by("-leaf_id").values_list("body", flat=True)[0])


@pytest.mark.clause("HOT-1")
def test_a_list_is_loaded_with_its_source_effective_time_and_counts(cast: Cast) -> None:
    """A snapshot keeps when it took effect, who loaded it, the file's digest, and how many entries it brought."""
    hotlist = a_list(cast)
    snapshot = load(cast, hotlist, "KAB 4821,NY,stolen_vehicle,taken overnight", "hxb-7730,,P,")
    assert (snapshot.accepted, snapshot.refused, snapshot.loaded_by) == (2, {}, "sue")
    assert snapshot.effective_at == NOW - timedelta(hours=1)
    entry = Entry.objects.get(plate="KAB4821")
    assert (entry.plate_as_given, entry.skeleton, entry.state) == ("KAB 4821", "KA84821", "NY")
    assert (entry.agency_id, entry.entered_at, entry.priority) == (cast.agency.pk, NOW, "normal")
    assert kinds()[-2:] == ["hotlist.created", "hotlist.loaded"]


@pytest.mark.clause("HOT-1")
def test_a_new_load_takes_the_place_of_the_old_one(cast: Cast) -> None:
    """The entries of the superseded snapshot are gone; what it was, when and by whom remains."""
    hotlist = a_list(cast)
    first = load(cast, hotlist, "KAB4821,NY,stolen_vehicle,")
    second = load(cast, hotlist, "HXB7730,NY,stolen_vehicle,", at=NOW + timedelta(hours=12), who="ada")
    first.refresh_from_db()
    assert (first.is_current, second.is_current) == (False, True)
    assert [entry.plate for entry in Entry.objects.all()] == ["HXB7730"]
    assert Snapshot.objects.count() == 2


@pytest.mark.clause("HOT-1")
@pytest.mark.parametrize("hours", [-48, 1])
def test_an_older_list_or_one_from_the_future_is_refused(cast: Cast, hours: int) -> None:
    """The most current list stays in use, and nothing of the other is written."""
    hotlist = a_list(cast)
    load(cast, hotlist, "KAB4821,NY,stolen_vehicle,")
    with pytest.raises(PolicyRefusal, match="HOT-1") as refused:
        load(cast, hotlist, "HXB7730,NY,stolen_vehicle,", effective_at=NOW + timedelta(hours=hours))
    assert refused.value.decision.field == "effective_at"
    assert Entry.objects.get().plate == "KAB4821"
    assert Snapshot.objects.get().is_current


def test_one_bad_line_refuses_the_whole_file(cast: Cast) -> None:
    """Nothing of a file with an unusable line is loaded, the list in use stays, and the refusal is recorded."""
    hotlist = a_list(cast)
    load(cast, hotlist, "KAB4821,NY,stolen_vehicle,")
    with pytest.raises(actions.HotlistRefusedError) as refused:
        load(cast, hotlist, "HXB7730,NY,stolen_vehicle,", "--,NY,stolen_vehicle,")
    assert [(problem.line, problem.column) for problem in refused.value.report.problems] == [(3, "plate")]
    assert Entry.objects.get().plate == "KAB4821"
    assert kinds()[-1] == "hotlist.refused"


@pytest.mark.clause("HOT-3", "USE-5")
def test_lines_of_other_categories_are_left_out_and_counted(cast: Cast) -> None:
    """What the policy does not admit is no fault of the file: the rest is loaded, and the counts are recorded."""
    snapshot = load(
        cast,
        a_list(cast),
        "KAB4821,NY,stolen_vehicle,",
        "AAA1111,NY,N,",
        "BBB2222,NY,Immigration Violator,",
        "CCC3333,NY,suspended_registration,",
        "DDD4444,NY,gang,",
        "EEE5555,NY,gang,",
    )
    assert snapshot.accepted == 1
    assert snapshot.left_out == 5
    assert snapshot.refused == {
        "USE-5 N": 1,
        "USE-5 Immigration Violator": 1,
        "HOT-3 suspended_registration": 1,
        "HOT-3 gang": 2,
    }
    assert json.loads(last_body())["details"]["refused"]["HOT-3 gang"] == 2


def test_the_ledger_names_no_plate_of_a_list(cast: Cast) -> None:
    """What the log keeps of a load is counts and the file's digest."""
    load(cast, a_list(cast), "KAB4821,NY,stolen_vehicle,")
    assert "KAB4821" not in last_body()
    assert "file_sha256" in last_body()


@pytest.mark.clause("HOT-1")
@pytest.mark.parametrize("who", ["alice", "ivan", "dee", "tom", "eve"])
def test_only_management_sets_up_and_loads(cast: Cast, who: str) -> None:
    """Whoever is neither supervisor nor administrator loads nothing and sets nothing up."""
    hotlist = a_list(cast)
    with pytest.raises(PolicyRefusal, match="HOT-1"):
        load(cast, hotlist, "KAB4821,NY,stolen_vehicle,", who=who)
    with pytest.raises(PolicyRefusal, match="HOT-1"):
        actions.create_hotlist(name="x", source="y", max_age_hours=None, actor=cast.actor(who), now=NOW)
    assert (Entry.objects.count(), Hotlist.objects.count()) == (0, 1)


def test_a_name_is_given_once(cast: Cast) -> None:
    """Two lists of one name would be told apart by nobody."""
    a_list(cast, "State extract")
    with pytest.raises(actions.HotlistExistsError, match="State extract"):
        a_list(cast, " State extract ")


def test_a_preview_counts_and_writes_nothing(cast: Cast) -> None:
    """What a file would do is said by category and in numbers, against what is in use now."""
    hotlist = a_list(cast)
    load(cast, hotlist, *(f"KAB{n},NY,stolen_vehicle," for n in range(5)))
    entries_before = LedgerLeaf.objects.count()
    content = csv_of("HXB7730,NY,P,", "HXB7730,NY,P,", "AAA1111,NY,N,")
    seen = preview(content, hotlist=hotlist, actor=cast.actor("sue"), now=NOW)
    assert (seen.accepted, seen.current, seen.difference, seen.report.repeated) == (1, 5, -4, 1)
    assert seen.report.refused == {"USE-5 N": 1}
    assert (Entry.objects.count(), LedgerLeaf.objects.count()) == (5, entries_before)


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
