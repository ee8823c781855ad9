"""Looks at a case: each is on the ledger before anything is shown."""

from collections.abc import Sequence

from django.db import DatabaseError, transaction

from platewarden.cases.copies import Copy, open_copy
from platewarden.cases.models import Case, CaseRead, PreservedHit
from platewarden.cases.sealing import ReadCopy, open_read
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor


def see_case(case: Case, *, reads: Sequence[CaseRead], hits: Sequence[PreservedHit], actor: Actor) -> int:
    """Record that *actor* looks at *case* with these of its records; return the entry's number.

    > QRY-2: Everything that reveals past reads is a query, and is logged with who asked and what was asked
    > for before anything is shown.

    Raises:
        LedgerUnavailable: The look cannot be recorded, so nothing is shown.
    """
    shown = [str(read.read_id) for read in reads] + [f"alert:{hit.alert_id}" for hit in hits]
    return _record(Kind.CASE_SEEN, case, f"case:{case.pk}", actor, {"records": shown})


def see_read(kept: CaseRead, *, actor: Actor) -> tuple[ReadCopy, int]:
    """Record that *actor* opens a read of a case, and only then open it; return it with the entry's number.

    > QRY-2: Everything that reveals past reads is a query, and is logged with who asked and what was asked
    > for before anything is shown.

    Raises:
        LedgerUnavailable: The look cannot be recorded, so nothing is shown.
        KeyUnavailable, ImageUnavailable: It cannot be opened.
    """
    entry = _record(Kind.CASE_RECORD_OPENED, kept.case, f"read:{kept.read_id}", actor, {})
    return open_read(kept), entry


def see_hit(kept: PreservedHit, *, actor: Actor) -> tuple[Copy, int]:
    """Record that *actor* opens a hit of a case, and only then open it; otherwise as `see_read`.

    > QRY-2: Everything that reveals past reads is a query, and is logged with who asked and what was asked
    > for before anything is shown.
    """
    entry = _record(Kind.CASE_RECORD_OPENED, kept.case, f"alert:{kept.alert_id}", actor, {})
    return open_copy(kept), entry


def _record(kind: Kind, case: Case, subject: str, actor: Actor, facts: dict[str, JSON]) -> int:
    """Append and commit; nothing that the entry is about may be shown before."""
    details: dict[str, JSON] = {"case": case.number, **facts}
    try:
        with transaction.atomic(durable=True):
            return ledger.append(kind, actor=actor, subject=subject, outcome="shown", details=details).seq
    except DatabaseError as error:
        raise LedgerUnavailable("The look could not be recorded, so nothing is shown.") from error
