"""What the portal may say of releases, by month."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Final

from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy.release_requests import RequesterClass
from platewarden.policy.transparency import next_month

_COUNTED: Final = {
    Kind.RELEASE_RECEIVED: "asked",
    Kind.RELEASE_APPROVED: "approved",
    Kind.RELEASE_DENIED: "denied",
    Kind.RELEASE_FETCHED: "released",
}


def figures_of_month(agency_id: int, month: date) -> dict[str, dict[str, int]]:
    """Return by class of agency how many releases were asked, approved, denied and released in *month* (UTC).

    > TPR-1: Statistics of use are published through a transparency portal: measured, never typed in

    An approval counts each time that one is given: a selection that is prepared anew is approved anew.
    """
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (month, next_month(month)))
    entries = LedgerBody.objects.select_related("leaf").filter(
        leaf__kind__in=_COUNTED, leaf__at__gte=begin, leaf__at__lt=end
    )
    counts: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        said = entry.content
        if said["actor"].get("agency", agency_id) == agency_id:
            counts[_COUNTED[Kind(entry.leaf.kind)], said["details"]["class"]] += 1
    return {
        step: {each.value: counts[step, each.value] for each in RequesterClass} for step in _COUNTED.values()
    }
