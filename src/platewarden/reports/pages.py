"""What the alert's page shows of its reports."""

from dataclasses import dataclass, field

from platewarden.alerts.models import Alert, Hit
from platewarden.cases.forms import PreserveForm
from platewarden.cases.models import CaseReport
from platewarden.policy.actor import Actor
from platewarden.policy.rights import Right, may
from platewarden.reports.doors import is_reportable, reports_of
from platewarden.reports.forms import ReportForm
from platewarden.reports.materials import preserved_of


@dataclass(frozen=True, slots=True)
class Panel:
    """How a report of one alert is asked for, and which there are."""

    case_number: str
    is_kept: bool
    kept: list[CaseReport]
    may_preserve: bool
    form: ReportForm = field(default_factory=ReportForm)
    preserve_form: PreserveForm = field(default_factory=PreserveForm)


def panel_of(alert: Alert, hit: Hit | None, *, actor: Actor) -> Panel | None:
    """Return the panel for *actor*; None where the alert is not theirs to report on, or nothing is left of it."""
    preserved = preserved_of(alert)
    if not is_reportable(actor, alert) or (hit is None and preserved is None):
        return None
    on_hit = preserved.case.number if preserved else hit.disposition_case_number if hit else ""
    may_preserve = preserved is None and may(actor, Right.PRESERVE_IN_CASE).allowed
    return Panel(on_hit, preserved is not None, reports_of(alert), may_preserve)
