"""Every write about the reports on all searches: draw up, check, sign and deliver, acknowledge."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from platewarden.accounts.actors import owning_agency, system_actor
from platewarden.accounts.models import Agency, User
from platewarden.adoption.in_force import parameters_at
from platewarden.halfyears.doors import imagined_periods, latest_of
from platewarden.halfyears.figures import Figures, figures_of
from platewarden.halfyears.gathering import gather, searches_on_ledger
from platewarden.halfyears.invented import gather_invented, invented_periods
from platewarden.halfyears.material import Material
from platewarden.halfyears.models import AuditReport
from platewarden.halfyears.printing import set_report
from platewarden.halfyears.standing import problems_of
from platewarden.halfyears.summary import summary_of
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerInconsistent, sign_checkpoint
from platewarden.ledger.bodies import JSON
from platewarden.ledger.keys import LogKeyError
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import halfyears as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require
from platewarden.policy.halfyears import Draft, Period
from platewarden.policy.notices import NoticeKind


class IncompleteAuditError(Exception):
    """The searches that could be read are not as many as the ledger has; nothing was drawn up."""


class ReportDiffersError(Exception):
    """What is kept of a report is not what the ledger has of it; nothing is handed out."""


def draft_of(report: AuditReport) -> Draft:
    """Return *report* as the rules look at it, with what the ledger has at this moment."""
    return Draft(
        subjects=frozenset(report.figures["subjects"]),
        counted=report.counted,
        on_ledger=_on_ledger(report.period, is_invented=report.is_invented),
        is_checked=report.checked_at is not None,
        is_signed=report.is_signed,
        is_received=report.received_at is not None,
    )


def build_report(*, period: Period, reason: str = "", actor: Actor, now: datetime) -> AuditReport:
    """Draw up the report on *period*: figures from every search on the ledger, frozen, none of them typed.

    > AUD-2: All queries are audited twice a year

    A draft of the same period is replaced. A signed report stays, and the new one, with its *reason*, names it.

    Raises:
        PolicyRefusal: *actor* may not, the period is not over, or a correction has no reason.
        IncompleteAuditError: The ledger has more searches of the period than could be read.
        LedgerUnavailable: It cannot be recorded.
    """
    zone = ZoneInfo(owning_agency().time_zone)
    latest = latest_of(actor.agency_id, period)
    corrects = latest if latest and latest.is_signed else None
    decision = policy.may_build(
        actor,
        period,
        today=now.astimezone(zone).date(),
        corrects=draft_of(corrects) if corrects else None,
        reason=reason,
    )
    require(decision, action="audit_report.build", facts={"period": period.name})
    note = _checkpoint(now)
    is_invented = period in imagined_periods(actor.agency_id, now=now)
    material = gather_invented(period, now=now) if is_invented else gather(period, now=now)
    figures = _complete(material)
    return _keep(period, figures, note, corrects, reason, actor=actor, now=now)


def _checkpoint(now: datetime) -> str:
    try:
        return sign_checkpoint(actor=system_actor("audit report"), now=now).note
    except (LogKeyError, LedgerInconsistent) as error:
        return f"No checkpoint could be signed: {error}"


def _complete(material: Material) -> Figures:
    """Return the figures of *material*, once it is certain that no search is left out.

    > AUD-2: All queries are audited twice a year
    """
    read = len({search.fact.entry for search in material.searches})
    if read != material.on_ledger:
        raise IncompleteAuditError(
            f"{read} searches of {material.period} could be read, and the ledger has {material.on_ledger}. Nothing "
            "was drawn up: have the ledger verified, and find out what has become of the others."
        )
    figures: Figures = json.loads(json.dumps(figures_of(material)))
    return figures


@transaction.atomic
def _keep(
    period: Period,
    figures: Figures,
    note: str,
    corrects: AuditReport | None,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> AuditReport:
    Agency.objects.select_for_update().get(pk=actor.agency_id)  # editions are counted one at a time
    latest = latest_of(actor.agency_id, period)
    if latest and not latest.is_signed:
        latest.delete()
    report = AuditReport(
        agency_id=actor.agency_id,
        begins_on=period.begins_on,
        ends_on=period.ends_on,
        edition=corrects.edition + 1 if corrects else 1,
        corrects=corrects,
        reason=reason.strip() if corrects else "",
        figures=figures,
        summary=summary_of(figures),
        note=note,
        is_invented=figures["is_invented"],
        counted=figures["counted"]["searches"],
        on_ledger=figures["counted"]["on_ledger"],
        built_by=User.objects.get(pk=actor.id),
        built_at=now,
    )
    details: dict[str, JSON] = {
        "period": period.name,
        "searches": report.counted,
        "on_ledger": report.on_ledger,
        "corrects": corrects.pk if corrects else None,
        "figures_sha256": hashlib.sha256(json.dumps(figures, sort_keys=True).encode()).hexdigest(),
    }
    entry = ledger.append(Kind.AUDIT_REPORT_BUILT, actor=actor, subject=report.number, details=details)
    report.built_entry = entry.seq
    report.save(force_insert=True)
    return report


@transaction.atomic
def check_report(*, report: AuditReport, conclusion: str, actor: Actor, now: datetime) -> AuditReport:
    """Record that *actor* has looked at what is open, and what they conclude.

    > AUD-2: a written report goes to the Undersheriff

    Raises:
        PolicyRefusal: *actor* may not, it is signed, searches are missing, or nothing is concluded.
        LedgerUnavailable: It cannot be recorded.
    """
    report = _held(report)
    decision = policy.may_check(actor, draft_of(report), conclusion=conclusion)
    require(decision, action="audit_report.check", facts={"report": report.number})
    report.conclusion = conclusion.strip()
    report.checked_by_id, report.checked_at = int(actor.id), now
    details: dict[str, JSON] = {"report": report.number, "open": len(report.figures["open"])}
    report.checked_entry = _append(Kind.AUDIT_REPORT_CHECKED, report, details, actor=actor)
    report.save(update_fields=["conclusion", "checked_by", "checked_at", "checked_entry"])
    return report


@transaction.atomic
def sign_report(*, report: AuditReport, actor: Actor, now: datetime) -> AuditReport:
    """Sign *report*: its file is set, its digest put on the ledger, and the Undersheriff is told.

    > AUD-2: a written report goes to the Undersheriff

    The view has asked for the password again.

    Raises:
        PolicyRefusal: *actor* may not, it is not checked, is signed, or leaves searches out.
        LedgerUnavailable: It cannot be recorded.
    """
    report = _held(report)
    require(
        policy.may_sign(actor, draft_of(report)), action="audit_report.sign", facts={"report": report.number}
    )
    report.signed_by, report.signed_at = User.objects.get(pk=actor.id), now
    report.pdf = set_report(report, now=now)
    report.sha256 = hashlib.sha256(report.pdf).hexdigest()
    details: dict[str, JSON] = {
        "report": report.number,
        "sha256": report.sha256,
        "searches": report.counted,
        "on_ledger": report.on_ledger,
    }
    report.signed_entry = _append(Kind.AUDIT_REPORT_SIGNED, report, details, actor=actor)
    report.save(update_fields=["signed_by", "signed_at", "pdf", "sha256", "signed_entry"])
    subject = f"period:{report.begins_on}"
    settle(
        subject=subject,
        kinds=[NoticeKind.AUDIT_REPORT_DUE, NoticeKind.AUDIT_REPORT_LATE],
        actor=actor,
        now=now,
    )
    tell(
        kind=NoticeKind.AUDIT_REPORT_DELIVERED,
        subject=f"audit_report:{report.pk}",
        text=f"{report.number}, on all searches of {report.period}, is on the page Audit reports. "
        "Read it and acknowledge that you have it.",
        to_role=Role.UNDERSHERIFF,
        actor=actor,
        due_at=policy.receipt_due_at(now, parameters=parameters_at(now)),
        now=now,
    )
    return report


@transaction.atomic
def acknowledge_report(*, report: AuditReport, note: str, actor: Actor, now: datetime) -> None:
    """Record that the Undersheriff has the report, and what they say to it.

    > AUD-2: a written report goes to the Undersheriff

    Raises:
        PolicyRefusal: *actor* is not the Undersheriff, it is not signed, or its receipt is on record.
        ReportDiffersError: The report is not what was signed: nobody acknowledges that.
        LedgerUnavailable: It cannot be recorded.
    """
    report = _held(report)
    decision = policy.may_acknowledge(actor, draft_of(report), signed_by_id=str(report.signed_by_id or ""))
    require(decision, action="audit_report.acknowledge", facts={"report": report.number})
    if problems := problems_of(report):
        raise ReportDiffersError(" ".join(problems))
    report.received_by_id, report.received_at, report.received_note = int(actor.id), now, note.strip()
    details = {"report": report.number, "sha256": report.sha256}
    report.received_entry = _append(Kind.AUDIT_REPORT_RECEIVED, report, details, actor=actor)
    report.save(update_fields=["received_by", "received_at", "received_note", "received_entry"])
    kinds = [NoticeKind.AUDIT_REPORT_DELIVERED, NoticeKind.AUDIT_REPORT_UNREAD]
    settle(subject=f"audit_report:{report.pk}", kinds=kinds, actor=actor, now=now)


def open_file(*, report: AuditReport, actor: Actor, now: datetime) -> bytes:
    """Return the file of *report* once it is certain that it is the one that was signed; a draft is set as it stands.

    > AUD-2: a written report goes to the Undersheriff

    The look is recorded first.

    Raises:
        ReportDiffersError: It is not; that is recorded, and nothing is handed out.
        LedgerUnavailable: The look cannot be recorded.
    """
    subject = f"audit_report:{report.pk}"
    if problems := problems_of(report):
        facts = {"report": report.number, "problems": problems}
        with transaction.atomic(durable=True):
            ledger.append(
                Kind.AUDIT_REPORT_DIFFERS, actor=actor, subject=subject, outcome="failed", details=facts
            )
        raise ReportDiffersError(" ".join(problems))
    ledger.record_handed_out(Kind.AUDIT_REPORT_OPENED, subject=subject, actor=actor)
    return bytes(report.pdf) if report.pdf else set_report(report, now=now)


def _held(report: AuditReport) -> AuditReport:
    people = ("built_by", "checked_by", "signed_by", "corrects")
    reports = AuditReport.objects.select_for_update(of=("self",)).select_related(*people)
    return reports.get(pk=report.pk)


def _append(kind: Kind, report: AuditReport, details: Mapping[str, JSON], *, actor: Actor) -> int:
    return ledger.append(kind, actor=actor, subject=f"audit_report:{report.pk}", details=details).seq


def _on_ledger(period: Period, *, is_invented: bool) -> int:
    if is_invented:
        return invented_periods().get(period.name, 0)
    zone = ZoneInfo(owning_agency().time_zone)
    return searches_on_ledger(period.begins_at(zone), period.ends_at(zone))
