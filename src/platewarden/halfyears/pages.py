"""What the pages on reports show, put together for their templates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.halfyears.actions import draft_of
from platewarden.halfyears.doors import imagined_periods, latest_of, real_periods, reports_for
from platewarden.halfyears.duties import duties_at
from platewarden.halfyears.models import AuditReport
from platewarden.halfyears.plots import drawings_of
from platewarden.halfyears.printing import methods_of
from platewarden.halfyears.standing import problems_of
from platewarden.policy import halfyears as policy
from platewarden.policy.actor import Actor
from platewarden.policy.duties import Duty
from platewarden.policy.halfyears import Period
from platewarden.policy.rights import Right, may


@dataclass(frozen=True, slots=True)
class Line:
    """One period that a report can be drawn up for, with the newest one there is."""

    period: Period
    report: AuditReport | None
    is_invented: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """All periods and reports, as one person sees them."""

    lines: list[Line]
    reports: list[AuditReport]
    duties: list[tuple[Duty, bool]]
    may_write: bool
    agency: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One report, with what its reader may do about it."""

    report: AuditReport
    figures: dict[str, Any]
    drawings: dict[str, tuple[SafeString, str]]
    methods: list[str]
    problems: list[str]
    on_ledger: int
    may_write: bool
    may_check: bool
    may_sign: bool
    may_acknowledge: bool


def overview_for(actor: Actor, *, now: datetime) -> Overview:
    """Return what *actor* sees of all reports; raises as `reports_for` does."""
    reports = list(reports_for(actor))
    may_write = may(actor, Right.WRITE_AUDIT_REPORTS).allowed
    real = [(period, False) for period in real_periods(now=now)]
    imagined = [(period, True) for period in imagined_periods(actor.agency_id, now=now)]
    lines = [
        Line(period, latest_of(actor.agency_id, period), made_up) for period, made_up in [*real, *imagined]
    ]
    duties = [(duty, duty.is_overdue(now)) for duty in duties_at(now)]
    return Overview(
        sorted(lines, key=lambda line: line.period, reverse=True) if may_write else [],
        reports,
        duties,
        may_write,
        owning_agency().name,
    )


def shown_to(actor: Actor, report: AuditReport) -> Shown:
    """Return *report* as *actor* sees it, who may see it."""
    draft = draft_of(report)
    may_write = policy.may_write_report(actor).allowed and not report.is_signed
    return Shown(
        report=report,
        figures=report.figures,
        drawings={name: (_svg(drawn.svg), drawn.alt) for name, drawn in drawings_of(report.figures).items()},
        methods=methods_of(parameters_at(report.built_at)),
        problems=problems_of(report),
        on_ledger=draft.on_ledger,
        may_write=may_write,
        may_check=may_write,
        may_sign=policy.may_sign(actor, draft).allowed,
        may_acknowledge=policy.may_acknowledge(
            actor, draft, signed_by_id=str(report.signed_by_id or "")
        ).allowed,
    )


def _svg(drawn: str) -> SafeString:
    return SafeString(drawn)  # drawn by our own code, which escapes every text in it
