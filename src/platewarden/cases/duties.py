"""What is due about cases: what a hold keeps is taken into its case before the hold ends (RET-2)."""

from datetime import datetime

from platewarden.accounts.actors import owning_agency_id
from platewarden.cases.models import Hold
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty


def duties_at(now: datetime) -> list[Duty]:  # noqa: ARG001 - every source is asked in the same way
    """Return when each hold in force ends, for whoever asked for it."""
    holds = Hold.objects.filter(
        case__agency_id=owning_agency_id(), placed_at__isnull=False, ended_at__isnull=True
    )
    return [
        Duty(
            f"Take what hold {hold.pk} keeps into its case",
            "RET-2",
            Role.INVESTIGATOR,
            hold.ends_at,
            f"case {hold.case.number}: {hold.reads_kept} reads kept",
            "cases:list",
            person_id=str(hold.requested_by_id),
            is_told=True,
            page=("cases:hold", hold.pk),
        )
        for hold in holds.select_related("case").order_by("ends_at")
    ]
