"""What every form of the hotlist pages has in common: the agency's clock, and how a refusal is shown."""

from typing import Any
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.hotlists.forms import ShowsRefusal
from platewarden.ledger import actions as ledger
from platewarden.policy.decision import PolicyRefusal
from platewarden.site.requests import ActorRequest


def record_refused(request: ActorRequest, form: ShowsRefusal, refusal: PolicyRefusal) -> dict[str, Any]:
    """Record *refusal*, put it beside its field, and return what the page says of it."""
    entry = ledger.record_refusal(refusal, actor=request.actor)
    form.show_refusal(refusal.decision)
    return {"refusal": refusal.decision, "recorded": entry.seq}


def agency_zone() -> ZoneInfo:
    """Return the zone in which the agency reads and writes times."""
    return ZoneInfo(owning_agency().time_zone)
