"""What the hotlist pages show, put together for their templates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count

from platewarden.hotlists.in_force import in_force
from platewarden.hotlists.matching import list_is_stale, max_age_of
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.policy.actor import Actor
from platewarden.policy.hotlists import Category, may_load
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may
from platewarden.site.components import relative

_HOUR = timedelta(hours=1)


def rights_of(actor: Actor) -> dict[str, bool]:
    """Return what *actor* may do about lists and entries, as templates ask for it."""
    return {
        "may_load": may_load(actor).allowed,
        "may_enter": may(actor, Right.ENTER_MANUALLY).allowed,
        "may_approve": may(actor, Right.APPROVE_ENTRIES).allowed,
        "may_withdraw_any": may(actor, Right.WITHDRAW_ANY_ENTRY).allowed,
    }


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
    counts = _counts(list(current.values()), parameters=parameters, now=now)
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


def _counts(
    snapshots: Sequence[Snapshot], *, parameters: Parameters, now: datetime
) -> dict[int, list[tuple[str, int]]]:
    counted = (
        Entry.objects.filter(in_force(parameters=parameters, now=now), snapshot__in=snapshots)
        .values_list("snapshot_id", "category")
        .annotate(count=Count("pk"))
        .order_by("-count")
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for snapshot_id, category, count in counted:
        found.setdefault(snapshot_id, []).append((Category(category).label, count))
    return found
