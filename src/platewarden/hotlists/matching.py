"""From reads to the entries they match: candidates by key, graded one by one.

Every key is looked up in one statement: the read's own skeleton, those of the camera's other readings, those one
character away where a category asks for it, and the anchors of partial entries. What comes back is compared in
full; a key never decides anything.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from platewarden.hotlists.formats.rows import ANY_STATE
from platewarden.hotlists.in_force import IN_FORCE, in_force_values
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.matching.edits import skeletons_near
from platewarden.matching.grades import Match, grade
from platewarden.matching.patterns import anchors_within
from platewarden.matching.plates import skeleton
from platewarden.policy.hits import is_candidate, raises_alert, searches_near, weighs_alternate
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
        (read, candidate.entry_id)
        for candidate in _look_up(keys, agency_id=reads[0].agency_id, parameters=parameters, now=now)
        for read in keys.reads_of(candidate)
        if _compared(read, candidate, parameters) is not None
    ]
    entries = _entries({entry_id for _, entry_id in found})
    matched = (
        match_with(read, entries[entry_id], parameters=parameters, now=now)
        for read, entry_id in found
        if entry_id in entries
    )
    return sorted(filter(None, matched), key=lambda one: (one.match.grade.rank, one.entry.pk))


def match_with(read: Read, entry: Entry, *, parameters: Parameters, now: datetime) -> MatchedEntry | None:
    """Return how *read* matches *entry*, if the agency alerts on such a match or lists it; in force or not."""
    match = _compared(read, entry, parameters)
    if match is None:
        return None
    alerts = raises_alert(match, Category(entry.category), parameters=parameters)
    return MatchedEntry(
        read, entry, match, list_is_stale(entry.snapshot, parameters=parameters, now=now), alerts
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An entry that one of the keys found, with what grading it takes."""

    entry_id: int
    plate: str
    skeleton: str
    state: str
    category: str
    anchor: str


@dataclass(slots=True)
class _Keys:
    """What is looked up, and which reads each key belongs to."""

    own: dict[str, list[Read]] = field(default_factory=lambda: defaultdict(list))
    near: dict[str, list[Read]] = field(default_factory=lambda: defaultdict(list))
    anchors: dict[str, list[Read]] = field(default_factory=lambda: defaultdict(list))

    def reads_of(self, candidate: _Candidate) -> Iterator[Read]:
        """Yield the reads that *candidate* may fit, each once."""
        if candidate.anchor:
            yield from self.anchors[candidate.anchor]
            return
        own = self.own.get(candidate.skeleton, [])
        yield from own
        yield from (read for read in self.near.get(candidate.skeleton, []) if read not in own)


def _keys_of(reads: Sequence[Read], parameters: Parameters) -> _Keys:
    keys, goes_near = _Keys(), bool(parameters.codes("hits.one_character_categories"))
    for read in reads:
        for own in {skeleton(read.plate), *map(skeleton, _alternates(read, parameters))}:
            keys.own[own].append(read)
        for near in skeletons_near(read.plate) if goes_near else ():
            keys.near[near].append(read)
        for anchor in anchors_within(read.plate):
            keys.anchors[anchor].append(read)
    return keys


def _alternates(read: Read, parameters: Parameters) -> dict[str, float]:
    return {
        other["plate"]: other["confidence"]
        for other in read.alternates
        if weighs_alternate(other["confidence"], parameters=parameters)
    }


_COLUMNS: Final = "id, plate, skeleton, state, category, anchor"
_FROM: Final = f"""
SELECT hotlist_entries.{", hotlist_entries.".join(_COLUMNS.split(", "))}
FROM hotlist_entries JOIN hotlist_snapshots ON hotlist_snapshots.id = hotlist_entries.snapshot_id
WHERE hotlist_entries.agency_id = %s AND hotlist_snapshots.is_current AND {IN_FORCE}
"""  # noqa: S608 - our own words; values are parameters
_BY_SKELETON: Final = f"{_FROM} AND hotlist_entries.skeleton = ANY(%s)"
_BY_NEAR_SKELETON: Final = (
    f"{_BY_SKELETON} AND (hotlist_entries.skeleton = ANY(%s) OR hotlist_entries.category = ANY(%s))"
)
_BY_ANCHOR: Final = f"{_FROM} AND hotlist_entries.anchor <> '' AND hotlist_entries.anchor = ANY(%s)"


def _look_up(keys: _Keys, *, agency_id: int, parameters: Parameters, now: datetime) -> list[_Candidate]:
    usual = [agency_id, *in_force_values(parameters=parameters, now=now)]
    own, near = list(keys.own), list(keys.near)
    sql, values = _BY_SKELETON, [*usual, own]
    if near:
        categories = sorted(parameters.codes("hits.one_character_categories"))
        sql, values = _BY_NEAR_SKELETON, [*usual, [*own, *near], own, categories]
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} UNION ALL {_BY_ANCHOR}", [*values, *usual, list(keys.anchors)])
        return [_Candidate(*row) for row in cursor.fetchall()]


def _compared(read: Read, entry: _Candidate | Entry, parameters: Parameters) -> Match | None:
    """Return how *read* and *entry* match, if the agency alerts on such a match or lists it."""
    category = Category(entry.category)
    match = grade(
        read.plate,
        read.state,
        entry.plate,
        None if entry.state == ANY_STATE else entry.state,
        confidences=read.char_confidences,
        with_one_character=searches_near(category, parameters=parameters),
        alternates=_alternates(read, parameters),
    )
    if match is None:
        return None
    is_kept = raises_alert(match, category, parameters=parameters) or is_candidate(
        match, category, parameters=parameters
    )
    return match if is_kept else None


def _entries(ids: set[int]) -> Mapping[int, Entry]:
    if not ids:
        return {}
    return Entry.objects.select_related("snapshot__hotlist").in_bulk(ids)


def list_is_stale(snapshot: Snapshot, *, parameters: Parameters, now: datetime) -> bool:
    """Whether *snapshot*'s list is older than it may be; a list kept by hand never is."""
    if snapshot.hotlist.is_manual:
        return False
    return is_stale(snapshot.effective_at, max_age_of(snapshot.hotlist, parameters=parameters), now=now)


def max_age_of(hotlist: Hotlist, *, parameters: Parameters) -> timedelta:
    """Return the age from which *hotlist* is stale: its own where that is shorter than the agency's."""
    longest = parameters.hours("hotlist.max_age_hours")
    return min(longest, timedelta(hours=hotlist.max_age_hours)) if hotlist.max_age_hours else longest
