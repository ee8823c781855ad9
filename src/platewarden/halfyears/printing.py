"""A report as a PDF: the frozen figures, set by Typst; the same report gives the same bytes."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.auditing.signals import SignalKind
from platewarden.halfyears.models import AuditReport
from platewarden.halfyears.plots import drawings_of
from platewarden.policy.parameters import Parameters, definition
from platewarden.reports.typesetting import LAYOUTS, set_pdf


def set_report(report: AuditReport, *, now: datetime) -> bytes:
    """Return *report* as it stands as a PDF dated *now*."""
    return set_pdf(LAYOUTS / "audit.typ", facts_of(report), now=now)


def facts_of(report: AuditReport) -> dict[str, Any]:
    """Return what the layout shows."""
    agency = owning_agency()
    zone = ZoneInfo(agency.time_zone)

    def show(moment: datetime | None) -> str:
        return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z") if moment else ""

    return {
        "agency": {"name": agency.name},
        "report": {
            "number": report.number,
            "corrects": report.corrects.number if report.corrects else "",
            "reason": report.reason,
            "conclusion": report.conclusion,
            "note": report.note.rstrip("\n"),
            "built_at": show(report.built_at),
            "built_by": report.built_by.full_name,
            "built_entry": report.built_entry,
            "checked_at": show(report.checked_at),
            "checked_by": _name(report.checked_by),
            "checked_entry": report.checked_entry,
            "signed_at": show(report.signed_at),
            "signed_by": _name(report.signed_by),
        },
        "figures": report.figures,
        "summary": report.summary,
        "plots": {
            name: {"svg": drawn.svg, "alt": drawn.alt} for name, drawn in drawings_of(report.figures).items()
        },
        "methods": methods_of(parameters_at(report.built_at)),
        "attached": json.dumps(report.figures, indent=1, sort_keys=True, ensure_ascii=False),
    }


def methods_of(parameters: Parameters) -> list[str]:
    """Return what each signal goes by, in the parameters' own words and values."""
    names = (
        *("audit.repeat_searches", "audit.repeat_days", "audit.case_vehicles", "audit.case_people"),
        *("audit.crowd_people", "audit.same_reason", "audit.thin_words", "audit.volume_least"),
        *("audit.least_peers", "audit.false_discovery_percent"),
    )
    kinds = f"There are {len(SignalKind)} kinds."
    return [kinds, *(f"{definition(name).meaning}: {parameters.integer(name)}." for name in names)]


def _name(user: User | None) -> str:
    return user.full_name if user else ""
