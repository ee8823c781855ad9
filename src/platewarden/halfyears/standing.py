"""Whether what is kept of a report is what the ledger has of it: its file, its signature, its receipt."""

import hashlib
from typing import Any, Final

from platewarden.halfyears.models import AuditReport
from platewarden.ledger.kinds import Kind
from platewarden.ledger.leaf import body_digest, digest_in
from platewarden.ledger.models import LedgerLeaf

FILE: Final = "The file is not the one that was signed."
SIGNATURE: Final = "The ledger has no such signature."
RECEIPT: Final = "The ledger has no such receipt: nobody has acknowledged this report."
CHECK: Final = "The ledger has no such check."


def problems_of(report: AuditReport) -> list[str]:
    """Return what of *report* the ledger does not bear out; empty where it bears all of it out.

    The row alone proves nothing: whoever can write to it can write a digest beside a file. The entry decides, and
    that its body is the one its leaf was made of.
    """
    found = []
    if (
        report.checked_entry is not None
        and _said(report, Kind.AUDIT_REPORT_CHECKED, report.checked_entry) is None
    ):
        found.append(CHECK)
    if report.is_signed:
        signed = _said(report, Kind.AUDIT_REPORT_SIGNED, report.signed_entry)
        if signed is None or signed["actor"]["id"] != str(report.signed_by_id):
            found.append(SIGNATURE)
        elif not signed["details"]["sha256"] == report.sha256 == _digest(report):
            found.append(FILE)
    if report.received_at is not None:
        received = _said(report, Kind.AUDIT_REPORT_RECEIVED, report.received_entry)
        if received is None or received["actor"]["id"] != str(report.received_by_id):
            found.append(RECEIPT)
    return found


def _digest(report: AuditReport) -> str:
    return hashlib.sha256(bytes(report.pdf or b"")).hexdigest()


def _said(report: AuditReport, kind: Kind, entry: int | None) -> dict[str, Any] | None:
    """Return what entry *entry* says, if it is one of *kind* about *report* whose body is that of its leaf."""
    number = -1 if entry is None else entry
    leaf = LedgerLeaf.objects.select_related("kept_body").filter(seq=number, kind=kind).first()
    if leaf is None or leaf.body is None:
        return None
    if digest_in(bytes(leaf.canon)) != body_digest(bytes(leaf.body.salt), leaf.body.body):
        return None
    said = leaf.body.content
    return said if said["subject"] == f"audit_report:{report.pk}" else None
