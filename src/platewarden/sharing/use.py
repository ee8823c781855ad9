"""What the people of one agency asked here, as the ledger has it; and a copy of that which anybody can check."""

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db.models import QuerySet

from platewarden.ledger import actions as ledger
from platewarden.ledger.handout import write_proofs
from platewarden.ledger.keys import LogKeyError
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may
from platewarden.policy.use import Purpose

KINDS: Final = (
    *(Kind.QUERY_ASKED, Kind.QUERY_HELD, Kind.QUERY_ANSWERED, Kind.QUERY_REPLAYED, Kind.IMAGE_OPENED),
    *(Kind.QUERY_EXPORTED, Kind.QUERY_PRINTED),
)
"""What counts as use: every look at past reads, and every question."""

SHOWN: Final = 200
TAKEN: Final = 500
_LATELY: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Used:
    """One look or question of one person; never with the plate that was asked for.

    Attributes:
        entry: Number of its ledger entry.
        at: When.
        who: Name of whoever signed in.
        what: What the ledger calls it.
        purpose: In plain words; empty where the entry names none.
        reason: As it was written.
        case_number: As it was given.
        reads: How many reads were shown; None where none were.
    """

    entry: int
    at: datetime
    who: str
    what: str
    purpose: str
    reason: str
    case_number: str
    reads: int | None


def entries_of(agency_id: int) -> QuerySet[LedgerBody]:
    """Return what the ledger still says of the use by people of the agency, the newest first.

    The member is written by the program alone: in what people type, quotation marks are escaped.
    """
    kinds = [kind.value for kind in KINDS]
    found = LedgerBody.objects.filter(leaf__kind__in=kinds, body__contains=f'"agency":{agency_id},')
    return found.select_related("leaf").order_by("-pk")


def searches_lately(agency_id: int, *, now: datetime) -> int:
    """Return how many searches people of the agency asked for in the last 30 days."""
    asked = entries_of(agency_id).filter(leaf__kind__in=[Kind.QUERY_ASKED.value, Kind.QUERY_HELD.value])
    return asked.filter(leaf__at__gte=now - _LATELY).count()


def see_use(*, actor: Actor) -> list[Used]:
    """Record that *actor* looks through what their agency asked here, and return the newest of it.

    > SHR-1: for official purposes, under an agreement that two people opened and that expires

    Raises:
        PolicyRefusal: *actor* is no guest, or their agency has no access.
        LedgerUnavailable: The look cannot be recorded, so there is none.
    """
    require(may(actor, Right.SEE_AGENCY_USE), action="agency_use.see")
    bodies = list(entries_of(actor.agency_id)[:SHOWN])
    asked = _questions_behind(bodies)
    used = [_used(body, asked) for body in bodies]
    ledger.record_handed_out(
        Kind.AGENCY_USE_SEEN, subject=f"agency:{actor.agency_id}", actor=actor, details={"entries": len(used)}
    )
    return used


def _questions_behind(bodies: Sequence[LedgerBody]) -> dict[int, dict[str, Any]]:
    """Return what was asked in the questions that the looks of *bodies* go back to, by the number of their entry."""
    numbers = {body.content.get("details", {}).get("query_entry") for body in bodies} - {None}
    return {found.pk: found.content.get("details", {}) for found in LedgerBody.objects.filter(pk__in=numbers)}


def _used(body: LedgerBody, asked: Mapping[int, dict[str, Any]]) -> Used:
    own: dict[str, Any] = body.content.get("details", {})
    said = {**asked.get(own.get("query_entry", -1), {}), **own}
    reads = own.get("reads")
    purpose = str(said.get("purpose", ""))
    return Used(
        entry=body.pk,
        at=body.leaf.at,
        who=str(body.content.get("actor", {}).get("name", "")),
        what=Kind(body.leaf.kind).description,
        purpose=Purpose(purpose).label if purpose in set(Purpose) else "",
        reason=str(said.get("reason", "")),
        case_number=str(said.get("case", "")),
        reads=len(reads) if isinstance(reads, list) else None,
    )


def take_use(*, actor: Actor, now: datetime) -> bytes:
    """Record that *actor* takes away what their agency asked here, and return it as a ZIP with receipts.

    Each entry comes with what it says, the proof that it is on the ledger, the log's public keys and the verifier.

    Raises:
        PolicyRefusal: *actor* is no guest, or their agency has no access.
        LedgerUnavailable: It cannot be recorded or proved; then nothing is handed out.
    """
    require(may(actor, Right.SEE_AGENCY_USE), action="agency_use.take")
    numbers = list(entries_of(actor.agency_id).values_list("pk", flat=True)[:TAKEN])
    ledger.record_handed_out(
        Kind.AGENCY_USE_EXPORTED,
        subject=f"agency:{actor.agency_id}",
        actor=actor,
        details={"entries": list(numbers)},
    )
    try:
        ledger.sign_checkpoint(actor=actor, now=now)
    except (LogKeyError, ledger.LedgerInconsistent) as error:
        raise ledger.LedgerUnavailable("No receipt can be given now, so nothing is handed out.") from error
    with tempfile.TemporaryDirectory() as folder:
        write_proofs(Path(folder), numbers, has_bodies=True)
        return _zipped(Path(folder))


def _zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return buffer.getvalue()
