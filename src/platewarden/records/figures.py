"""What the portal may say of records requests, by month."""

from collections import Counter
from datetime import UTC, date, datetime

from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy.transparency import next_month

_COUNTED = {
    Kind.RECORDS_REGISTERED: "received",
    Kind.RECORDS_ANSWERED: "answered",
    Kind.RECORDS_OVERDUE: "overdue",
}


def figures_of_month(agency_id: int, month: date) -> dict[str, int]:
    """Return how many requests were received, answered, and found overdue in *month* (its first day, UTC).

    > TPR-1: Statistics of use are published through a transparency portal: measured, never typed in
    """
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (month, next_month(month)))
    entries = LedgerBody.objects.select_related("leaf").filter(
        leaf__kind__in=_COUNTED, leaf__at__gte=begin, leaf__at__lt=end
    )
    counts = Counter(
        _COUNTED[Kind(entry.leaf.kind)]
        for entry in entries
        if entry.content["actor"].get("agency", agency_id) == agency_id
    )
    return {name: counts[name] for name in _COUNTED.values()}
