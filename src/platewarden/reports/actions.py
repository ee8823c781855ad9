"""Making the report of a hit: a look, recorded before anything is opened; the case that has the hit keeps it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.blind import may_be_shown
from platewarden.alerts.doors import hit_of
from platewarden.alerts.models import Alert
from platewarden.cases.actions import keep_report
from platewarden.cases.models import CaseReport
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import Entry
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.reports import may_report
from platewarden.reports.hits import Making, entries_of, facts_of
from platewarden.reports.materials import Material, material_of, preserved_of
from platewarden.reports.receipts import proofs_of
from platewarden.reports.typesetting import LAYOUTS, set_pdf


class NothingToReportError(Exception):
    """The day of the hit is over and no case has it: there is nothing left to report on."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report that has been made.

    Attributes:
        pdf: The document.
        entry: The ledger entry that it was made under.
        kept: The case's record of it; None where no case has the hit, and the report is handed out only.
    """

    pdf: bytes
    entry: Entry
    kept: CaseReport | None


def make_report(*, alert: Alert, case_number: str, actor: Actor, now: datetime) -> Report:
    """Make the report of *alert*'s hit, for the case that is on it, else for *case_number*.

    > RPT-1: A report of an action that the system assisted states what was read, with its images

    Raises:
        PolicyRefusal: *actor* may not, no case is named, or their blind first look comes first (RPT-1, HIT-2).
        NothingToReportError: The day is over, and no case has the hit.
        LayoutError: The agency's own layout cannot be set; that it was asked for stays on record.
        KeyUnavailable, ImageUnavailable: The case's copy cannot be opened, or the report not be sealed.
        LedgerUnavailable: It cannot be recorded, so there is no report.
    """
    case_number = _case_number(alert, case_number, actor=actor, now=now)
    entry = _record(alert, case_number, actor=actor)
    material = material_of(alert, now=now)
    if material is None:
        raise NothingToReportError("The day of this hit has just ended: there is nothing left to report on.")
    pdf = _set(material, case_number, entry, actor=actor, now=now)
    if material.preserved is None:
        return Report(pdf, entry, None)
    kept = keep_report(preserved=material.preserved, pdf=pdf, entry=entry.seq, actor=actor, now=now)
    return Report(pdf, entry, kept)


def _case_number(alert: Alert, typed: str, *, actor: Actor, now: datetime) -> str:
    """Return the case that the report is for, once the policy lets *actor* have it made."""
    parameters = parameters_at(now)
    preserved, hit = preserved_of(alert), hit_of(alert, parameters=parameters, now=now)
    if preserved is None and hit is None:
        raise NothingToReportError(
            "The day of this hit is over, and no case has it: there is nothing to report on."
        )
    on_hit = preserved.case.number if preserved else hit.disposition_case_number if hit else ""
    case_number = on_hit or typed.strip()
    facts: dict[str, object] = {"alert": alert.pk}
    require(may_report(actor, case_number, parameters=parameters), action="report.make", facts=facts)
    if hit:
        decision = may_be_shown(alert, hit, actor=actor, parameters=parameters)
        require(decision, action="report.make", facts=facts)
    return case_number


@transaction.atomic(durable=True)
def _record(alert: Alert, case_number: str, *, actor: Actor) -> Entry:
    """Put on the ledger that the report is asked for, before anything is opened."""
    details = {"case": case_number}
    return ledger.append(Kind.REPORT_MADE, actor=actor, subject=f"alert:{alert.pk}", details=details)


def _set(material: Material, case_number: str, entry: Entry, *, actor: Actor, now: datetime) -> bytes:
    proofs = proofs_of(entries_of(material.alert), now=now)
    own = str(settings.PLATEWARDEN_REPORT_LAYOUT)
    making = Making(
        by=User.objects.get(pk=actor.id),
        roles=", ".join(sorted(actor.roles)),
        at=now,
        entry=entry.seq,
        case_number=case_number,
        is_reconstructed=not own,
    )
    return set_pdf(Path(own) if own else LAYOUTS / "hit.typ", facts_of(material, making, proofs), now=now)
