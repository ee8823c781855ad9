"""Candidates from the current snapshots by skeleton, graded one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from platewarden.hotlists.formats.rows import ANY_STATE
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.matching.grades import Match, grade
from platewarden.matching.plates import skeleton
from platewarden.policy.hits import raises_alert
from platewarden.policy.hotlists import is_stale
from platewarden.policy.parameters import Parameters
from platewarden.reads.models import Read


@dataclass(frozen=True, slots=True)
class MatchedEntry:
    """A read, the entry it matched, how well, and whether the entry's list is past its age."""

    read: Read
    entry: Entry
    match: Match
    is_stale: bool


def matches_for(reads: Sequence[Read], *, parameters: Parameters, now: datetime) -> list[MatchedEntry]:
    """Return what of *reads* matches a live entry in a grade that the agency alerts on, best grade first."""
    by_skeleton: dict[str, list[Read]] = {}
    for read in reads:
        by_skeleton.setdefault(skeleton(read.plate), []).append(read)
    pairs = (
        (read, entry)
        for entry in _live_entries(list(by_skeleton), reads, parameters=parameters, now=now)
        for read in by_skeleton[entry.skeleton]
    )
    graded = (_graded(read, entry, parameters=parameters, now=now) for read, entry in pairs)
    found = [matched for matched in graded if matched is not None]
    return sorted(found, key=lambda matched: matched.match.grade.rank)


def _live_entries(
    skeletons: list[str], reads: Sequence[Read], *, parameters: Parameters, now: datetime
) -> list[Entry]:
    """Return the entries in force; one whose category has been switched off since it was loaded is not."""
    if not reads:
        return []
    live = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    entries = Entry.objects.filter(
        live,
        agency_id=reads[0].agency_id,
        skeleton__in=skeletons,
        category__in=parameters.codes("hotlist.categories"),
        snapshot__is_current=True,
        withdrawn_at__isnull=True,
    )
    return list(entries.select_related("snapshot__hotlist").order_by("pk"))


def _graded(read: Read, entry: Entry, *, parameters: Parameters, now: datetime) -> MatchedEntry | None:
    entry_state = None if entry.state == ANY_STATE else entry.state
    match = grade(read.plate, read.state, entry.plate, entry_state, confidences=read.char_confidences)
    if match is None or not raises_alert(match.grade, parameters=parameters):
        return None
    return MatchedEntry(read, entry, match, list_is_stale(entry.snapshot, parameters=parameters, now=now))


def list_is_stale(snapshot: Snapshot, *, parameters: Parameters, now: datetime) -> bool:
    """Whether *snapshot*'s list is older than it may be; a list kept by hand never is."""
    if snapshot.hotlist.is_manual:
        return False
    return is_stale(snapshot.effective_at, max_age_of(snapshot.hotlist, parameters=parameters), now=now)


def max_age_of(hotlist: Hotlist, *, parameters: Parameters) -> timedelta:
    """Return the age from which *hotlist* is stale: its own where that is shorter than the agency's."""
    longest = parameters.hours("hotlist.max_age_hours")
    return min(longest, timedelta(hours=hotlist.max_age_hours)) if hotlist.max_age_hours else longest
