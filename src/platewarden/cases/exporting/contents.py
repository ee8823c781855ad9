"""Everything in the copy of a case, written into a bag in one pass."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from platewarden import __version__
from platewarden.accounts.actors import owning_agency, system_actor
from platewarden.bags.writing import BagWriter, Sink
from platewarden.cases.exporting.readme import readme
from platewarden.cases.exporting.records import Masker, exported_records, records_csv
from platewarden.cases.models import Case, CaseExport
from platewarden.cases.pages import searches_of
from platewarden.cases.register import entries_of
from platewarden.devices.evidence import entries_about
from platewarden.images.store import Shelf, image_store
from platewarden.ledger import keys
from platewarden.ledger.actions import sign_checkpoint
from platewarden.ledger.bagging import add_proofs
from platewarden.ledger.checkpoint import Note
from platewarden.ledger.models import LedgerBody
from platewarden.policy.holds import Authority
from platewarden.reports.typesetting import LAYOUTS, set_pdf
from platewarden.site.exports import csv_table

PRINTED: Final = 500
"""Records that the PDF lists; records.csv has all of them."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What a bag came to: its payload files and their bytes."""

    files: int
    payload_bytes: int


def write_bag(export: CaseExport, sink: Sink, *, now: datetime, progress: Progress) -> Written:
    """Write the copy of a case into *sink*; *progress* is told how many of how many records are done.

    > RET-2: What leaves a case is a sealed copy whose origin anyone can check.

    Raises:
        KeyUnavailable, ImageUnavailable: A record or a report cannot be opened: there is no copy with gaps.
        LogKeyError, LedgerInconsistent, LedgerUnavailable: The ledger cannot be signed or its proofs not be given.
    """
    sign_checkpoint(actor=system_actor("case export"), now=now)
    case, bag = export.case, BagWriter(sink, bag=export.name, at=now)
    total = case.hits.count() + case.reads.count()
    progress(0, total)
    rows = []
    for record in exported_records(case, Masker() if total else _NoMasker()):
        digests = {path: bag.add(path, content) for path, content in record.files.items()}
        rows.append(record.facts | {"sha256": digests})
        progress(len(rows), total)
    for report in case.reports.all():
        name = f"{report.alert_id}/report/{report.entry}"
        pdf = image_store().open(Shelf.of_case(case.pk), name, report.sealed)
        bag.add(f"reports/report-entry-{report.entry}.pdf", pdf)
    entries = list(entries_of(case.number))
    _add_data(bag, export, rows, entries, now=now)
    signed = {row["signature"]["key"] for row in rows if row["signature"]}
    add_proofs(bag, entries + entries_about(signed))
    bag.close(info=_info(export, now), sign=lambda text: Note.sign(text, keys.signer()).encode())
    return Written(bag.files, bag.payload_bytes)


class _NoMasker(Masker):
    """For a case without records: no model is loaded."""

    def __init__(self) -> None:
        pass


def _add_data(
    bag: BagWriter,
    export: CaseExport,
    rows: list[dict[str, Any]],
    entries: list[LedgerBody],
    *,
    now: datetime,
) -> None:
    facts = _facts(export, rows, entries, now=now)
    bag.add("case.json", json.dumps(facts, indent=1, ensure_ascii=False, sort_keys=True).encode())
    bag.add("records.csv", records_csv(rows).encode())
    for name in ("searches", "holds", "ledger"):
        found = facts[name]
        header = list(found[0]) if found else ["nothing"]
        bag.add(
            f"{name}.csv", csv_table(header, ([row[column] for column in header] for row in found)).encode()
        )
    bag.add("report.pdf", set_pdf(LAYOUTS / "case.typ", _printed(facts), now=now))
    bag.add("README.txt", readme(facts, key=keys.verifiers()[0].encode()).encode())


def _facts(
    export: CaseExport, rows: list[dict[str, Any]], entries: list[LedgerBody], *, now: datetime
) -> dict[str, Any]:
    case, agency = export.case, owning_agency()
    return {
        "format": "platewarden case export 1",
        "agency": {"name": agency.name, "county": agency.county, "time_zone": agency.time_zone},
        "case": {
            "number": case.number,
            "opened_at_utc": case.opened_at.isoformat(),
            "opened_by": case.opened_by,
        },
        "export": {
            "bag": export.name,
            "entry": export.entry,
            "asked_by": f"{export.asked_by.full_name} ({export.asked_by.username})",
            "reason": export.reason,
            "made_at_utc": now.isoformat(),
            "software": f"Platewarden {__version__}",
        },
        "records": rows,
        "searches": _searches(case),
        "holds": _holds(case),
        "ledger": [_entry(entry) for entry in entries],
    }


def _searches(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "entry": search.entry,
            "asked_at_utc": search.at.isoformat(),
            "by": search.by,
            "purpose": search.purpose,
            "reason": search.reason,
            "plate_asked_for": search.plate,
        }
        for search in searches_of(case)
    ]


def _holds(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "hold": hold.pk,
            "authority": Authority(hold.authority).label,
            "authority_text": hold.authority_text,
            "reason": hold.reason,
            "asked_by": hold.requested_by.username,
            "placed_at_utc": hold.placed_at.isoformat() if hold.placed_at else "",
            "placed_by": hold.placed_by.username if hold.placed_by else "",
            "ends_at_utc": hold.ends_at.isoformat(),
            "ended_at_utc": hold.ended_at.isoformat() if hold.ended_at else "",
        }
        for hold in case.holds.select_related("requested_by", "placed_by")
    ]


def _entry(body: LedgerBody) -> dict[str, Any]:
    at = body.leaf.at.isoformat()
    said = body.leaf.description
    return {"entry": body.pk, "at_utc": at, "kind": body.leaf.kind, "by": body.actor or "", "what": said}


def _printed(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what the PDF shows: every list, on the agency's clock, as many records as are read on paper."""
    shown = _local({**facts, "records": facts["records"][:PRINTED]}, ZoneInfo(facts["agency"]["time_zone"]))
    assert isinstance(shown, dict)
    total = len(facts["records"])
    return {**shown, "left_out": max(0, total - PRINTED), "total": total}


def _local(value: Any, zone: ZoneInfo) -> Any:
    """Return *value* with every time in it, a member that ends in ``_utc``, on the clock of *zone*."""
    if isinstance(value, list):
        return [_local(member, zone) for member in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _on_clock(member, zone) if name.endswith("_utc") else _local(member, zone)
        for name, member in value.items()
    }


def _on_clock(moment: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(moment).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z") if moment else ""


def _info(export: CaseExport, now: datetime) -> dict[str, str]:
    return {
        "Source-Organization": owning_agency().name,
        "External-Identifier": export.case.number,
        "External-Description": "Copy of a case: reads of licence plates, images, searches, holds and ledger proofs",
        "Internal-Sender-Identifier": f"ledger entry {export.entry}",
        "Bagging-Date": now.date().isoformat(),
        "Bag-Software-Agent": f"Platewarden {__version__}",
    }
