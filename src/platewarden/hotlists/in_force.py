"""Which entries are in force: said once, in SQL, for every read that is matched and for every page.

An entry is in force until the moment of its end and not at it, while it is not withdrawn, while its category is
switched on, and once whoever had to approve it has.
"""

from datetime import datetime
from typing import Any, Final

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from platewarden.policy.parameters import Parameters

IN_FORCE: Final = """(
    hotlist_entries.withdrawn_at IS NULL
    AND (hotlist_entries.expires_at IS NULL OR hotlist_entries.expires_at > %s)
    AND (NOT hotlist_entries.needs_approval OR hotlist_entries.approved_at IS NOT NULL
         OR (hotlist_entries.is_exigent AND %s))
    AND hotlist_entries.category = ANY(%s)
)"""
"""The condition itself; `in_force_values` gives its values, in order."""


def in_force_values(*, parameters: Parameters, now: datetime) -> list[Any]:
    """Return the values of `IN_FORCE` at *now*."""
    categories = sorted(parameters.codes("hotlist.categories"))
    return [now, parameters.flag("hotlist.exigent_before_approval"), categories]


def in_force(*, parameters: Parameters, now: datetime) -> RawSQL:
    """Return the condition for ``Entry.objects.filter``."""
    values = in_force_values(parameters=parameters, now=now)
    return RawSQL(IN_FORCE, values, output_field=BooleanField())  # noqa: S611 - our own words; values are parameters
