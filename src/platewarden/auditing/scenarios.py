"""Misuse, after cases that became known elsewhere, put into the lawful work of the invented agency.

The scenarios are: an ex and the ex's relatives, crudely and with care; searches for another body; reasons that name
what they must not; a chief; one case number for everything; many people curious about one vehicle; a colleague's
plate; taking data away by volume; searches off shift; selling look-ups; a newcomer who tries things out. Four of them
are done with care: whoever knows what is looked at.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from platewarden.auditing.invented import History, InventedPerson, InventedQuery, Inventor

WEEKS: Final = 26
Scenario = Callable[[Inventor, InventedPerson, datetime], Iterator[InventedQuery]]


def invented_history(
    *, seed: int, begins_at: datetime, weeks: int = WEEKS, with_misuse: bool = True
) -> History:
    """Return *weeks* of the invented agency from the Monday *begins_at* on (aware, UTC); the same for the same seed."""
    inventor = Inventor(seed, begins_at, weeks)
    queries = list(inventor.lawful())
    planted = frozenset(inventor.plate() for _ in range(3))
    declared = {inventor.plate(): person.id for person in inventor.people[::2]}
    if with_misuse:
        for name, searches in _all(inventor, planted, declared):
            queries += [replace(query, scenario=name) for query in searches]
    ends_at = begins_at + timedelta(weeks=weeks)
    kept = [query for query in queries if begins_at <= query.at < ends_at]
    return History(
        begins_at=begins_at,
        weeks=weeks,
        people=inventor.people,
        shifts=inventor.told_shifts(),
        queries=sorted(kept, key=lambda query: (query.at, query.person, query.plate, query.reason)),
        declared=declared,
        planted=planted,
    )


def _all(
    inventor: Inventor, planted: frozenset[str], declared: dict[str, str]
) -> Iterator[tuple[str, Iterator[InventedQuery]]]:
    """Yield each scenario with its searches, each by somebody else, from the fifth week on or later."""
    settled = [person for person in inventor.people if not person.joins_week]
    officers = [person for person in settled if person.role == "officer"]
    others = [person for person in settled if person.role != "officer"]
    cast = inventor.rng.sample(officers, 9) + inventor.rng.sample(others, 3)
    for place, (name, scenario) in enumerate(SCENARIOS.items()):
        began = inventor.begins_at + timedelta(weeks=4 + inventor.rng.randrange(max(1, inventor.weeks - 18)))
        yield name, scenario(inventor, cast[place], began)
    yield "crowd", _crowd(inventor, inventor.begins_at + timedelta(weeks=min(11, inventor.weeks - 1)))
    newcomer = next(person for person in inventor.people if person.joins_week)
    yield "newcomer", _newcomer(inventor, newcomer, sorted(planted), declared)
    yield "colleague", _colleague(inventor, cast[-1], declared)


def _stalking(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """An ex sixty-nine times in fourteen weeks, the mother twenty-four, the father fifteen times; mostly off shift."""
    cases = [inventor.case() for _ in range(3)]
    for plate, times in ((inventor.plate(), 69), (inventor.plate(), 24), (inventor.plate(), 15)):
        for _ in range(times):
            near = began + timedelta(days=inventor.rng.random() * 98)
            pick = inventor.off_shift if inventor.rng.random() < 0.6 else inventor.on_shift
            case = inventor.rng.choice(cases)
            yield InventedQuery(
                person.id, pick(person.id, near), plate, case, inventor.reason(), images=inventor.count(1.5)
            )


def _careful_stalking(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """Nine searches in ten weeks, on shift, with good reasons, each under a case number of its own."""
    plate = inventor.plate()
    for week in range(9):
        at = inventor.on_shift(person.id, began + timedelta(days=8 * week))
        yield InventedQuery(person.id, at, plate, inventor.case(), inventor.reason(), images=1)


def _side_door(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """Twelve searches for another body, half of which say so."""
    for place in range(12):
        says = place % 2 == 0
        reason = "Locate vehicle for federal partners, request by phone" if says else inventor.reason()
        at = inventor.on_shift(person.id, began + timedelta(days=5 * place))
        yield InventedQuery(person.id, at, inventor.plate(), inventor.case(), reason, images=1)


def _grounds(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """Three reasons that name an abortion or a protest, released by a supervisor who did not look closely."""
    for place, reason in enumerate(
        (
            "Had an abortion, search for the woman's car",
            "Identify who came to the protest at the courthouse",
            "Vehicles of activists seen at the demonstration on Saturday",
        )
    ):
        at = inventor.on_shift(person.id, began + timedelta(days=4 * place))
        yield InventedQuery(person.id, at, inventor.plate(), inventor.case(), reason, images=2)


def _chief(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """Somebody whom nobody asks: twenty searches of four plates in six weeks, off shift, one case number."""
    plates, case = [inventor.plate() for _ in range(4)], inventor.case()
    for _ in range(20):
        at = inventor.off_shift(person.id, began + timedelta(days=inventor.rng.random() * 42))
        plate = inventor.rng.choice(plates)
        yield InventedQuery(person.id, at, plate, case, "Sensitive inquiry, see me", images=1)


def _case_reuse(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """One case number for fifteen vehicles that have nothing to do with it, on shift."""
    case = inventor.case()
    for place in range(15):
        at = inventor.on_shift(person.id, began + timedelta(days=2.3 * place))
        yield InventedQuery(person.id, at, inventor.plate(), case, inventor.reason())


def _harvest(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """Sixty searches a week for two weeks, most of them taken away as files."""
    cases = [inventor.case() for _ in range(12)]
    for _ in range(120):
        at = inventor.on_shift(person.id, began + timedelta(days=inventor.rng.random() * 13))
        case = inventor.rng.choice(cases)
        yield InventedQuery(
            person.id, at, inventor.plate(), case, inventor.reason(), copies=int(inventor.rng.random() < 0.7)
        )


def _off_shift(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """Ten vehicles of neighbours in four weeks, at night and at weekends."""
    for _ in range(10):
        at = inventor.off_shift(person.id, began + timedelta(days=inventor.rng.random() * 26))
        yield InventedQuery(person.id, at, inventor.plate(), inventor.case(), inventor.reason())


def _selling(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """Two or three vehicles a week for four months, each under a number made up for it, the same words for all."""
    for week in range(16):
        for _ in range(inventor.rng.randint(2, 3)):
            at = inventor.on_shift(person.id, began + timedelta(days=7 * week + inventor.rng.random() * 6))
            words = "Vehicle seen near larceny from auto, checking travel direction"
            yield InventedQuery(
                person.id, at, inventor.plate(), inventor.case(), words, images=1, copies=int(week % 3 == 0)
            )


def _real_case(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """An ex, six times in twelve weeks, under the number of a colleague's case in which much was recorded."""
    plate, case = inventor.plate(), inventor.case()
    for place in range(6):
        at = inventor.on_shift(person.id, began + timedelta(days=14 * place))
        yield InventedQuery(person.id, at, plate, case, inventor.reason(), is_followed=True)


def _careful_selling(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """A vehicle a week for four months, each with words of its own, under numbers of cases that are real and worked."""
    for week in range(16):
        at = inventor.on_shift(person.id, began + timedelta(days=7 * week))
        is_followed = inventor.rng.random() < 0.6
        yield InventedQuery(
            person.id, at, inventor.plate(), inventor.case(), inventor.reason(), is_followed=is_followed
        )


def _silent_side_door(inventor: Inventor, person: InventedPerson, began: datetime) -> Iterator[InventedQuery]:
    """Ten searches for another body, none of which says so."""
    for place in range(10):
        at = inventor.on_shift(person.id, began + timedelta(days=6 * place))
        yield InventedQuery(
            person.id, at, inventor.plate(), inventor.case(), inventor.reason(), is_followed=place % 2 == 0
        )


SCENARIOS: Final[dict[str, Scenario]] = {
    "stalking": _stalking,
    "careful stalking": _careful_stalking,
    "grounds": _grounds,
    "case reuse": _case_reuse,
    "harvest": _harvest,
    "off shift": _off_shift,
    "selling": _selling,
    "real case": _real_case,
    "careful selling": _careful_selling,
    "side door": _side_door,
    "silent side door": _silent_side_door,
    "chief": _chief,
}
"""One person each; the others are `crowd`, `newcomer` and `colleague`."""


def _crowd(inventor: Inventor, began: datetime) -> Iterator[InventedQuery]:
    """Six people who look, within three days, for the car of somebody in the news, each under another case number."""
    plate = inventor.plate()
    settled = [person for person in inventor.people if not person.joins_week]
    for person in inventor.rng.sample(settled, 6):
        at = inventor.on_shift(person.id, began + timedelta(days=inventor.rng.random() * 3))
        yield InventedQuery(person.id, at, plate, inventor.case(), inventor.reason(), images=1)


def _newcomer(
    inventor: Inventor, person: InventedPerson, planted: list[str], declared: dict[str, str]
) -> Iterator[InventedQuery]:
    """Somebody new who tries things out: a colleague's plate, a planted one, a few others."""
    began = inventor.begins_at + timedelta(weeks=person.joins_week)
    plates = [min(declared), planted[0], *(inventor.plate() for _ in range(4))]
    case = inventor.case()
    for place, plate in enumerate(plates):
        at = inventor.on_shift(person.id, began + timedelta(days=place / 2))
        yield InventedQuery(person.id, at, plate, case, inventor.reason())


def _colleague(
    inventor: Inventor, person: InventedPerson, declared: dict[str, str]
) -> Iterator[InventedQuery]:
    """Two searches of a colleague's plate, weeks apart."""
    plate = next(plate for plate, owner in sorted(declared.items()) if owner != person.id)
    for week in (8, 13):
        at = inventor.on_shift(person.id, inventor.begins_at + timedelta(weeks=week, days=1))
        yield InventedQuery(person.id, at, plate, inventor.case(), inventor.reason())
