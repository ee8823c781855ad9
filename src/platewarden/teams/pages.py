"""What the pages on a team show, put together for their templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision
from platewarden.policy.teams import Peers, peers_of
from platewarden.policy.use import Purpose
from platewarden.teams.counting import MEASURES, Counts, count, peers_by_person, weeks_until
from platewarden.teams.doors import team_of
from platewarden.training.pages import PersonLine, people_of

LATELY: Final = 4
"""How many weeks the overview adds up, the present one included."""
MOST_SEARCHES: Final = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One count of one person, beside those of their peers; None where there are too few."""

    label: str
    count: int
    peers: Peers | None

    @property
    def is_above(self) -> bool:
        """Whether it is more than any of the peers has."""
        return self.peers is not None and self.peers.is_exceeded_by(self.count)


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the team as the overview shows them."""

    person: User
    roles: list[str]
    figures: list[Figure]
    training: PersonLine | None


@dataclass(frozen=True, slots=True)
class Week:
    """One week of one person."""

    monday: date
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class Search:
    """One search of one person, as far as it names no plate; the ledger's entry says the rest, and who opens it."""

    entry: int
    at: datetime
    purpose: str
    case_number: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class Record:
    """What one person did: by week, and search by search."""

    person: User
    weeks: list[Week]
    searches: list[Search]
    refusals: list[tuple[int, datetime, str, str]]
    training: Decision | None
    is_cut: bool


def team_page(actor: Actor, *, now: datetime) -> list[Member]:
    """Return the people of *actor*'s team with what they did in the last four weeks."""
    team = list(team_of(actor).prefetch_related("grants"))
    everybody, zone = _everybody(actor.agency_id), _zone()
    weeks = weeks_until(now, zone)[-LATELY:]
    counts, peers = count(everybody, weeks, zone), peers_by_person(everybody)
    lines = people_of(actor.agency_id, parameters=parameters_at(now), now=now)
    trained = {line.person.pk: line for line in lines}
    return [
        Member(
            person,
            sorted(grant.role for grant in person.grants.all() if grant.withdrawn_at is None),
            _figures(person, peers.get(person.pk, []), weeks, counts),
            trained.get(person.pk),
        )
        for person in team
    ]


def record_of(person: User, *, now: datetime) -> Record:
    """Return what *person* did, whose supervisor is looking."""
    everybody, zone = _everybody(person.agency_id), _zone()
    weeks = weeks_until(now, zone)
    counts = count({*everybody, person}, weeks, zone)
    peers = peers_by_person(everybody).get(person.pk, [])
    begins = datetime.combine(weeks[0], time(), zone)
    searches = _entries(person, begins, Kind.QUERY_ASKED, Kind.QUERY_HELD)
    lines = people_of(person.agency_id, parameters=parameters_at(now), now=now)
    return Record(
        person,
        [Week(week, _figures(person, peers, [week], counts)) for week in reversed(weeks)],
        [_search(leaf) for leaf in searches[:MOST_SEARCHES]],
        [_refusal(leaf) for leaf in _entries(person, begins, Kind.REQUEST_REFUSED)[:MOST_SEARCHES]],
        next((line.decision for line in lines if line.person.pk == person.pk), None),
        len(searches) > MOST_SEARCHES,
    )


def _everybody(agency_id: int) -> list[User]:
    return list(User.objects.filter(agency_id=agency_id, is_active=True).prefetch_related("grants"))


def _zone() -> ZoneInfo:
    return ZoneInfo(owning_agency().time_zone)


def _figures(person: User, peers: Sequence[User], weeks: Sequence[date], counts: Counts) -> list[Figure]:
    def total(someone: User, key: str) -> int:
        return sum(counts.get((someone.username, key, week), 0) for week in weeks)

    return [
        Figure(
            measure.label, total(person, measure.key), peers_of([total(peer, measure.key) for peer in peers])
        )
        for measure in MEASURES
    ]


def _entries(person: User, since: datetime, *kinds: Kind) -> list[LedgerLeaf]:
    found = LedgerLeaf.objects.select_related("kept_body").filter(
        kind__in=kinds, at__gte=since, kept_body__actor=person.username
    )
    return list(found.order_by("-seq")[: MOST_SEARCHES + 1])


def _search(leaf: LedgerLeaf) -> Search:
    assert leaf.body is not None  # it was found by its body
    details = leaf.body.content["details"]
    purpose = str(details.get("purpose", ""))
    return Search(
        leaf.seq,
        leaf.at,
        Purpose(purpose).label if purpose else "",
        str(details.get("case", "")),
        leaf.kind == Kind.QUERY_HELD,
    )


def _refusal(leaf: LedgerLeaf) -> tuple[int, datetime, str, str]:
    assert leaf.body is not None  # likewise
    details = leaf.body.content["details"]
    return leaf.seq, leaf.at, str(details.get("clause", "")), str(details.get("reason", ""))
