"""The one document that page, JSON and CSV are made of: nothing reaches the public but through it."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from platewarden.evaluation.shares import Share
from platewarden.policy.use import Purpose
from platewarden.transparency.measuring import STEPS, chapters
from platewarden.transparency.models import MonthlyFigures, PresentState

VERSION: Final = "2.0"
"""Of the data: the first number changes when a name changes or goes, the second when one is new."""

COLUMNS: Final = ("month", "table", "item", "count", "is_withheld")
"""Of the CSV."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What is public: the present state and the published months, the earliest first.

    Attributes:
        facts: The present state, as `transparency.standing` gives it.
        measured_at: When it was measured, ISO 8601.
        months: Published figures by month, with both shares.
        mark: Changes whenever anything of it does.
    """

    facts: dict[str, Any]
    measured_at: str
    months: list[dict[str, Any]]
    mark: str


def publication_of(state: PresentState) -> Publication:
    """Return what is public of the agency of *state*."""
    rows = MonthlyFigures.objects.filter(agency_id=state.agency_id, published_at__isnull=False)
    months = [_month(figures) for figures in rows]
    last = max((figures.entry or 0 for figures in rows), default=0)
    return Publication(
        state.facts, state.measured_at.isoformat(), months, f"{state.measured_at:%Y%m%dT%H%M%S%f}-{last}"
    )


def _month(figures: MonthlyFigures) -> dict[str, Any]:
    published = _in_order(figures.published or {})
    hits = published["hits"]
    return {
        **published,
        "verified_share": _share(hits["verified"], hits["raised"]),
        "false_hit_rate": _share(hits["false"], hits["ended"]),
        "ledger_entry": figures.entry,
    }


def _in_order(kept: dict[str, Any]) -> dict[str, Any]:
    """Return published figures as the policy orders things: the database keeps no order of members."""
    searches, refusals = kept["searches"], kept["refusals"]
    purposes = [purpose.value for purpose in Purpose]
    return {
        "month": kept["month"],
        "threshold": kept["threshold"],
        "reads": kept["reads"],
        "hits": {step: kept["hits"][step] for step in STEPS},
        "searches": {"total": searches["total"], "by_purpose": _sorted(searches["by_purpose"], purposes)},
        "refusals": {"total": refusals["total"], "by_chapter": _sorted(refusals["by_chapter"], chapters())},
    }


def _sorted(counts: dict[str, Any], order: list[str]) -> dict[str, Any]:
    """Return *counts* in the given order; what the policy no longer knows comes last."""
    known = [name for name in order if name in counts]
    return {name: counts[name] for name in (*known, *sorted(counts.keys() - set(known)))}


def _share(part: int | None, whole: int | None) -> dict[str, float] | None:
    """Return a share with its 95 % Wilson interval, made of counts that are shown; else, and of nothing, None."""
    return None if part is None or not whole else Share(part, whole).as_json()


def as_json(publication: Publication) -> str:
    """Return the whole publication as JSON; docs/reference/transparency-data.md says what is what."""
    document = {
        "version": VERSION,
        "measured_at": publication.measured_at,
        "now": {name: fact for name, fact in publication.facts.items() if name != "checkpoint"},
        "checkpoint": publication.facts["checkpoint"],
        "months": publication.months,
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def as_csv(publication: Publication) -> str:
    """Return every count of every month, one a line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for month in publication.months:
        for table, item, count in _counts(month):
            writer.writerow([month["month"], table, item, "" if count is None else count, int(count is None)])
    return buffer.getvalue()


def _counts(month: dict[str, Any]) -> Iterator[tuple[str, str, int | None]]:
    yield "reads", "total", month["reads"]
    for step in STEPS:
        yield "hits", step, month["hits"][step]
    for table, of in (("searches", "by_purpose"), ("refusals", "by_chapter")):
        yield table, "total", month[table]["total"]
        for item, count in month[table][of].items():
            yield table, item, count
