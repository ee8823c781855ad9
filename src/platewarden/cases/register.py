"""What the ledger says of a case: every entry that names its number."""

from collections.abc import Collection
from typing import Final

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody

_CASE: Final = "(ledger_body.body::json #>> '{details,case}')"
"""The number that an entry names; the expression that the index `ledger_body_case` is made over."""

WORK: Final = (
    Kind.QUERY_ASKED,
    Kind.HIT_PRESERVED,
    Kind.READ_TAKEN,
    Kind.HOLD_REQUESTED,
    Kind.REPORT_MADE,
    Kind.ALERT_DISPOSED,
)
"""Entries that make whoever made them somebody who works the case."""


def entries_of(number: str, kinds: Collection[Kind] = ()) -> QuerySet[LedgerBody]:
    """Return the entries, of *kinds* or of any, that name the case *number*; the newest first, erased ones missing."""
    named = LedgerBody.objects.annotate(case=RawSQL(_CASE, [])).filter(case=number)  # noqa: S611 - our own words
    if kinds:
        named = named.filter(leaf__kind__in=[kind.value for kind in kinds])
    return named.select_related("leaf").order_by("-pk")


def workers_of(number: str) -> frozenset[str]:
    """Return the sign-in names of those who searched under *number*, kept, held or reported something for it."""
    return frozenset(name for name in entries_of(number, WORK).values_list("actor", flat=True) if name)


def numbers_of(name: str) -> list[str]:
    """Return the numbers of the cases that *name* has worked on, the latest first."""
    own = LedgerBody.objects.filter(actor=name, leaf__kind__in=[kind.value for kind in WORK])
    named = own.annotate(case=RawSQL(_CASE, [])).exclude(case=None).exclude(case="")  # noqa: S611 - likewise
    return list(dict.fromkeys(named.order_by("-pk").values_list("case", flat=True)))
