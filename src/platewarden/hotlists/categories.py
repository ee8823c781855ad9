"""Which categories the agency has switched on, since when, by whom and why; and proposing to switch one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count

from platewarden.adoption.actions import propose_value
from platewarden.adoption.in_force import parameters_at
from platewarden.adoption.models import AdoptedValue
from platewarden.hotlists.models import Entry, Snapshot
from platewarden.policy.actor import Actor
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import definition
from platewarden.site.looks import shared

PARAMETER: Final = "hotlist.categories"


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category as it stands now.

    Attributes:
        category: The category.
        is_on: Whether lists may hold it.
        since: From when on that has held; None while it is as the policy itself says.
        why: The reason given for it, or where the policy's own value comes from.
        proposed_by: Full name of whoever proposed it; empty for the policy's own.
        adopted_by: Full name of whoever adopted it.
        entries: How many entries of the lists in use are of it.
        left_out: How many lines were left out of the lists in use because it is switched off.
        waiting: A proposal that would switch it and waits for a second person.
    """

    category: Category
    is_on: bool
    since: datetime | None
    why: str
    proposed_by: str
    adopted_by: str
    entries: int
    left_out: int
    waiting: AdoptedValue | None


def lines_of_categories(*, agency_id: int, now: datetime) -> list[CategoryLine]:
    """Return every category there can be, those switched on first."""
    rows = AdoptedValue.objects.filter(name=PARAMETER).select_related("proposed_by", "approved_by")
    adopted = [row for row in rows if row.approved_at is not None and row.in_force_from <= now]
    waiting = [row for row in rows if row.approved_at is None]
    on = parameters_at(now).codes(PARAMETER)
    entries, left_out = _entries(agency_id), _left_out(agency_id)
    lines = [
        _line(category, category in on, adopted, waiting, entries.get(category, 0), left_out.get(category, 0))
        for category in Category
    ]
    return sorted(lines, key=lambda line: not line.is_on)


def _line(  # noqa: PLR0917 - the columns of the page
    category: Category,
    is_on: bool,  # noqa: FBT001 - likewise
    adopted: Iterable[AdoptedValue],
    waiting: Iterable[AdoptedValue],
    entries: int,
    left_out: int,
) -> CategoryLine:
    found = definition(PARAMETER)
    assert isinstance(found.default, tuple)
    switched, was_on = None, category in found.default
    for row in adopted:
        if (category in row.value) != was_on:
            switched, was_on = row, not was_on
    return CategoryLine(
        category=category,
        is_on=is_on,
        since=switched.in_force_from if switched else None,
        why=switched.why if switched else found.source,
        proposed_by=switched.proposed_by.full_name if switched else "",
        adopted_by=switched.approved_by.full_name if switched and switched.approved_by else "",
        entries=entries,
        left_out=left_out,
        waiting=next((row for row in waiting if (category in row.value) != is_on), None),
    )


def _entries(agency_id: int) -> dict[str, int]:
    counted = (
        Entry.objects.filter(agency_id=agency_id, snapshot__is_current=True, withdrawn_at=None)
        .values_list("category")
        .annotate(Count("pk"))
    )
    return dict(counted)


def _left_out(agency_id: int) -> dict[str, int]:
    """Return how many lines the lists in use leave out, by what follows the clause in their reports."""
    found: dict[str, int] = {}
    for refused in refused_in_use(agency_id):
        for key, count in refused.items():
            code = key.partition(" ")[2]
            found[code] = found.get(code, 0) + count
    return found


@shared
def refused_in_use(agency_id: int) -> list[dict[str, int]]:
    """Return what each list in use leaves out, by clause and category."""
    current = Snapshot.objects.filter(hotlist__agency_id=agency_id, is_current=True)
    return list(current.values_list("refused", flat=True))


def propose_switch(
    *, category: Category, on: bool, why: str, in_force_from: datetime, actor: Actor, now: datetime
) -> AdoptedValue:
    """Propose to switch *category* on or off; it holds once somebody else has adopted it.

    > HOT-3: A hotlist holds only entries of the categories the agency has switched on

    Raises:
        PolicyRefusal: *actor* may not propose parameters.
    """
    codes = set(parameters_at(now).codes(PARAMETER))
    codes = codes | {category.value} if on else codes - {category.value}
    return propose_value(
        name=PARAMETER,
        value=tuple(sorted(codes)),
        why=why,
        in_force_from=in_force_from,
        actor=actor,
        now=now,
    )
