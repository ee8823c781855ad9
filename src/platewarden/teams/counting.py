"""What people did, by week, as the ledger has it: counts, no plate."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncWeek

from platewarden.accounts.models import User
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf

WEEKS: Final = 12
"""How many weeks the pages look back, the present one included."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted.

    Attributes:
        key: Its name in the program.
        label: Its name on the page.
        kinds: The ledger's entries that it counts.
    """

    key: str
    label: str
    kinds: tuple[Kind, ...]


MEASURES: Final = (
    Measure("searches", "Searches", (Kind.QUERY_ASKED, Kind.QUERY_HELD)),
    Measure("refusals", "Refusals", (Kind.REQUEST_REFUSED,)),
    Measure("verified", "Alerts verified", (Kind.ALERT_VERIFIED,)),
    Measure("ended", "Alerts ended", (Kind.ALERT_DISPOSED,)),
    Measure("training", "Courses passed", (Kind.TRAINING_PASSED,)),
    Measure("sign_ins", "Sign-ins", (Kind.SIGN_IN_SUCCEEDED,)),
    Measure("failed", "Failed sign-ins", (Kind.SIGN_IN_FAILED,)),
)
_MEASURE_OF: Final = MappingProxyType({kind: measure.key for measure in MEASURES for kind in measure.kinds})

Counts = Mapping[tuple[str, str, date], int]
"""How often, by sign-in name, measure and the Monday that a week begins with."""


def weeks_until(now: datetime, zone: ZoneInfo) -> list[date]:
    """Return the Mondays of the weeks that the pages show, the present one last."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def count(people: Iterable[User], weeks: list[date], zone: ZoneInfo) -> Counts:
    """Return what *people* did in *weeks*; weeks begin on Monday in *zone*."""
    begins = datetime.combine(weeks[0], time(), zone)
    found = (
        LedgerLeaf.objects.filter(
            kind__in=[kind.value for kind in _MEASURE_OF],
            at__gte=begins,
            kept_body__actor__in=[person.username for person in people],
        )
        .annotate(week=TruncWeek("at", tzinfo=zone))
        .values_list("kept_body__actor", "kind", "week")
        .annotate(number=Count("seq"))
        .order_by()
    )
    counts: Counter[tuple[str, str, date]] = Counter()
    for name, kind, week, number in found:
        counts[name, _MEASURE_OF[Kind(kind)], week.astimezone(zone).date()] += number
    return counts


def peers_by_person(people: Iterable[User]) -> dict[int, list[User]]:
    """Return for each of *people* the others who hold the same roles; their grants are looked up beforehand."""
    groups: dict[frozenset[str], list[User]] = defaultdict(list)
    for person in people:
        groups[_roles(person)].append(person)
    return {
        person.pk: [other for other in group if other.pk != person.pk]
        for group in groups.values()
        for person in group
    }


def _roles(person: User) -> frozenset[str]:
    return frozenset(grant.role for grant in person.grants.all() if grant.withdrawn_at is None)
