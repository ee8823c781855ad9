"""A list is loaded whole or not at all, and the ledger says so either way."""

import json
from datetime import timedelta

import pytest

from platewarden.hotlists import loading
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.hotlists.previews import preview
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.decision import PolicyRefusal
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, csv_of, load

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
    with pytest.raises(loading.HotlistRefusedError) as refused:
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
        loading.create_hotlist(name="x", source="y", max_age_hours=None, actor=cast.actor(who), now=NOW)
    assert (Entry.objects.count(), Hotlist.objects.count()) == (0, 1)


def test_a_name_is_given_once(cast: Cast) -> None:
    """Two lists of one name would be told apart by nobody."""
    a_list(cast, "State extract")
    with pytest.raises(loading.HotlistExistsError, match="State extract"):
        a_list(cast, " State extract ")


def test_a_preview_counts_and_writes_nothing(cast: Cast) -> None:
    """What a file would do is said by category and in numbers, against what is in use now."""
    hotlist = a_list(cast)
    load(cast, hotlist, *(f"KAB{n},NY,stolen_vehicle," for n in range(5)))
    entries_before = LedgerLeaf.objects.count()
    content = csv_of("HXB7730,NY,P,", "HXB7730,NY,P,", "AAA1111,NY,N,")
    seen = preview(content, hotlist=hotlist, actor=cast.actor("sue"), now=NOW)
    assert (seen.accepted, seen.current, seen.report.repeated) == (1, 5, 1)
    assert seen.difference.counts == {"added": 1, "removed": 5, "changed": 0}
    assert seen.report.refused == {"USE-5 N": 1}
    assert (Entry.objects.count(), LedgerLeaf.objects.count()) == (5, entries_before)
