"""What the candidate pages show, put together for their templates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from platewarden.candidates.actions import entries_in_force, reads_of
from platewarden.candidates.models import Candidate
from platewarden.corrections.matching import found_wrong
from platewarden.matching.grades import Grade, StateRelation
from platewarden.policy.hotlists import Category
from platewarden.reads.models import Read

FILTERS = tuple(grade for grade in Grade if grade is not Grade.EXACT_STATE_AGREES)
"""Grades by which the list can be narrowed; one that agrees in everything is seldom only listed."""


class Standing(StrEnum):
    """What has become of a candidate's entry since: only a live one can still be made an alert of."""

    LIVE = "live"
    OVER = "over"
    FOUND_WRONG = "found_wrong"


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate with its read, and how its entry stands now."""

    candidate: Candidate
    read: Read
    standing: Standing

    @property
    def category(self) -> str:
        """What the entry is about."""
        return Category(self.candidate.entry_category).label

    @property
    def reasons(self) -> list[str]:
        """Why it is a candidate, one sentence a reason."""
        told: list[str] = self.candidate.comparison["reasons"]
        return told

    @property
    def disagreements(self) -> list[dict[str, str]]:
        """Where the vehicle seen is not the one described."""
        told: list[dict[str, str]] = self.candidate.comparison["vehicle"]
        return told

    @property
    def entry_state(self) -> str | None:
        """Postal code of the entry's state; None when it is expressly for any."""
        is_any = self.candidate.comparison["state"] == StateRelation.ANY
        return None if is_any else self.candidate.entry_state

    @property
    def vehicle(self) -> str:
        """The vehicle as the camera saw it, in words."""
        return self.read.vehicle


def lines_of(candidates: Iterable[Candidate], *, now: datetime) -> list[Line]:
    """Return *candidates* whose reads are still there as lines, in their order, with how each stands at *now*."""
    candidates = list(candidates)
    reads, entries = reads_of(candidates), entries_in_force(candidates, now=now)
    known = [one for one in candidates if one.read_id in reads]
    wrong = found_wrong(
        [(entries[one.entry_id], reads[one.read_id].plate) for one in known if one.entry_id in entries]
    )

    def standing_of(one: Candidate) -> Standing:
        if one.entry_id not in entries:
            return Standing.OVER
        is_wrong = (one.entry_id, reads[one.read_id].plate) in wrong
        return Standing.FOUND_WRONG if is_wrong else Standing.LIVE

    return [Line(one, reads[one.read_id], standing_of(one)) for one in known]
