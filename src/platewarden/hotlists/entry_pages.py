"""What the pages about plates entered by hand show, put together for their templates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from platewarden.accounts.models import User
from platewarden.hotlists.in_force import in_force
from platewarden.hotlists.models import Entry, Hotlist
from platewarden.policy.actor import Actor
from platewarden.policy.audiences import Audience
from platewarden.policy.entries import completion_due_at, survives
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import Parameters
from platewarden.site.components import relative


@dataclass(frozen=True, slots=True)
class Due:
    """Something an entry still waits for.

    Attributes:
        text: What.
        at: By when.
        is_overdue: Whether that is past.
    """

    text: str
    at: datetime
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry made by hand.

    Attributes:
        entry: The entry.
        category: In words.
        standing: ``in force``, ``awaits approval``, ``switched off``, ``withdrawn``, ``expired``, or ``lapsed``
            for want of its number.
        age: How long ago it was entered, in words.
        ends: How long until it ends, in words.
        audience: For whom its alerts are, in words.
        due: What it still waits for.
    """

    entry: Entry
    category: str
    standing: str
    age: str
    ends: str
    audience: str
    due: list[Due] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.standing in {"withdrawn", "expired", "lapsed"}

    @property
    def is_overdue(self) -> bool:
        """Whether something it waits for is past its time."""
        return any(due.is_overdue for due in self.due)


def in_force_first(hotlist: Hotlist, *, parameters: Parameters, now: datetime) -> QuerySet[Entry]:
    """Return the entries of a list kept by hand: those in force first, the newest on top."""
    entries = Entry.objects.filter(snapshot__hotlist=hotlist, snapshot__is_current=True)
    shown = entries.annotate(matches=in_force(parameters=parameters, now=now))
    return shown.order_by("-matches", "-pk").select_related("entered_by", "approved_by")


def own_entries(actor: Actor, *, now: datetime) -> QuerySet[Entry]:
    """Return what *actor* has entered and has not ended, the soonest to end first."""
    going_on = Q(expires_at__gt=now, withdrawn_at__isnull=True)
    entries = Entry.objects.filter(going_on, entered_by_id=int(actor.id)).order_by("expires_at", "pk")
    return entries.select_related("entered_by", "approved_by", "snapshot__hotlist")


def lines_of(entries: Iterable[Entry], *, parameters: Parameters, now: datetime) -> list[EntryLine]:
    """Return *entries* as lines, in their order."""
    entries = list(entries)
    names = _names(entries)
    return [_line(entry, names, parameters, now) for entry in entries]


def _line(entry: Entry, names: dict[str, str], parameters: Parameters, now: datetime) -> EntryLine:
    return EntryLine(
        entry=entry,
        category=Category(entry.category).label,
        standing=_standing(entry, parameters, now),
        age=relative(entry.entered_at, now=now),
        ends=relative(entry.expires_at, now=now) if entry.expires_at else "",
        audience=_audience(Audience.from_codes(entry.audience), names),
        due=[] if entry.is_over(now=now) else list(_due(entry, parameters, now)),
    )


def _standing(entry: Entry, parameters: Parameters, now: datetime) -> str:
    if entry.withdrawn_at is not None:
        return "withdrawn"
    if entry.is_over(now=now):
        return "lapsed" if entry.is_exigent else "expired"
    if entry.category not in parameters.codes("hotlist.categories"):
        return "switched off"
    goes_ahead = entry.is_exigent and parameters.flag("hotlist.exigent_before_approval")
    if entry.needs_approval and entry.approved_at is None and not goes_ahead:
        return "awaits approval"
    return "in force"


def _due(entry: Entry, parameters: Parameters, now: datetime) -> Iterator[Due]:
    if entry.is_exigent:
        at = completion_due_at(entry.entered_at, parameters=parameters)
        stays = survives(Category(entry.category), parameters=parameters)
        yield Due("number, or it escalates" if stays else "number, or it ends", at, at <= now)
    if entry.needs_approval and entry.approved_at is None and entry.expires_at is not None:
        yield Due("approval by a second person", entry.expires_at, is_overdue=False)


def _audience(audience: Audience, names: dict[str, str]) -> str:
    roles = [role.value for role in sorted(audience.roles)]
    people = [names.get(one, "somebody who has left") for one in sorted(audience.people)]
    told = ", ".join([*roles, *people]) or "everybody who sees alerts"
    return f"{told}; area {', '.join(sorted(audience.areas))}" if audience.areas else told


def _names(entries: Iterable[Entry]) -> dict[str, str]:
    people = {one for entry in entries for one in Audience.from_codes(entry.audience).people}
    named = User.objects.filter(pk__in=people).values_list("pk", "full_name") if people else ()
    return {str(pk): name for pk, name in named}
