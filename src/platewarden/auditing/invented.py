"""Half a year of an invented agency: people, shifts, and searches as lawful work makes them. Seeded and pure.

No person, plate, place or case is meant to be anyone's. The numbers are guesses at a county of a hundred thousand:
forty people who search, about a hundred and fifty searches a week, long cases, series, grave cases that fill a week,
overtime, shifts that nobody started, people who write little. `scenarios` puts misuse into it.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from platewarden.auditing.facts import PersonFact, QueryFact, ShiftFact, Window

ZONE: Final = ZoneInfo("America/New_York")
TEAMS: Final = (6, 14, 22)
SHIFT: Final = timedelta(hours=8)

_WHAT: Final = (
    *(
        "Burglary",
        "Larceny from a parked car",
        "Stolen bicycle",
        "Robbery of a shop",
        "Hit and run",
        "Vandalism",
    ),
    *("Catalytic converter cut off", "Shots heard", "Harassment by a driver", "Fuel stolen", "Forged cheque"),
    *("Missing teenager", "Assault outside a bar", "Drug sale", "Trailer stolen", "Copper taken from a site"),
)
_WHERE: Final = (
    *("on Green Street", "at the mall", "on Hollow Road", "by the lake", "in Danby", "at the bus station"),
    *(
        "behind the hardware shop",
        "on Route 79",
        "in the west end",
        "at the fairground",
        "near the high school",
    ),
    *("on Mill Street", "at the quarry", "by the hospital", "in Newfield", "at a farm in Caroline"),
)
_WANTED: Final = (
    *("where did the grey sedan go afterwards", "was the van there before", "which way did the pickup leave"),
    *("does the plate the witness noted fit", "was it near the second scene", "when did it come back"),
    *("is this the car on the shop's video", "did it cross the county line", "who followed it"),
)
_THIN: Final = (
    "Burglary suspect vehicle",
    "Larceny case, blue vehicle",
    "Stolen bicycle inquiry",
    "Suspect vehicle robbery case",
)
_PURPOSES: Final = ("criminal_investigation", "offender", "missing_victim_or_witness", "public_safety_threat")
_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """Somebody of the invented agency.

    Attributes:
        id: Their number, as text.
        role: ``officer``, ``investigator`` or ``supervisor``.
        team: Hour at which their shifts begin.
        keeps_shifts: Whether they start their shifts in the system at all.
        is_terse: Whether they write little.
        pace: How many new matters a week bring them to a search, on average.
        joins_week: The week in which they get their role; 0 for those who are there from the beginning.
    """

    id: str
    role: str
    team: int
    keeps_shifts: bool
    is_terse: bool
    pace: float
    joins_week: int = 0


@dataclass(frozen=True, slots=True)
class InventedQuery:
    """One search, with its plate: for a demonstration, which asks it, and for `QueryFact`, which does not know it.

    `scenario` names the misuse that it is part of; empty for lawful work.
    """

    person: str
    at: datetime
    plate: str
    case_number: str
    reason: str
    purpose: str = "criminal_investigation"
    kind: str = "exact"
    requested_by: str = ""
    images: int = 0
    copies: int = 0
    is_followed: bool = False
    scenario: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The whole: `queries` in the order of their times; the place of one in it is its number."""

    begins_at: datetime
    weeks: int
    people: Sequence[InventedPerson]
    shifts: Sequence[ShiftFact]
    queries: Sequence[InventedQuery]
    declared: dict[str, str] = field(default_factory=dict)
    planted: frozenset[str] = frozenset()

    def window(self, *, begins_at: datetime, focus_from: datetime, ends_at: datetime) -> Window:
        """Return what an audit would know of a part of it; searches are numbered by their place in the whole."""
        return Window(
            begins_at=begins_at,
            focus_from=focus_from,
            ends_at=ends_at,
            queries=[
                self._fact(number, query)
                for number, query in enumerate(self.queries)
                if begins_at <= query.at < ends_at
            ],
            people=[
                PersonFact(
                    one.id,
                    one.role,
                    self.begins_at + timedelta(weeks=one.joins_week - 52 * (not one.joins_week)),
                )
                for one in self.people
                if self.begins_at + timedelta(weeks=one.joins_week) < ends_at
            ],
            shifts=[
                shift for shift in self.shifts if shift.started_at < ends_at and shift.ended_at > begins_at
            ],
            zone=ZONE,
        )

    def _fact(self, number: int, query: InventedQuery) -> QueryFact:
        return QueryFact(
            entry=number,
            asked_by=query.person,
            asked_at=query.at,
            purpose=query.purpose,
            reason=query.reason,
            case_number=query.case_number,
            requested_by=query.requested_by,
            kind=query.kind,
            vehicle=hashlib.sha256(query.plate.encode()).hexdigest()[:16] if query.plate else "",
            declared_by=self.declared.get(query.plate, ""),
            is_canary=query.plate in self.planted,
            images=query.images,
            copies=query.copies,
            is_followed=query.is_followed,
        )


class Inventor:
    """Makes lawful work, the same for the same seed."""

    def __init__(self, seed: int, begins_at: datetime, weeks: int) -> None:
        """Begin on the Monday *begins_at*, aware, UTC."""
        self.rng = Random(seed)
        self.begins_at, self.weeks = begins_at, weeks
        self.people = self._people()
        self.shifts = {person.id: list(self._shifts_of(person)) for person in self.people}
        self._cases = 4000

    def _people(self) -> list[InventedPerson]:
        numbers = iter(range(1, 100))

        def of(role: str, count: int, pace: float) -> Iterator[InventedPerson]:
            for place in range(count):
                yield InventedPerson(
                    id=str(next(numbers)),
                    role=role,
                    team=TEAMS[place % 3] if role == "officer" else 8,
                    keeps_shifts=role != "investigator" or place % 2 == 0,
                    is_terse=place % 9 == 0,
                    pace=pace * self.rng.lognormvariate(0, 0.45),
                    joins_week=(self.weeks // 3, 2 * self.weeks // 3)[place - count + 2]
                    if role == "officer" and place >= count - 2
                    else 0,
                )

        return [*of("officer", 24, 1.3), *of("investigator", 10, 3.2), *of("supervisor", 6, 0.5)]

    def _shifts_of(self, person: InventedPerson) -> Iterator[ShiftFact]:
        """Yield their shifts: four days on and two off, or Monday to Friday; one in thirty nobody started."""
        offset = int(person.id) % 6
        for day in range(7 * self.weeks):
            works = (day + offset) % 6 < 4 if person.role == "officer" else day % 7 < 5
            local = (self.begins_at + timedelta(days=day)).date()
            start = datetime(local.year, local.month, local.day, person.team, tzinfo=ZONE).astimezone(UTC)
            if works and start >= self.begins_at + timedelta(weeks=person.joins_week):
                yield ShiftFact(person.id, start, start + SHIFT)

    def told_shifts(self) -> list[ShiftFact]:
        """Return the shifts that the system knows of."""
        keepers = [self.shifts[person.id] for person in self.people if person.keeps_shifts]
        return [shift for shifts in keepers for shift in shifts if self.rng.random() > 1 / 30]

    def plate(self) -> str:
        """Return an invented plate."""
        return "".join(self.rng.choices(_LETTERS, k=3)) + f"{self.rng.randrange(10_000):04}"

    def case(self) -> str:
        """Return the next case number."""
        self._cases += self.rng.randint(1, 5)
        return f"2026-{self._cases:06}"

    def reason(self, *, is_terse: bool = False) -> str:
        """Return a reason as people write them."""
        if self.rng.random() < (0.5 if is_terse else 0.06):
            return self.rng.choice(_THIN)
        what, where, wanted = (self.rng.choice(words) for words in (_WHAT, _WHERE, _WANTED))
        return f"{what} {where}: {wanted}?"

    def count(self, mean: float) -> int:
        """Return a Poisson count."""
        limit, product, count = math.exp(-mean), self.rng.random(), 0
        while product > limit:
            product *= self.rng.random()
            count += 1
        return count

    def on_shift(self, person: str, near: datetime) -> datetime:
        """Return a moment in the shift of *person* next to *near*; now and then in the overtime after it."""
        shift = min(self.shifts[person], key=lambda one: abs(one.started_at - near))
        length = SHIFT.total_seconds()
        after = (
            length + self.rng.random() * 4 * 3600 if self.rng.random() < 0.04 else self.rng.random() * length
        )
        return shift.started_at + timedelta(seconds=int(after))

    def off_shift(self, person: str, near: datetime) -> datetime:
        """Return a moment at which *person* is off shift, within a few days of *near*."""
        while True:
            moment = near + timedelta(seconds=self.rng.randrange(3 * 86_400))
            margin = timedelta(hours=2)
            if not any(
                shift.started_at - margin < moment < shift.ended_at + margin for shift in self.shifts[person]
            ):
                return moment

    def lawful(self) -> Iterator[InventedQuery]:
        """Yield the lawful searches of the whole time, in no order."""
        for week in range(self.weeks):
            monday = self.begins_at + timedelta(weeks=week)
            for person in self.people:
                if week < person.joins_week:
                    continue
                for _ in range(self.count(person.pace)):
                    yield from self._matter(person, monday)
        for place in range(self.weeks // 4):
            yield from self._long_case(place)
        for place in range(max(1, self.weeks // 9)):
            yield from self._series(place)
            yield from self._grave_case(place)
        yield from self._asides()

    def _matter(self, person: InventedPerson, monday: datetime) -> Iterator[InventedQuery]:
        """Yield the searches of an ordinary matter: a plate or a few, looked for once or twice."""
        case, began = self.case(), monday + timedelta(days=self.rng.random() * 7)
        is_followed = self.rng.random() < {"officer": 0.5, "investigator": 0.7}.get(person.role, 0.6)
        for _ in range(1 + self.count(0.5)):
            is_canvass = self.rng.random() < 0.12
            plate = "" if is_canvass else self.plate()
            for again in range(1 + self.count(0.35)):
                yield InventedQuery(
                    person=person.id,
                    at=self.on_shift(person.id, began + timedelta(days=again)),
                    plate=plate,
                    case_number=case,
                    reason=self.reason(is_terse=person.is_terse),
                    purpose=self.rng.choice(_PURPOSES),
                    kind="camera_time" if is_canvass else "exact",
                    images=self.count(0.8),
                    copies=int(self.rng.random() < 0.12),
                    is_followed=is_followed,
                )

    def _investigators(self) -> list[InventedPerson]:
        return [person for person in self.people if person.role == "investigator"]

    def _long_case(self, place: int) -> Iterator[InventedQuery]:
        """Yield a case in which one vehicle is looked for again and again, for weeks."""
        person = self._investigators()[place % 10]
        began = self.begins_at + timedelta(weeks=self.rng.randrange(max(1, self.weeks - 6)))
        plate, case, is_followed = self.plate(), self.case(), self.rng.random() < 0.8
        for _ in range(self.rng.randint(6, 15)):
            at = self.on_shift(person.id, began + timedelta(days=self.rng.random() * 42))
            yield InventedQuery(
                person.id, at, plate, case, self.reason(), images=self.count(1), is_followed=is_followed
            )

    def _series(self, place: int) -> Iterator[InventedQuery]:
        """Yield a series of offences: many vehicles under one case number, searched by three investigators."""
        people = self.rng.sample(self._investigators(), 3)
        began = self.begins_at + timedelta(weeks=min(self.weeks - 1, 2 + 8 * place))
        plates, case = [self.plate() for _ in range(self.rng.randint(8, 14))], self.case()
        for _ in range(40):
            person = self.rng.choice(people)
            at = self.on_shift(person.id, began + timedelta(days=self.rng.random() * 35))
            plate = self.rng.choice(plates)
            yield InventedQuery(
                person.id, at, plate, case, self.reason(), images=self.count(1), is_followed=True
            )

    def _grave_case(self, place: int) -> Iterator[InventedQuery]:
        """Yield a grave case that fills a week of two investigators, with files for the prosecutor."""
        people = self.rng.sample(self._investigators(), 2)
        began = self.begins_at + timedelta(weeks=min(self.weeks - 1, 5 + 8 * place))
        plates, case = [self.plate() for _ in range(9)], self.case()
        for _ in range(46):
            person = self.rng.choice(people)
            at = self.on_shift(person.id, began + timedelta(days=self.rng.random() * 6))
            copies = int(self.rng.random() < 0.2)
            plate = self.rng.choice(plates)
            yield InventedQuery(
                person.id, at, plate, case, self.reason(), images=2, copies=copies, is_followed=True
            )

    def _asides(self) -> Iterator[InventedQuery]:
        """Yield what looks wrong and is not: hate crimes, help for a neighbour, a mistyped plate."""
        for reason in (
            "Windows of the mosque broken at night: which car stopped before it?",
            "Vehicles outside the church during the arson on Mill Street",
            "Wheelchair taken from a porch on Hollow Road: the van on the video",
            "Burglary series shared with Dryden PD, same van at both scenes",
            "Robbery with the state police: did the getaway car cross the lake road?",
            "Joint case with the task force on stolen trailers, pickup from Danby",
        ):
            person = self.rng.choice(self._investigators())
            near = self.begins_at + timedelta(days=self.rng.random() * 7 * self.weeks)
            yield InventedQuery(
                person.id, self.on_shift(person.id, near), self.plate(), self.case(), reason, is_followed=True
            )
