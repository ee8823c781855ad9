"""What each signal shows, and what it lets be."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from platewarden.auditing.attention import crosses
from platewarden.auditing.facts import PersonFact, QueryFact, ShiftFact, Window
from platewarden.auditing.finding import signals_of
from platewarden.auditing.habits import usual_hours
from platewarden.auditing.justifications import names_other_body
from platewarden.auditing.scenarios import invented_history
from platewarden.auditing.signals import Signal, SignalKind
from platewarden.policy.location import policy_folder
from platewarden.policy.parameters import Parameters

pytestmark = pytest.mark.clause("AUD-1")

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
PEOPLE = [PersonFact(str(number), "officer", MONDAY - timedelta(days=400)) for number in range(1, 9)]


def made(place: int, **changes: object) -> QueryFact:
    """The search number *place*, by person 1 on Monday at noon, like no other, followed by something."""
    fact = QueryFact(
        entry=place,
        asked_by="1",
        asked_at=MONDAY + timedelta(hours=12),
        purpose="criminal_investigation",
        reason=f"Burglary number {place} on Green Street: where did vehicle {chr(97 + place % 26) * 4} go?",
        case_number=f"2026-{place:06}",
        vehicle=f"vehicle {place}",
        is_followed=True,
    )
    return replace(fact, **changes)  # type: ignore[arg-type]


def window(
    queries: Sequence[QueryFact], *, shifts: Sequence[ShiftFact] = (), people: Sequence[PersonFact] = PEOPLE
) -> Window:
    """The week of MONDAY with eight weeks before it."""
    ends = MONDAY + timedelta(days=7)
    return Window(ends - timedelta(days=56), MONDAY, ends, queries, people, shifts)


def kinds(found: Sequence[Signal]) -> set[SignalKind]:
    """Which kinds of signals there are."""
    return {one.kind for one in found}


def later(place: int, days: float, **changes: object) -> QueryFact:
    """The same, so many days after the Monday."""
    return made(place, asked_at=MONDAY + timedelta(hours=12, days=days), **changes)


def test_one_vehicle_again_and_again_is_shown_where_nothing_followed(parameters: Parameters) -> None:
    """Four times on three days; three times as many are needed where something followed."""
    rows = [later(day, day, vehicle="it", is_followed=False) for day in range(4)]
    (found,) = signals_of(window(rows), parameters=parameters)
    assert (found.kind, found.person, found.entries) == (SignalKind.REPEATED, "1", (0, 1, 2, 3))
    assert "4 times on 4 days" in found.words
    assert not signals_of(window(rows[:3]), parameters=parameters)
    assert not signals_of(window([replace(row, is_followed=True) for row in rows]), parameters=parameters)
    same_day = [replace(row, asked_at=MONDAY) for row in rows]
    assert not signals_of(window(same_day), parameters=parameters)


def test_the_same_is_shown_again_only_once_it_has_doubled(parameters: Parameters) -> None:
    """What crossed its threshold in an earlier week was shown then."""
    assert [crosses(*pair, 4) for pair in ((3, 4), (4, 7), (7, 8), (8, 15), (0, 16), (0, 3))] == [
        *(True, False, True, False, True, False)
    ]
    earlier = [later(day, day - 20, vehicle="it", is_followed=False) for day in range(5)]
    assert not signals_of(
        window([*earlier, later(9, 1, vehicle="it", is_followed=False)]), parameters=parameters
    )


def test_many_people_after_one_vehicle_are_shown_each_with_their_own(parameters: Parameters) -> None:
    """Under different case numbers; colleagues on one case are not."""
    rows = [made(place, asked_by=str(place + 1), vehicle="it") for place in range(4)]
    found = signals_of(window(rows), parameters=parameters)
    assert [(one.kind, one.person, one.entries) for one in found] == [
        (SignalKind.CROWD, str(place + 1), (place,)) for place in range(4)
    ]
    together = [replace(row, case_number="2026-000001") for row in rows]
    assert not signals_of(window(together), parameters=parameters)


def test_one_case_number_for_many_vehicles_is_shown_where_nothing_followed(parameters: Parameters) -> None:
    """Six vehicles by one person; or four people, each with vehicles of their own."""
    rows = [made(place, case_number="2026-000001", is_followed=False) for place in range(6)]
    assert kinds(signals_of(window(rows), parameters=parameters)) == {SignalKind.CASE_REUSED}
    assert not signals_of(window(rows[:5]), parameters=parameters)
    apart = [replace(row, asked_by=str(row.entry)) for row in rows[:4]]
    assert kinds(signals_of(window(apart), parameters=parameters)) == {SignalKind.CASE_REUSED}
    assert not signals_of(window([replace(row, is_followed=True) for row in rows]), parameters=parameters)


def test_the_same_words_for_different_cases_are_shown(parameters: Parameters) -> None:
    """However they are spaced and capitalised; the same words for one case are not."""
    said = "Vehicle seen near larceny from auto, checking travel"
    rows = [made(place, reason=said if place % 2 else f" {said.upper()} ") for place in range(6)]
    assert kinds(signals_of(window(rows), parameters=parameters)) == {SignalKind.SAME_REASON}
    one = [replace(row, case_number="2026-000001") for row in rows]
    assert SignalKind.SAME_REASON not in kinds(signals_of(window(one), parameters=parameters))


def test_thin_reasons_are_shown_of_whoever_writes_more_of_them_than_the_others(
    parameters: Parameters,
) -> None:
    """Where everybody writes little, nobody is shown for it."""
    thin = [made(place, reason="Burglary suspect vehicle") for place in range(8)]
    others = [made(100 + place, asked_by=str(2 + place % 6)) for place in range(60)]
    found = signals_of(window([*thin, *others]), parameters=parameters)
    assert [(one.kind, one.person) for one in found] == [(SignalKind.THIN_REASONS, "1")]
    everybody = [replace(row, reason=thin[0].reason) for row in others]
    assert not signals_of(window([*thin, *everybody]), parameters=parameters)


@pytest.mark.clause("USE-4")
def test_a_reason_that_names_a_protected_ground_is_shown_each_time(parameters: Parameters) -> None:
    """Also where a supervisor has released it: the sample of such reasons is all of them."""
    rows = [made(0, reason="Identify who came to the protest at the courthouse"), made(1)]
    (found,) = signals_of(window(rows), parameters=parameters)
    assert (found.kind, found.entries) == (SignalKind.GROUND, (0,))
    assert "a lawful organisation or event" in found.words


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Locate vehicle for federal partners", True),
        ("Asked by HSI", True),
        ("Burglary shared with Dryden PD, same van", True),
        ("For a friend who does repossession", True),
        ("Burglary on Green Street: where did the van go?", False),
        ("Icy road, hit and run", False),
    ],
)
def test_who_is_outside_is_told_by_words(text: str, names: bool, parameters: Parameters) -> None:  # noqa: FBT001
    """In the reason, or in whom it was made for."""
    assert names_other_body(text) is names
    found = signals_of(window([made(0, requested_by=text)]), parameters=parameters)
    assert kinds(found) == ({SignalKind.OTHER_BODY} if names else set())


def test_a_declared_plate_is_shown_and_says_whose_it_is_not_who(parameters: Parameters) -> None:
    """Of a colleague, and of oneself."""
    rows = [made(0, declared_by="5"), made(1, asked_by="5", declared_by="5")]
    words = [one.words for one in signals_of(window(rows), parameters=parameters)]
    assert ["colleague" in one for one in words] == [True, False]
    assert "themselves" in words[1]


def test_a_planted_plate_is_shown_at_once(parameters: Parameters) -> None:
    """One search suffices."""
    (found,) = signals_of(window([made(0, is_canary=True)]), parameters=parameters)
    assert found.kind is SignalKind.CANARY


def shifts_of(person: str) -> list[ShiftFact]:
    """A day shift every day of the nine weeks."""
    start = MONDAY - timedelta(days=50)
    days = [start + timedelta(days=day, hours=8) for day in range(58)]
    return [ShiftFact(person, day, day + timedelta(hours=8)) for day in days]


def test_searches_off_shift_are_shown_of_those_who_keep_shifts(parameters: Parameters) -> None:
    """Whoever never starts one is not said to be off; an hour before and after counts as on."""
    nights = [made(place, asked_at=MONDAY + timedelta(days=place, hours=3)) for place in range(5)]
    days = [made(100 + place, asked_by=str(2 + place % 4)) for place in range(40)]
    kept = [shift for person in ("1", "2", "3", "4", "5") for shift in shifts_of(person)]
    found = signals_of(window([*nights, *days], shifts=kept), parameters=parameters)
    assert [(one.kind, one.person, len(one.entries)) for one in found] == [(SignalKind.OFF_SHIFT, "1", 5)]
    without = [shift for shift in kept if shift.person != "1"]
    assert not signals_of(window([*nights, *days], shifts=without), parameters=parameters)
    early = [replace(row, asked_at=MONDAY + timedelta(days=row.entry, hours=7, minutes=5)) for row in nights]
    assert not signals_of(window([*early, *days], shifts=kept), parameters=parameters)


def test_usual_hours_go_around_midnight() -> None:
    """The shortest run of hours that holds the share."""
    assert usual_hours([23, 23, 0, 0, 1, 1, 12], 85) == frozenset({23, 0, 1})
    assert usual_hours([9] * 20, 85) == frozenset({9})


def test_searches_at_hours_that_are_not_theirs_are_shown(parameters: Parameters) -> None:
    """Against a person's own history, and only once there is enough of it."""
    history = [later(place, -1 - place % 40) for place in range(34)]
    nights = [made(100 + place, asked_at=MONDAY + timedelta(hours=3, days=place)) for place in range(4)]
    found = signals_of(window([*history, *nights]), parameters=parameters)
    assert SignalKind.UNUSUAL_HOURS in kinds(found)
    assert not signals_of(window([*history[:20], *nights]), parameters=parameters)


def test_more_searches_than_colleagues_are_shown_once_there_are_enough_colleagues(
    parameters: Parameters,
) -> None:
    """Of the same role; a heavy week that all share is nobody's."""
    many = [made(place) for place in range(40)]
    few = [made(100 + place, asked_by=str(2 + place % 7)) for place in range(21)]
    found = signals_of(window([*many, *few]), parameters=parameters)
    assert (SignalKind.VOLUME, "1") in {(one.kind, one.person) for one in found}
    assert SignalKind.VOLUME not in kinds(
        signals_of(window([*many, *few], people=PEOPLE[:5]), parameters=parameters)
    )
    alike = [made(200 + place, asked_by=str(1 + place % 8)) for place in range(320)]
    assert SignalKind.VOLUME not in kinds(signals_of(window(alike), parameters=parameters))


def test_copies_are_compared_as_searches_are(parameters: Parameters) -> None:
    """Only the searches of which something was taken are shown."""
    rows = [made(place, copies=2) for place in range(6)] + [made(50)]
    (found,) = [
        one for one in signals_of(window(rows), parameters=parameters) if one.kind is SignalKind.COPIES
    ]
    assert found.entries == (0, 1, 2, 3, 4, 5)
    assert "12 files and prints" in found.words


def test_nothing_followed_is_said_after_a_week_and_against_the_others(parameters: Parameters) -> None:
    """What is fresh may still be followed by something."""
    barren = [later(place, -5, is_followed=False) for place in range(8)]
    others = [later(100 + place, -5, asked_by=str(2 + place % 6)) for place in range(60)]
    found = signals_of(window([*barren, *others, made(300)]), parameters=parameters)
    assert [(one.kind, one.person, len(one.entries)) for one in found] == [
        (SignalKind.NOTHING_FOLLOWED, "1", 8)
    ]
    fresh = [replace(row, asked_at=MONDAY + timedelta(days=3)) for row in barren]
    assert SignalKind.NOTHING_FOLLOWED not in kinds(
        signals_of(window([*fresh, *others]), parameters=parameters)
    )


def test_the_first_days_of_somebody_new_are_shown_whole(parameters: Parameters) -> None:
    """Seven days from their first role on."""
    people = [replace(PEOPLE[0], since=MONDAY - timedelta(days=3)), *PEOPLE[1:]]
    rows = [later(0, 1), later(1, 5)]
    (found,) = signals_of(window(rows, people=people), parameters=parameters)
    assert (found.kind, found.entries) == (SignalKind.FIRST_DAYS, (0,))


def test_the_same_facts_in_another_order_give_the_same_signals(parameters: Parameters) -> None:
    """All kinds at once, on the invented agency."""
    begins = datetime(2026, 1, 5, tzinfo=UTC)
    history = invented_history(seed=3, begins_at=begins)
    ends = begins + timedelta(weeks=12)
    found = history.window(begins_at=begins, focus_from=ends - timedelta(days=7), ends_at=ends)
    shuffled = list(found.queries)
    Random(1).shuffle(shuffled)
    assert signals_of(found, parameters=parameters) == signals_of(
        replace(found, queries=shuffled), parameters=parameters
    )


def test_half_a_year_is_looked_at_as_a_week_is(parameters: Parameters) -> None:
    """With everything under review, what the report twice a year needs."""
    begins = datetime(2026, 1, 5, tzinfo=UTC)
    history = invented_history(seed=3, begins_at=begins)
    ends = begins + timedelta(weeks=26)
    found = signals_of(
        history.window(begins_at=begins, focus_from=begins, ends_at=ends), parameters=parameters
    )
    shown = {history.queries[entry].scenario for one in found for entry in one.entries}
    assert {"stalking", "chief", "crowd", "grounds", "harvest", "selling", "case reuse"} <= shown


def test_a_quiet_agency_shows_nothing(parameters: Parameters) -> None:
    """No searches, or a few ordinary ones."""
    assert not signals_of(window([]), parameters=parameters)
    ordinary = [made(place, asked_by=str(1 + place % 8)) for place in range(16)]
    assert not signals_of(window(ordinary), parameters=parameters)


def test_every_signal_is_described() -> None:
    """The page of the reference has one line a signal, in the words that people read."""
    page = (policy_folder().parent / "docs/reference/audit-signals.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", page.partition("## Comparing")[0], re.MULTILINE)
    assert lines[1:] == [kind.label for kind in SignalKind]
