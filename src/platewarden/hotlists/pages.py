"""What the hotlist pages show, put together for their templates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from platewarden.hotlists.matching import list_is_stale, max_age_of
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.policy.hotlists import Category, completion_due_at
from platewarden.policy.parameters import Parameters
from platewarden.site.components import relative

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ListSheet:
    """One list with its current snapshot, as it stands now.

    Attributes:
        hotlist: The list.
        snapshot: Its current snapshot; None before the first load.
        is_stale: Whether it is older than it may be (HOT-1).
        age: How long ago it took effect, in words.
        max_age_hours: From what age it is stale.
        entries: How many entries match now.
        categories: The same by category, in words, the largest first.
    """

    hotlist: Hotlist
    snapshot: Snapshot | None
    is_stale: bool
    age: str
    max_age_hours: int
    entries: int
    categories: list[tuple[str, int]] = field(default_factory=list)


def sheets_of(hotlists: Iterable[Hotlist], *, parameters: Parameters, now: datetime) -> list[ListSheet]:
    """Return *hotlists* as sheets, those kept by hand first, in two look-ups however many there are."""
    hotlists = sorted(hotlists, key=lambda hotlist: (not hotlist.is_manual, hotlist.name.lower()))
    snapshots = Snapshot.objects.filter(hotlist__in=hotlists, is_current=True).select_related("hotlist")
    current = {snapshot.hotlist_id: snapshot for snapshot in snapshots}
    counts = _counts(list(current.values()), now)
    return [_sheet(hotlist, current.get(hotlist.pk), counts, parameters, now) for hotlist in hotlists]


def _sheet(
    hotlist: Hotlist,
    snapshot: Snapshot | None,
    counts: dict[int, list[tuple[str, int]]],
    parameters: Parameters,
    now: datetime,
) -> ListSheet:
    categories = counts.get(snapshot.pk, []) if snapshot else []
    return ListSheet(
        hotlist=hotlist,
        snapshot=snapshot,
        is_stale=snapshot is not None and list_is_stale(snapshot, parameters=parameters, now=now),
        age=_age(snapshot.effective_at, now=now) if snapshot else "",
        max_age_hours=max_age_of(hotlist, parameters=parameters) // _HOUR,
        entries=sum(count for _, count in categories),
        categories=categories,
    )


def _age(moment: datetime, *, now: datetime) -> str:
    """Return how long ago *moment* was; in hours while hours decide whether a list is stale."""
    hours = (now - moment) // _HOUR
    return f"{hours} hours ago" if 24 <= hours < 72 else relative(moment, now=now)  # noqa: PLR2004 - one to three days


def _counts(snapshots: Sequence[Snapshot], now: datetime) -> dict[int, list[tuple[str, int]]]:
    counted = (
        Entry.objects.filter(_live(now), snapshot__in=snapshots)
        .values_list("snapshot_id", "category")
        .annotate(count=Count("pk"))
        .order_by("-count")
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for snapshot_id, category, count in counted:
        found.setdefault(snapshot_id, []).append((Category(category).label, count))
    return found


def _live(now: datetime) -> Q:
    return Q(withdrawn_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry made by hand.

    Attributes:
        entry: The entry.
        category: In words.
        standing: ``in force``, ``expired`` or ``withdrawn``.
        ends: How long until it ends, in words.
        number_due_at: When its case number is due, while it lacks one.
        is_number_overdue: Whether that is past.
    """

    entry: Entry
    category: str
    standing: str
    ends: str
    number_due_at: datetime | None
    is_number_overdue: bool


def live_entries_first(hotlist: Hotlist, *, now: datetime) -> QuerySet[Entry]:
    """Return the entries of a list kept by hand: those in force first, the newest on top."""
    entries = Entry.objects.filter(snapshot__hotlist=hotlist, snapshot__is_current=True)
    return entries.annotate(in_force=_live(now)).order_by("-in_force", "-pk").select_related("entered_by")


def lines_of(entries: Iterable[Entry], *, parameters: Parameters, now: datetime) -> list[EntryLine]:
    """Return *entries* as lines, in their order."""
    return [_line(entry, parameters, now) for entry in entries]


def _line(entry: Entry, parameters: Parameters, now: datetime) -> EntryLine:
    due_at = completion_due_at(entry.entered_at, parameters=parameters) if entry.is_exigent else None
    return EntryLine(
        entry=entry,
        category=Category(entry.category).label,
        standing=_standing(entry, now),
        ends=relative(entry.expires_at, now=now) if entry.expires_at else "",
        number_due_at=due_at,
        is_number_overdue=due_at is not None and due_at <= now,
    )


def _standing(entry: Entry, now: datetime) -> str:
    if entry.withdrawn_at is not None:
        return "withdrawn"
    if entry.expires_at is not None and entry.expires_at <= now:
        return "expired"
    return "in force"
