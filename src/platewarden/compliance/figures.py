"""What a measured figure is, and the few ways in which all of them are told."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count

from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.parameters import Parameters

RECENTLY: Final = timedelta(days=30)
"""What "of late" means in figures that count events."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One measured figure.

    Attributes:
        label: What was measured.
        value: The figure, with its unit, in words.
        tone: ``good`` holds, ``warning`` needs somebody soon, ``danger`` broken, ``quiet`` says nothing either way.
        note: What it is compared with, or what to do.
    """

    label: str
    value: str
    tone: str = "quiet"
    note: str = ""

    @property
    def needs_someone(self) -> bool:
        """Whether a person should look into it."""
        return self.tone in {"warning", "danger"}


@dataclass(frozen=True, slots=True)
class Scene:
    """For whom, under which values and when it is measured; `seen` holds what several figures look at together."""

    agency_id: int
    parameters: Parameters
    now: datetime
    seen: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


def span(length: timedelta) -> str:
    """Return *length* in its largest whole unit, e.g. ``3 days``."""
    for unit, name in (
        (timedelta(days=1), "day"),
        (timedelta(hours=1), "hour"),
        (timedelta(minutes=1), "minute"),
    ):
        if count := length // unit:
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "under a minute"


def count(label: str, number: int, *, ill: str = "", tone: str = "warning") -> Evidence:
    """Return a count that ought to be zero when *ill* says what to do about it, or else means nothing by itself."""
    if not ill:
        return Evidence(label, f"{number:,}")
    return Evidence(label, f"{number:,}", tone if number else "good", ill if number else "")


def entries(kind: Kind, scene: Scene) -> int:
    """Return how many entries of *kind* were made of late; those of all kinds are counted together, once a page."""
    if "entries" not in scene.seen:
        made = LedgerLeaf.objects.filter(at__gte=scene.now - RECENTLY).order_by()
        scene.seen["entries"] = dict(made.values_list("kind").annotate(Count("pk")))
    return int(scene.seen["entries"].get(kind, 0))
