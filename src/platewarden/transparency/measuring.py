"""A month's counts, by query of what outlives the reads: hourly counts, alerts without their hits, the ledger."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db.models import Sum

from platewarden.alerts.models import Alert
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy.capture import CameraKind
from platewarden.policy.clauses import clauses
from platewarden.policy.hits import Finding
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import Parameters
from platewarden.policy.transparency import next_month, steps_shown, table_shown
from platewarden.policy.use import Purpose
from platewarden.reads.models import ReadCount

STEPS: Final = ("raised", "verified", "ended", "false")
"""Alerts of a month: all, those that a person has verified, of these those with a disposition, of these the false."""

NOBODYS: Final = 0
"""Agency of an actor who has not signed in."""

Figures = dict[str, Any]
"""JSON: how many reads, alerts by step, searches by purpose, refusals by chapter of the policy."""


def chapters() -> list[str]:
    """Return the codes of the policy's chapters, in its order."""
    return list(dict.fromkeys(clause.id.partition("-")[0] for clause in clauses()))


def measure_month(agency_id: int, month: date) -> Figures:
    """Count what happened in *month* (its first day, UTC)."""
    begin, end = _midnight(month), _midnight(next_month(month))
    counted = ReadCount.objects.filter(agency_id=agency_id, hour__gte=begin, hour__lt=end)
    reads = counted.exclude(camera__kind=CameraKind.RENDERED).aggregate(Sum("reads"))["reads__sum"]
    asked = Counter(
        str(details.get("purpose")) for details in _details((Kind.QUERY_ASKED, Kind.QUERY_HELD), begin, end)
    )
    refused = Counter(
        str(details.get("clause", "")).partition("-")[0]
        for details in _details((Kind.REQUEST_REFUSED,), begin, end)
    )
    return {
        "reads": reads or 0,
        "hits": _steps(agency_id, begin, end),
        "searches": {purpose.value: asked[purpose.value] for purpose in Purpose if purpose.justifies_query},
        "refusals": {chapter: refused[chapter] for chapter in chapters()},
    }


def _steps(agency_id: int, begin: datetime, end: datetime) -> dict[str, int]:
    raised = Alert.objects.filter(agency_id=agency_id, raised_at__gte=begin, raised_at__lt=end)
    raised = raised.exclude(category=Category.CALIBRATION)
    verified = raised.filter(verified_at__isnull=False)
    ended = verified.filter(disposed_at__isnull=False)
    false = ended.filter(finding__in=[finding.value for finding in Finding if finding.is_false_hit])
    counts = (queryset.count() for queryset in (raised, verified, ended, false))
    return dict(zip(STEPS, counts, strict=True))


def _details(kinds: Iterable[Kind], begin: datetime, end: datetime) -> Iterable[dict[str, Any]]:
    """Yield what entries say, of our own people and of guests alike; not of somebody who has not signed in."""
    bodies = LedgerBody.objects.filter(leaf__kind__in=kinds, leaf__at__gte=begin, leaf__at__lt=end)
    for body in bodies.iterator():
        content = body.content
        if content["actor"].get("agency") != NOBODYS:
            yield content["details"]


def as_published(month: date, counts: Figures, *, parameters: Parameters) -> Figures:
    """Return *counts* as the public sees them: nothing in it depends on a small count but that it is small."""
    threshold = parameters.integer("transparency.small_count")
    hits = steps_shown([counts["hits"][step] for step in STEPS], threshold=threshold)
    searches = table_shown(counts["searches"], threshold=threshold)
    refusals = table_shown(counts["refusals"], threshold=threshold)
    return {
        "month": f"{month:%Y-%m}",
        "threshold": threshold,
        "reads": table_shown({"reads": counts["reads"]}, threshold=threshold).total,
        "hits": dict(zip(STEPS, hits, strict=True)),
        "searches": {"total": searches.total, "by_purpose": dict(searches.parts)},
        "refusals": {"total": refusals.total, "by_chapter": dict(refusals.parts)},
    }


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
