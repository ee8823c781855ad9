"""From one snapshot of a list to the next: what went and what came, so that a car takes no whole list again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from platewarden.hotlists.models import Change, Snapshot, Step
from platewarden.policy.parameters import Parameters

LARGEST_SHARE: Final = 0.2
"""A step that changes more of a list than this is not kept: taking the whole list costs less."""

_CHANGES: Final = """
    SELECT plate, fingerprint, true FROM hotlist_entries f WHERE snapshot_id = %(former)s
    AND NOT EXISTS (SELECT FROM hotlist_entries l WHERE l.snapshot_id = %(latter)s AND l.fingerprint = f.fingerprint)
    UNION ALL
    SELECT plate, fingerprint, false FROM hotlist_entries l WHERE snapshot_id = %(latter)s
    AND NOT EXISTS (SELECT FROM hotlist_entries f WHERE f.snapshot_id = %(former)s AND l.fingerprint = f.fingerprint)
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """What distinguishes two snapshots: plate and fingerprint of what went, and fingerprints of what came."""

    removed: frozenset[tuple[str, int]]
    added: frozenset[int]


def take_step(former: Snapshot, latter: Snapshot, *, parameters: Parameters, now: datetime) -> None:
    """Keep what *latter* changes against *former*, while both are there; belongs to the transaction of the load."""
    changed = sum(latter.difference.get(kind, 0) for kind in ("added", "removed", "changed"))
    if not parameters.days("hotlist.steps_kept_days") or changed > LARGEST_SHARE * latter.accepted:
        return
    step = Step.objects.create(snapshot=latter, since=former, taken_at=now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO hotlist_changes (step_id, plate, fingerprint, is_removed) "  # noqa: S608 - our own words
            f"SELECT %(latter)s, c.* FROM ({_CHANGES}) c (plate, fingerprint, is_removed)",
            {"former": former.pk, "latter": step.pk},
        )


def changed_since(old: int, new: int) -> Changed | None:
    """Return what leads from the snapshot *old* to *new*; None where a step between them was not kept."""
    steps: list[int] = []
    at = old
    while at != new:
        step = Step.objects.filter(since_id=at).first()
        if step is None:
            return None
        at = step.pk
        steps.append(at)
    before: dict[tuple[str, int], bool] = {}
    after: dict[tuple[str, int], bool] = {}
    for step_id in steps:
        for plate, fingerprint, is_removed in _changes_of(step_id):
            before.setdefault((plate, fingerprint), is_removed)
            after[plate, fingerprint] = not is_removed
    removed = frozenset(one for one, was_there in before.items() if was_there and not after[one])
    added = frozenset(one[1] for one, was_there in before.items() if not was_there and after[one])
    return Changed(removed, added)


def _changes_of(step_id: int) -> Iterable[tuple[str, int, bool]]:
    rows = Change.objects.filter(step_id=step_id).values_list("plate", "fingerprint", "is_removed")
    return rows.iterator(chunk_size=20_000)


def forget_steps(*, parameters: Parameters, now: datetime) -> int:
    """Remove steps that have been kept long enough; return how many."""
    kept = parameters.days("hotlist.steps_kept_days")
    return Step.objects.filter(taken_at__lte=now - kept).delete()[1].get("hotlists.Step", 0)
