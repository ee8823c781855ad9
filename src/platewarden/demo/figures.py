"""Invented months for the demo agency's portal: its first visitors ought to see what a year looks like."""

from datetime import UTC, date, datetime
from typing import Final

from platewarden.policy.actor import Actor
from platewarden.policy.parameters import Parameters
from platewarden.policy.transparency import closes_at, next_month
from platewarden.transparency.actions import publish_figures, review_figures
from platewarden.transparency.measuring import Figures, chapters
from platewarden.transparency.models import MonthlyFigures

_MONTHS: Final = 9
_READS: Final = (412, 388, 455, 471, 498, 534, 561, 520, 477)
"""Hundreds of reads a month, as a few cameras in a small county might make them."""
_HITS: Final = (
    (131, 118, 110, 9),
    (124, 109, 101, 12),
    (142, 131, 122, 8),
    (149, 133, 125, 3),
    (160, 149, 141, 11),
    (171, 158, 150, 10),
    (176, 165, 154, 7),
    (168, 157, 149, 9),
    (151, 143, 136, 6),
)
_SEARCHES: Final = (31, 28, 35, 33, 40, 38, 44, 41, 36)


def publish_invented_months(
    *, reviewer: Actor, publisher: Actor, parameters: Parameters, now: datetime
) -> None:
    """Enter months that have closed, each looked at and published as real ones are."""
    months = [now.astimezone(UTC).date().replace(day=1)]
    while closes_at(months[-1], parameters=parameters) > now:
        months[-1] = _month_before(months[-1])
    while len(months) < _MONTHS:
        months.append(_month_before(months[-1]))
    for place, month in enumerate(reversed(months)):
        counts = _invented(place)
        MonthlyFigures.objects.create(
            agency_id=reviewer.agency_id, month=month, counts=counts, measured_at=now
        )
        review_figures(month=month, actor=reviewer, now=now)
        publish_figures(month=month, actor=publisher, now=now)


def _invented(place: int) -> Figures:
    raised, verified, ended, false = _HITS[place]
    searches = _SEARCHES[place]
    return {
        "reads": 100 * _READS[place] + 37 * place,
        "hits": {"raised": raised, "verified": verified, "ended": ended, "false": false},
        "searches": {
            "criminal_investigation": searches,
            "offender": searches // 3,
            "planned_crime": 0 if place % 3 else 2,
            "missing_victim_or_witness": 6 + place % 4,
            "public_safety_threat": 0,
        },
        "refusals": dict.fromkeys(chapters(), 0) | {"QRY": 11 + place % 5, "HOT": 5 + place % 3},
    }


def _month_before(month: date) -> date:
    earlier = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    assert next_month(earlier) == month
    return earlier
