"""What is due about settings: values that nobody has compared with the text they come from (RET-3)."""

from datetime import datetime

from platewarden.accounts.actors import founded_at
from platewarden.adoption.in_force import parameters_at
from platewarden.adoption.models import AdoptedValue
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty
from platewarden.policy.parameters import Definition, definitions
from platewarden.policy.schedule import ITEMS, is_verified


def duties_at(now: datetime) -> list[Duty]:
    """Return what is due about settings: each period of the schedule, and all other values that quote a text."""
    parameters = parameters_at(now)
    due = founded_at(now) + parameters.days("accounts.verify_days")
    found = [
        _duty(
            f"Verify the period of the schedule's item {item.rpartition('_')[2]}",
            due,
            definitions()[item].source,
        )
        for item in ITEMS
        if not is_verified(item, parameters=parameters)
    ]
    adopted = set(AdoptedValue.objects.filter(approved_at__isnull=False).values_list("name", flat=True))
    waiting = [name for name, each in definitions().items() if _waits(each) and name not in adopted]
    if waiting:
        found.append(
            _duty("Compare settings with the texts they come from", due, f"{len(waiting)} never compared")
        )
    return found


def _waits(each: Definition) -> bool:
    """Whether a value quotes somebody's text, and nobody has compared it; our own decisions quote none."""
    return not each.is_verified and each.name not in ITEMS and not each.source.startswith("our ")


def _duty(what: str, due: datetime, evidence: str) -> Duty:
    return Duty(what, "RET-3", Role.SUPERVISOR, due, evidence, "compliance:parameters")
