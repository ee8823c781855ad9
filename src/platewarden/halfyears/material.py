"""What a report is drawn up from: plain values, gathered at one moment; no plate is among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from platewarden.auditing.facts import QueryFact
from platewarden.auditing.signals import Signal
from platewarden.policy.halfyears import Period
from platewarden.policy.hits import ActionTaken, Finding


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who searched, or could have."""

    id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Search:
    """One search: what the audit knows of it, of which places it asked, and whether a second person decided on it.

    Attributes:
        fact: What the signals look at.
        places: Areas, or cameras that are in none; empty where it asked of all cameras.
        held_for: Why a second person had to decide; empty for most.
        decision: ``released``, ``denied``, or empty where it lapsed or none was needed.
    """

    fact: QueryFact
    places: tuple[str, ...] = ()
    held_for: tuple[str, ...] = ()
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One search that was refused, and by which clause."""

    entry: int
    at: datetime
    person: str
    clause: str


@dataclass(frozen=True, slots=True)
class Ended:
    """One alert that has ended, reduced to what outlives its day."""

    number: int
    at: datetime
    category: str
    finding: Finding
    action: ActionTaken
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One week of the period: its review, if there was one.

    Attributes:
        week: Its name, e.g. ``2026-W09``.
        due_at: By when it is to be closed.
        closed_at: When it was; None while it is open, or where nobody opened it.
        is_opened: Whether its sample was drawn.
        seed: Root hash that the sample was drawn from, in hex, and the size of its checkpoint.
        marks: How many items got which verdict, in words.
        waiting: How many items have no mark, or a question that nobody has answered.
    """

    week: str
    due_at: datetime
    closed_at: datetime | None = None
    is_opened: bool = False
    seed: str = ""
    seed_size: int = 0
    marks: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Loads:
    """How current one hotlist was kept: how often it was loaded, and the longest time between two loads."""

    name: str
    loads: int
    longest_hours: float
    limit_hours: float


@dataclass(frozen=True, slots=True)
class Opened:
    """Something that is open when the report is drawn up, and where one finds it."""

    what: str
    since: datetime
    where: str


@dataclass(frozen=True, slots=True)
class Material:
    """Everything about one period.

    Attributes:
        period: Which it is.
        zone: Where the agency is: hours and days are its own.
        on_ledger: How many searches the ledger has of the period, counted by its leaves and not by what was read.
        searches: Every search that could be read.
        signals: What stands out among them.
        people: Everybody who could search, by account id.
        refusals: Searches that were refused.
        ended: Alerts that ended.
        reviews: The weeks of the period, in order.
        looked_at: For entries under review, what was said of them last, in words.
        loads: How current the lists were.
        counts: Further counts, by their words.
        open: What is open now.
        is_invented: Whether all of it was made up for the demo.
    """

    period: Period
    zone: tzinfo
    on_ledger: int
    searches: Sequence[Search]
    signals: Sequence[Signal]
    people: Mapping[str, Person]
    refusals: Sequence[Refusal] = ()
    ended: Sequence[Ended] = ()
    reviews: Sequence[Reviewed] = ()
    looked_at: Mapping[int, str] = field(default_factory=dict)
    loads: Sequence[Loads] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    open: Sequence[Opened] = ()
    is_invented: bool = False
