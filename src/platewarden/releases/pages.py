"""What the pages on releases show, put together for their templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.cases.exporting.records import Masker
from platewarden.images.inline import data_uri
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable
from platewarden.policy.actor import Actor
from platewarden.policy.agencies import AgencyKind
from platewarden.policy.release_requests import grounds_of
from platewarden.policy.releases import HandedBy, ReleaseState
from platewarden.policy.rights import Right, may
from platewarden.policy.use import Purpose
from platewarden.releases import actions
from platewarden.releases.deciding import Look
from platewarden.releases.handing import package_of
from platewarden.releases.models import ReleaseDecision, ReleaseRequest


def agency_zone() -> ZoneInfo:
    """Return the zone of the agency's clock."""
    return ZoneInfo(owning_agency().time_zone)


@dataclass(frozen=True, slots=True)
class Row:
    """One read of a selection as its page shows it: as it would go out, or that it is gone."""

    place: int
    facts: dict[str, Any] | None
    plate: str
    vehicle: str
    masking: str
    strays: bool = False


def rows_of(look: Look) -> list[Row]:
    """Return what a look shows, each vehicle masked as it would go out."""
    masker = Masker() if any(found and found.vehicle for _, found in look.rows) else None
    rows = []
    for row, found in look.rows:
        if found is None:
            rows.append(Row(row.place, None, "", "", ""))
            continue
        masked, how = None, "none: there is no vehicle image"
        if masker and found.vehicle:
            masked, how = masker.mask(found.vehicle, found.plate)
        facts = found.facts | {"seen_at": datetime.fromisoformat(found.facts["seen_at"])}
        rows.append(Row(row.place, facts, data_uri(found.plate), data_uri(masked), how, row.strays))
    return rows


def about(request: ReleaseRequest, *, actor: Actor) -> dict[str, Any]:
    """Return everything that the page of a request shows beside its scope."""
    selection, decisions = request.current, list(request.decisions.select_related("decided_by"))
    package = package_of(request)
    facts = request.facts()
    is_preparer = facts.prepared_by_id == actor.id
    is_undecided = request.state in {ReleaseState.RECEIVED, ReleaseState.PREPARED}
    right = Right.DECIDE_RELEASES if facts.requester.needs_sheriff else Right.DECIDE_STATE_RELEASES
    may_enter = may(actor, Right.ENTER_RELEASES).allowed
    return {
        "release": request,
        "state": ReleaseState(request.state),
        "requester_class": facts.requester,
        "requester_kind": AgencyKind(request.requester_kind).label,
        "purpose": Purpose(request.purpose),
        "grounds": grounds_of(request.need),
        "selection": selection,
        "decisions": decisions,
        "package": package,
        "handed_by": HandedBy(package.handed_by).label if package and package.handed_by else "",
        "is_preparer": is_preparer,
        "may_prepare": may_enter and facts.state.is_open and not (package and package.fetched_at),
        "may_withdraw": may_enter and facts.state.is_open,
        "may_decide": is_undecided
        and may(actor, right).allowed
        and actor.id not in {facts.entered_by_id, facts.prepared_by_id},
        "is_packing": _is_packing(decisions) and package is None and request.state == ReleaseState.APPROVED,
    }


def _is_packing(decisions: Sequence[ReleaseDecision]) -> bool:
    return any(decision.is_approval and decision.void_at is None for decision in decisions)


def scope_of(request: ReleaseRequest, *, actor: Actor) -> dict[str, Any]:
    """Return what the request asks about, which is recorded; that it is lost where it cannot be opened."""
    try:
        return {"scope": actions.open_scope(request, actor=actor)}
    except (KeyUnavailable, ImageUnavailable):
        return {"is_lost": True}
