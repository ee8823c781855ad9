"""How often hits are false: shares with their intervals, by dimension and over time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from platewarden.cameras.models import Camera
from platewarden.corrections.counting import month_of
from platewarden.corrections.models import FindingCount
from platewarden.evaluation.shares import Share
from platewarden.matching.grades import Grade
from platewarden.policy.hits import Finding
from platewarden.policy.hotlists import Category

MONTHS: Final = 12
"""How many months the register looks back, the present one included."""

DIMENSIONS: Final = {"camera": "Camera", "list": "Hotlist", "grade": "Grade of match", "category": "Category"}


@dataclass(frozen=True, slots=True)
class Rate:
    """How the alerts of one camera, list, grade, category or month ended.

    Attributes:
        label: Which of them, in words.
        counts: Alerts by finding.
    """

    label: str
    counts: Mapping[Finding, int]

    @property
    def ended(self) -> int:
        """How many ended."""
        return sum(self.counts.values())

    @property
    def false(self) -> int:
        """How many of them were false hits."""
        return sum(count for finding, count in self.counts.items() if finding.is_false_hit)

    @property
    def share(self) -> Share:
        """False hits among those that ended, with its interval."""
        return Share(self.false, self.ended)

    @property
    def percent(self) -> str:
        """The share in words."""
        return f"{100 * self.share.value:.0f} %" if self.ended else "none ended"

    @property
    def interval(self) -> str:
        """The 95 % interval of the share in words."""
        low, high = self.share.interval
        return f"{100 * low:.0f} to {100 * high:.0f} %" if self.ended else ""

    @property
    def by_finding(self) -> list[tuple[str, int]]:
        """Every finding in words, with its count."""
        return [(finding.label, self.counts.get(finding, 0)) for finding in Finding]


@dataclass(frozen=True, slots=True)
class Register:
    """The figures of one agency, as they stand now.

    Attributes:
        overall: All alerts of the time looked at.
        months: One rate a month, the earliest first; months in which none ended included.
        tables: The rates of each dimension, by its heading, the most false hits first.
    """

    overall: Rate
    months: list[Rate]
    tables: dict[str, list[Rate]]


def register_of(agency_id: int, *, now: datetime) -> Register:
    """Return the figures of *agency_id* over the last `MONTHS` months."""
    months = _months(now)
    rows = list(FindingCount.objects.filter(agency_id=agency_id, month__gte=months[0]))
    whole = [row for row in rows if row.dimension == "all"]
    by_month = _grouped((row.month.isoformat(), row) for row in whole)
    names = _names(agency_id)
    return Register(
        overall=Rate("All", _sum(whole)),
        months=[Rate(f"{month:%Y-%m}", _sum(by_month.get(month.isoformat(), []))) for month in months],
        tables={
            heading: _table([row for row in rows if row.dimension == dimension], names[dimension])
            for dimension, heading in DIMENSIONS.items()
        },
    )


def _months(now: datetime) -> list[date]:
    months = [month_of(now)]
    while len(months) < MONTHS:
        first = months[0]
        months.insert(0, date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1))
    return months


def _names(agency_id: int) -> Mapping[str, Mapping[str, str]]:
    cameras = Camera.objects.filter(agency_id=agency_id).values_list("pk", "name")
    return {
        "camera": {str(pk): name for pk, name in cameras},
        "list": {},
        "grade": {grade.value: grade.label for grade in Grade},
        "category": {category.value: category.label for category in Category},
    }


def _table(rows: Iterable[FindingCount], names: Mapping[str, str]) -> list[Rate]:
    rates = [
        Rate(names.get(key, key), _sum(group))
        for key, group in _grouped((row.key, row) for row in rows).items()
    ]
    return sorted(rates, key=lambda rate: (-rate.false, -rate.ended, rate.label))


def _grouped(pairs: Iterable[tuple[str, FindingCount]]) -> dict[str, list[FindingCount]]:
    groups: dict[str, list[FindingCount]] = defaultdict(list)
    for key, row in pairs:
        groups[key].append(row)
    return groups


def _sum(rows: Iterable[FindingCount]) -> dict[Finding, int]:
    counts: dict[Finding, int] = defaultdict(int)
    for row in rows:
        counts[Finding(row.finding)] += row.count
    return dict(counts)
