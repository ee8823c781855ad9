"""Which entries a read matches, in which grade, and which of them alert."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platewarden.adoption.actions import approve_value, propose_value
from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists import actions
from platewarden.hotlists.matching import MatchedEntry, matches_for
from platewarden.hotlists.models import Entry
from platewarden.matching.edits import one_edit
from platewarden.matching.grades import Grade, StateRelation, grade
from platewarden.policy.hotlists import Category
from platewarden.reads.models import Read
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, facts, load

pytestmark = pytest.mark.django_db


def seen(cast: Cast, plate: str = "KAB4821", state: str = "NY") -> Read:
    """A read that the cast's camera has just submitted; it is not stored."""
    return Read(
        agency_id=cast.agency.pk,
        camera_id=cast.camera.pk,
        id=uuid.uuid4(),
        seen_at=NOW,
        received_at=NOW,
        plate=plate,
        plate_as_read=plate,
        confidence=0.9,
        char_confidences=[0.9] * len(plate),
        state=state,
    )


def matches(*reads: Read, at: Any = NOW) -> list[MatchedEntry]:
    """What alerts under the parameters in force."""
    return [one for one in matches_for(reads, parameters=parameters_at(at), now=at) if one.alerts]


def candidates(*reads: Read) -> list[MatchedEntry]:
    """What is listed without an alert."""
    return [one for one in matches_for(reads, parameters=parameters_at(NOW), now=NOW) if not one.alerts]


def adopt(cast: Cast, name: str, value: Any) -> None:
    """Put another value in force, by two people."""
    proposal = propose_value(
        name=name, value=value, why="tests", in_force_from=NOW, actor=cast.actor("sue"), now=NOW
    )
    approve_value(proposal_id=proposal.pk, actor=cast.actor("max"), now=NOW)


LISTED_NEAR = ["stolen_vehicle", "stolen_plate", "wanted_person", "missing_person"]
"""Two categories of each kind: looked up by whole keys, and by parts."""

ALL_GRADES = [grade.value for grade in Grade if grade is not Grade.ALTERNATE]


@pytest.mark.clause("HIT-1")
@pytest.mark.parametrize(
    ("read_state", "entry_state", "expected", "relation"),
    [
        ("NY", "NY", Grade.EXACT_STATE_AGREES, StateRelation.AGREES),
        ("PA", "*", Grade.EXACT_STATE_AGREES, StateRelation.ANY),
        ("", "*", Grade.EXACT_STATE_AGREES, StateRelation.ANY),
        ("", "NY", Grade.EXACT_STATE_UNKNOWN, StateRelation.UNKNOWN),
        ("NY", "", Grade.EXACT_STATE_UNKNOWN, StateRelation.UNKNOWN),
        ("PA", "NY", Grade.EXACT_STATE_DIFFERS, StateRelation.DIFFERS),
    ],
)
def test_the_same_characters_are_graded_by_state(
    cast: Cast, read_state: str, entry_state: str, expected: Grade, relation: StateRelation
) -> None:
    """A state that agrees, is expressly any, unknown on either side, or differs: each is said."""
    adopt(cast, "hits.alerting_grades", ALL_GRADES)
    load(cast, a_list(cast), f"KAB4821,{entry_state},stolen_vehicle,")
    (found,) = matches(seen(cast, state=read_state))
    assert (found.match.grade, found.match.state) == (expected, relation)
    assert found.entry.plate == found.read.plate


@pytest.mark.clause("HIT-1")
def test_characters_that_look_alike_alert_once_the_agency_has_said_so(cast: Cast) -> None:
    """O for 0 and B for 8 match as look-alikes, and alert only under a value adopted by two people."""
    load(cast, a_list(cast), "KA8482O,NY,stolen_vehicle,")
    assert matches(seen(cast, "KAB4820")) == []
    adopt(cast, "hits.alerting_grades", ALL_GRADES)
    (found,) = matches(seen(cast, "KAB4820"))
    assert found.match.grade is Grade.CONFUSABLE
    assert [place.relation.value for place in found.match.characters].count("confusable") == 2


@pytest.mark.clause("HIT-1")
def test_by_default_another_state_does_not_alert(cast: Cast) -> None:
    """The same serial in another state is another vehicle until the agency decides otherwise."""
    load(cast, a_list(cast), "KAB4821,NY,stolen_vehicle,")
    assert matches(seen(cast, state="PA")) == []
    assert len(matches(seen(cast, state="NY"))) == 1


def test_other_characters_do_not_match(cast: Cast) -> None:
    """One different character is a different plate."""
    adopt(cast, "hits.alerting_grades", ALL_GRADES)
    load(cast, a_list(cast), "KAB4821,NY,stolen_vehicle,")
    assert matches(seen(cast, "KAB4827"), seen(cast, "KAB482"), seen(cast, "AB4821")) == []


@pytest.mark.clause("HOT-2")
def test_an_expired_entry_does_not_match(cast: Cast) -> None:
    """An entry matches until the moment of its end and not at it, whether entered by hand or loaded."""
    ends = NOW + timedelta(hours=1)
    actions.enter_manually(plate="KAB4821", facts=facts(expires_at=ends), actor=cast.actor("alice"), now=NOW)
    load(cast, a_list(cast), "KAB4821,NY,stolen_vehicle,")
    Entry.objects.filter(category="stolen_vehicle").update(expires_at=ends)
    assert len(matches(seen(cast), at=ends - timedelta(microseconds=1))) == 2
    assert matches(seen(cast), at=ends) == []


@pytest.mark.clause("HOT-2")
def test_a_withdrawn_entry_does_not_match(cast: Cast) -> None:
    """Withdrawing takes effect at once."""
    alice = cast.actor("alice")
    entry = actions.enter_manually(plate="KAB4821", facts=facts(), actor=alice, now=NOW)
    assert len(matches(seen(cast))) == 1
    actions.withdraw_entry(entry=entry, actor=alice, now=NOW)
    assert matches(seen(cast)) == []


@pytest.mark.clause("HOT-1")
def test_a_superseded_snapshot_does_not_match(cast: Cast) -> None:
    """What the current list no longer says raises no alert from the moment it is loaded."""
    hotlist = a_list(cast)
    load(cast, hotlist, "KAB4821,NY,stolen_vehicle,")
    load(cast, hotlist, "HXB7730,NY,stolen_vehicle,")
    assert matches(seen(cast)) == []
    assert len(matches(seen(cast, "HXB7730"))) == 1


@pytest.mark.clause("HOT-3")
def test_a_category_that_is_switched_off_stops_matching(cast: Cast) -> None:
    """Entries loaded before the agency switched their category off are not in force any more."""
    load(cast, a_list(cast), "KAB4821,NY,stolen_plate,")
    assert len(matches(seen(cast))) == 1
    adopt(cast, "hotlist.categories", [Category.STOLEN_VEHICLE.value])
    assert matches(seen(cast)) == []


@pytest.mark.clause("HOT-1")
@pytest.mark.parametrize(
    ("max_age_hours", "age_hours", "stale"),
    [(None, 24, False), (None, 25, True), (6, 6, False), (6, 7, True), (100, 25, True)],
)
def test_a_match_says_that_its_list_is_stale(
    cast: Cast,
    max_age_hours: int | None,
    age_hours: int,
    stale: bool,  # noqa: FBT001 - an example
) -> None:
    """A list past its own greatest age or the policy's still matches, and each match says that it is stale."""
    hotlist = a_list(cast, max_age_hours=max_age_hours)
    load(cast, hotlist, "KAB4821,NY,stolen_vehicle,", effective_at=NOW - timedelta(hours=age_hours))
    (found,) = matches(seen(cast))
    assert found.is_stale is stale


def test_a_list_kept_by_hand_is_never_stale(cast: Cast) -> None:
    """Its entries end one by one."""
    actions.enter_manually(
        plate="KAB4821",
        facts=facts(),
        actor=cast.actor("alice"),
        now=NOW - timedelta(days=2),
    )
    (found,) = matches(seen(cast))
    assert not found.is_stale


def test_the_best_match_comes_first_and_every_list_counts(cast: Cast) -> None:
    """A plate on two lists is two matches; the better grade leads."""
    adopt(cast, "hits.alerting_grades", ALL_GRADES)
    load(cast, a_list(cast, "One"), "KA84821,NY,stolen_vehicle,")
    load(cast, a_list(cast, "Two"), "KAB4821,NY,wanted_person,")
    found = matches(seen(cast), seen(cast, "ZZZ9999"))
    assert [match.match.grade for match in found] == [Grade.EXACT_STATE_AGREES, Grade.CONFUSABLE]


def test_another_agencys_entries_do_not_match(cast: Cast) -> None:
    """Entries are matched within the agency of the camera."""
    load(cast, a_list(cast), "KAB4821,NY,stolen_vehicle,")
    read = seen(cast)
    read.agency_id = cast.agency.pk + 1
    assert matches(read) == []


@pytest.mark.clause("HIT-1")
def test_one_character_is_listed_where_the_category_asks_for_it(cast: Cast) -> None:
    """Changed, left out or added: of a wanted person it is a candidate, of a stolen plate it is nothing."""
    load(cast, a_list(cast), "KAB4821,NY,wanted_person,", "HXB7730,NY,stolen_plate,")
    for plate in ("KAB4827", "KAC4821", "KXB4821", "KAB482", "KA4821", "KAB48210", "KAB94821", "XKAB4821"):
        (found,) = candidates(seen(cast, plate))
        assert (found.match.grade, found.entry.plate) == (Grade.ONE_CHARACTER, "KAB4821")
    assert candidates(seen(cast, "HXB7731"), seen(cast, "KA84827"), seen(cast, "KAB48")) == []


@pytest.mark.clause("HIT-1")
def test_another_reading_of_the_camera_is_listed_and_never_alerts(cast: Cast) -> None:
    """Where a likely alternate is on a list, the match says what was read and what else it may have been."""
    load(cast, a_list(cast), "KAB4821,NY,stolen_vehicle,")
    read = seen(cast, "HXB7730")
    read.alternates = [{"plate": "KAB4821", "confidence": 0.3}, {"plate": "KAB4820", "confidence": 0.2}]
    (found,) = candidates(read)
    assert (found.match.grade, found.match.alternate) == (Grade.ALTERNATE, 0.3)
    assert found.read.plate == "HXB7730"
    read.alternates = [{"plate": "KAB4821", "confidence": 0.05}]
    assert candidates(read) == matches(read) == []


@pytest.mark.clause("HIT-1", "HOT-2")
@pytest.mark.parametrize(
    ("pattern", "plate", "is_found"),
    [
        ("KAB?8*", "KAB4821", True),
        ("KAB?2*", "KA8422", True),
        ("KAB?2*", "KAB21", False),
        ("*821", "KAB4821", True),
        ("*AB4*", "KAB4821", True),
        ("K?B?8?1", "KAB4821", True),
        ("K?B?8?1", "KAB48211", False),
    ],
)
def test_a_partial_entry_is_found_by_what_is_known(
    cast: Cast,
    pattern: str,
    plate: str,
    is_found: bool,  # noqa: FBT001 - an example
) -> None:
    """Whichever part of the plate that is; a vehicle that fits is listed, marked as partial."""
    actions.enter_manually(plate=pattern, facts=facts(), actor=cast.actor("alice"), now=NOW)
    found = candidates(seen(cast, plate))
    assert [(one.match.grade, one.entry.is_partial) for one in found] == [(Grade.PARTIAL, True)] * is_found
    assert matches(seen(cast, plate)) == []


@pytest.mark.clause("HIT-1")
def test_a_partial_entry_about_a_life_alerts(cast: Cast) -> None:
    """A child is looked for by what a witness remembers."""
    amber = facts(category=Category.AMBER_ALERT)
    actions.enter_manually(plate="KAB*", facts=amber, actor=cast.actor("alice"), now=NOW)
    assert [found.match.grade for found in matches(seen(cast))] == [Grade.PARTIAL]
    assert [found.match.grade for found in candidates(seen(cast, "KA8999"))] == [Grade.PARTIAL]


@pytest.mark.clause("HIT-1")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wanted=st.lists(
        st.tuples(st.text("AB80", min_size=1, max_size=8), st.sampled_from(LISTED_NEAR)),
        min_size=1,
        max_size=8,
        unique=True,
    ),
    near=st.sets(st.sampled_from(LISTED_NEAR)),
    drawn=st.data(),
)
def test_the_keys_find_exactly_what_comparing_with_every_entry_would(
    cast: Cast, wanted: list[tuple[str, str]], near: set[str], drawn: st.DataObject
) -> None:
    """However many reads are matched at once and whatever is compared so: none is missed, none found twice."""
    wide = parameters_at(NOW).adopting({"hits.one_character_categories": sorted(near)})
    close = sorted({edit for plate, _ in wanted for edit in one_edit(plate, alphabet="AB8")})
    plates = st.sampled_from(close) | st.text("AB80", min_size=1, max_size=8)
    reads = drawn.draw(st.lists(plates, min_size=1, max_size=4))
    with transaction.atomic():
        hotlist = a_list(cast, f"Any {uuid.uuid4()}")
        load(cast, hotlist, *(f"{plate},NY,{category}," for plate, category in wanted))
        found = matches_for([seen(cast, plate) for plate in reads], parameters=wide, now=NOW)
        transaction.set_rollback(True)
    expected = [
        (read, plate, category)
        for read in reads
        for plate, category in wanted
        if grade(read, "NY", plate, "NY", with_one_character=category in near)
    ]
    assert sorted((one.read.plate, one.entry.plate, one.entry.category) for one in found) == sorted(expected)


def test_a_long_list_is_looked_up_as_one_from_its_first_read_on(cast: Cast) -> None:
    """Matching keeps its plan, so the database counts the entries with the load and not some time after it."""
    assert matches(seen(cast)) == []
    load(cast, a_list(cast), *(f"KAB{number},NY,stolen_vehicle," for number in range(10_000, 20_000)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'hotlist_entries'")
        assert cursor.fetchone() == (10_000,)
    assert len(matches(seen(cast, "KAB12345"))) == 1


def test_without_reads_there_is_nothing_to_match(cast: Cast) -> None:
    """An empty batch asks the database nothing."""
    assert matches() == []
