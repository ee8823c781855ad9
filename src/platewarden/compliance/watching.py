"""Looking at every figure again and again, so that it is known since when one is amiss."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.compliance.evidence import measure
from platewarden.compliance.figures import Evidence, Scene
from platewarden.compliance.models import Standing

Key = tuple[str, str]
"""A figure: its clause and its label."""


@transaction.atomic
def watch(*, agency_id: int, now: datetime) -> int:
    """Measure everything, and note which figures have changed their tone; return how many."""
    measured = measure(Scene(agency_id, parameters_at(now), now))
    tones = {
        (clause, taken.label): taken.tone
        for clause, several in measured.items()
        for taken in several
        if taken.tone != "quiet"
    }
    known = {(row.clause, row.label): row for row in Standing.objects.filter(agency_id=agency_id)}
    Standing.objects.filter(pk__in=[row.pk for key, row in known.items() if key not in tones]).delete()
    changed = [key for key, tone in tones.items() if key not in known or known[key].tone != tone]
    for clause, label in changed:
        Standing.objects.update_or_create(
            agency_id=agency_id,
            clause=clause,
            label=label,
            defaults={"tone": tones[clause, label], "since": now},
        )
    return len(changed)


def since_when(
    measured: Mapping[str, list[Evidence]], *, agency_id: int, now: datetime
) -> dict[Key, datetime]:
    """Return since when each figure with a limit stands as it does; what nobody has noticed yet, since *now*."""
    known = {(row.clause, row.label): row for row in Standing.objects.filter(agency_id=agency_id)}
    found = {}
    for clause, several in measured.items():
        for taken in several:
            row = known.get((clause, taken.label))
            found[clause, taken.label] = row.since if row and row.tone == taken.tone else now
    return found
