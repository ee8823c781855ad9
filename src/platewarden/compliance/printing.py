"""The page on the policy as a PDF: the same figures, with the moment and the ledger's checkpoint on it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from platewarden.accounts.actors import owning_agency, system_actor
from platewarden.compliance.figures import Evidence
from platewarden.compliance.pages import Finding, Page, page_of
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerInconsistent, sign_checkpoint
from platewarden.ledger.keys import LogKeyError
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.reports.typesetting import LAYOUTS, set_pdf


def printed(*, actor: Actor, now: datetime) -> bytes:
    """Return the page as a PDF, recorded as printed by *actor* in an entry that its checkpoint covers.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.

    Raises:
        LedgerUnavailable: It cannot be recorded, so nothing is printed.
    """
    with transaction.atomic(durable=True):
        entry = ledger.append(Kind.POLICY_PRINTED, actor=actor)
    try:
        note = sign_checkpoint(actor=system_actor("policy print"), now=now).note
    except (LogKeyError, LedgerInconsistent) as error:
        note = f"No checkpoint could be signed: {error}"
    page = page_of(actor.agency_id, now=now)
    facts = facts_of(page, note=note.rstrip("\n"), by=actor.name, entry=entry.seq)
    return set_pdf(LAYOUTS / "policy.typ", facts, now=now)


def facts_of(page: Page, *, note: str, by: str, entry: int) -> dict[str, Any]:
    """Return what the layout shows."""
    agency = owning_agency()
    zone = ZoneInfo(agency.time_zone)

    def show(moment: datetime | None) -> str:
        return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z") if moment else "never done"

    return {
        "agency": {"name": agency.name, "county": agency.county},
        "print": {"at": show(page.now), "by": by, "entry": entry, "note": note},
        "verdict": {"words": page.verdict.words, "tone": page.verdict.tone},
        "counts": {"holding": page.holding, "limited": len(page.limited), "unbuilt": page.unbuilt},
        "total": len(page.findings),
        "key": [_figure(taken) for taken in page.key_figures],
        "concerns": [
            {"clause": each.clause, "since": show(each.since), **_figure(each.taken)}
            for each in page.concerns
        ],
        "duties": [
            {
                "clause": duty.clause,
                "what": duty.what,
                "due": show(duty.due_at) if duty.due_at else "not known",
                "by": duty.by,
                "overdue": duty.is_overdue(page.now),
            }
            for duty in page.duties
        ],
        "clauses": [_clause(finding) for finding in page.findings],
    }


def _figure(taken: Evidence) -> dict[str, str]:
    return {"label": taken.label, "value": taken.value, "tone": taken.tone, "note": taken.note}


def _clause(finding: Finding) -> dict[str, Any]:
    clause = finding.clause
    return {
        "id": clause.id,
        "title": clause.title,
        "chapter": clause.chapter if finding.starts_chapter else "",
        "text": clause.text,
        "reading": clause.reading,
        "missing": clause.missing,
        "source": clause.source,
        "kinds": finding.kinds,
        "outlook": finding.outlook.value,
        "tone": finding.tone,
        "in_part": finding.is_partial,
        "code": len(finding.traced.code),
        "tests": len(finding.traced.tests),
        "figures": [_figure(taken) for taken in finding.evidence],
    }
