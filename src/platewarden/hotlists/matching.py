"""From reads to the entries they match: candidates by key, graded one by one.

Every key is looked up in one statement: the read's own skeleton, those of the camera's other readings, what a plate
one character away shares with it where a category asks for those, and the anchors of partial entries. What comes back
is compared in full; a key never decides anything.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from platewarden.hotlists.formats.rows import ANY_STATE
from platewarden.hotlists.looking_up import Candidate, WantedKeys, compared_near, look_up, whole_entries
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.matching.edits import Parts, PartsNear, is_one_edit, parts, parts_near, skeletons_near
from platewarden.matching.grades import Match
from platewarden.matching.patterns import anchors_within
from platewarden.matching.plates import skeleton
from platewarden.policy.hits import ReadFacts, weigh
from platewarden.policy.hotlists import Category, is_stale
from platewarden.policy.parameters import Parameters
from platewarden.reads.models import Read


@dataclass(frozen=True, slots=True)
class MatchedEntry:
    """A read and the entry it matched.

    Attributes:
        read: The read.
        entry: The entry.
        match: How well they fit, and why.
        is_stale: Whether the entry's list is past its age.
        alerts: Whether the match raises an alert; if not, it is listed as a candidate.
    """

    read: Read
    entry: Entry
    match: Match
    is_stale: bool
    alerts: bool


def matches_for(reads: Sequence[Read], *, parameters: Parameters, now: datetime) -> list[MatchedEntry]:
    """Return what of *reads* matches an entry in force in a grade that alerts or is listed, best grade first."""
    if not reads:
        return []
    keys = _keys_of(reads, parameters)
    found = [
        (read, candidate.entry_id, graded)
        for candidate in look_up(keys.wanted(), agency_id=reads[0].agency_id, parameters=parameters, now=now)
        for read in keys.reads_of(candidate)
        if (graded := _graded(read, candidate, parameters))
    ]
    entries = whole_entries({entry_id for _, entry_id, _ in found})
    matched = [
        MatchedEntry(
            read, entry, match, list_is_stale(entry.snapshot, parameters=parameters, now=now), alerts
        )
        for read, entry_id, (match, alerts) in found
        if (entry := entries.get(entry_id))
    ]
    return sorted(matched, key=lambda one: (one.match.grade.rank, one.entry.pk))


def match_with(read: Read, entry: Entry, *, parameters: Parameters, now: datetime) -> MatchedEntry | None:
    """Return how *read* matches *entry*, if the agency alerts on such a match or lists it; in force or not."""
    graded = _graded(read, entry, parameters)
    if graded is None:
        return None
    match, alerts = graded
    stale = list_is_stale(entry.snapshot, parameters=parameters, now=now)
    return MatchedEntry(read, entry, match, stale, alerts)


def _graded(read: Read, entry: Candidate | Entry, parameters: Parameters) -> tuple[Match, bool] | None:
    """Return how *read* and *entry* match, and whether that alerts; None if it is not even listed."""
    state = None if entry.state == ANY_STATE else entry.state
    return weigh(_facts(read), entry.plate, state, Category(entry.category), parameters=parameters)


@dataclass(slots=True)
class _Keys:
    """What is looked up, and which reads each key belongs to."""

    own: dict[str, list[Read]] = field(default_factory=lambda: defaultdict(list))
    near: set[str] = field(default_factory=set)
    parts: tuple[dict[str, list[Read]], ...] = field(
        default_factory=lambda: tuple(defaultdict(list) for _ in Parts._fields)
    )
    anchors: dict[str, list[Read]] = field(default_factory=lambda: defaultdict(list))

    def wanted(self) -> WantedKeys:
        """Return the keys alone."""
        return WantedKeys(self.own, self.near, PartsNear(*map(frozenset, self.parts)), self.anchors)

    def reads_of(self, entry: Candidate) -> Iterator[Read]:
        """Yield the reads that *entry* may fit, each once."""
        if entry.anchor:
            yield from self.anchors[entry.anchor]
            return
        own = self.own.get(entry.skeleton, [])
        yield from own
        sharing = {
            id(read): read
            for reads, part in zip(self.parts, parts(entry.skeleton), strict=True)
            for read in reads.get(part, ())
        }
        yield from (
            read for read in sharing.values() if is_one_edit(read.plate, entry.plate) and read not in own
        )


def _keys_of(reads: Sequence[Read], parameters: Parameters) -> _Keys:
    keys, near = _Keys(), compared_near(parameters)
    for read in reads:
        for own in {
            skeleton(read.plate),
            *map(skeleton, _facts(read).weighed_alternates(parameters=parameters)),
        }:
            keys.own[own].append(read)
        if near.by_key:
            keys.near |= skeletons_near(read.plate)
        if any(near):
            for place, some in zip(keys.parts, parts_near(skeleton(read.plate)), strict=True):
                for part in some:
                    place[part].append(read)
        for anchor in anchors_within(read.plate):
            keys.anchors[anchor].append(read)
    return keys


def _facts(read: Read) -> ReadFacts:
    alternates = {other["plate"]: other["confidence"] for other in read.alternates}
    return ReadFacts(read.plate, read.state, read.char_confidences, alternates)


def list_is_stale(snapshot: Snapshot, *, parameters: Parameters, now: datetime) -> bool:
    """Whether *snapshot*'s list is older than it may be; a list kept by hand never is."""
    if snapshot.hotlist.is_manual:
        return False
    return is_stale(snapshot.effective_at, max_age_of(snapshot.hotlist, parameters=parameters), now=now)


def max_age_of(hotlist: Hotlist, *, parameters: Parameters) -> timedelta:
    """Return the age from which *hotlist* is stale: its own where that is shorter than the agency's."""
    longest = parameters.hours("hotlist.max_age_hours")
    return min(longest, timedelta(hours=hotlist.max_age_hours)) if hotlist.max_age_hours else longest
