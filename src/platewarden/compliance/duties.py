"""What is due next for the policy to go on holding: what people owe, of the register, and the program's own purge."""

from dataclasses import dataclass
from datetime import datetime

from platewarden.compliance.figures import Scene
from platewarden.duties.register import duties_at
from platewarden.policy import retention
from platewarden.policy.duties import Duty
from platewarden.retention.actions import kept_days


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due.

    Attributes:
        clause: Which clause asks for it.
        what: What is to be done.
        due_at: By when; None where nobody can know.
        by: Who does it: a role, whoever works the case, or the program itself.
    """

    clause: str
    what: str
    due_at: datetime | None
    by: str

    def is_overdue(self, now: datetime) -> bool:
        """Whether its day has come."""
        return self.due_at is not None and self.due_at <= now


def duties_of(scene: Scene) -> list[Due]:
    """Return what is due next, overdue first, then unknown; what people owe for themselves stands in the register."""
    owed = [duty for duty in duties_at(scene.now) if not duty.person_id or duty.clause == "RET-2"]
    found = [*(_due(duty) for duty in owed), *_purge(scene)]
    return sorted(found, key=lambda due: _place(due, scene.now))


def _place(due: Due, now: datetime) -> tuple[int, datetime]:
    rank = 1 if due.due_at is None else 0 if due.is_overdue(now) else 2
    return rank, due.due_at or now


def _due(duty: Duty) -> Due:
    by = "whoever works the case" if duty.person_id else str(duty.owner)
    return Due(duty.clause, duty.what, duty.due_at, by)


def _purge(scene: Scene) -> list[Due]:
    kept = kept_days()
    if not kept:
        return []
    due = retention.purge_due_at(kept[0], parameters=scene.parameters)
    return [Due("RET-1", f"Remove the reads of {kept[0]}", due, "the program")]
