"""The copy of a case straight into a file, for whoever can name themselves and their password at the machine."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.contrib.auth import authenticate
from django.db import transaction

from platewarden.accounts.actors import actor_for, system_actor
from platewarden.accounts.models import SignInOutcome, User
from platewarden.accounts.sign_ins import SHUT, Attempt, is_shut, record_failure, record_refused
from platewarden.cases import doors
from platewarden.cases.exporting.actions import enter_prepared, order_export
from platewarden.cases.exporting.contents import write_bag
from platewarden.cases.models import Case, CaseExport
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerInconsistent, LedgerUnavailable
from platewarden.ledger.keys import LogKeyError
from platewarden.policy.actor import Actor
from platewarden.policy.decision import PolicyRefusal
from platewarden.site.clock import utc_now


class ExportError(Exception):
    """No copy was written; the message says why."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was written."""

    files: int
    size: int
    digest: str


def export_to(dest: Path, *, number: str, username: str, password: str, reason: str) -> Done:
    """Write the copy of the case *number* to *dest*, recorded as asked for by *username*.

    Raises:
        ExportError: The name or the password is wrong, there is no such case for them, or it cannot be made.
    """
    actor = _known(username, password)
    export = _ordered(number, reason, actor)
    try:
        with dest.open("xb") as file:
            sink = _FileSink(file)
            written = write_bag(export, sink, now=utc_now(), progress=_unseen)
    except FileExistsError:
        _give_up(export)
        raise ExportError(f"{dest} exists already: name another file") from None
    except (
        KeyUnavailable,
        ImageUnavailable,
        LogKeyError,
        LedgerInconsistent,
        LedgerUnavailable,
        OSError,
    ) as error:
        dest.unlink(missing_ok=True)
        _give_up(export)
        raise ExportError(f"the copy could not be made, and nothing of it is left: {error}") from error
    return _recorded(export, sink, written.files, actor)


def _known(username: str, password: str) -> Actor:
    """Return whoever has this name and password; failures count as they do on the sign-in page (ADM-4)."""
    attempt = Attempt(username.strip().lower()[:64], "", "platewarden case export")
    system, now = system_actor("case export command"), utc_now()
    if is_shut(attempt, now=now):
        record_refused(attempt=attempt, actor=system, now=now)
        raise ExportError(SHUT)
    user = authenticate(username=attempt.username, password=password)
    if not isinstance(user, User):
        record_failure(attempt=attempt, outcome=SignInOutcome.FAILED, actor=system, now=now)
        raise ExportError("the sign-in name or the password is wrong")
    return actor_for(user)


def _ordered(number: str, reason: str, actor: Actor) -> CaseExport:
    found = Case.objects.filter(agency_id=actor.agency_id, number=number.strip()).first()
    if found is None or not doors.sees_records(actor, found):
        ledger.record_missing(actor=actor, page="case export")
        raise ExportError("there is no such case of yours")
    try:
        return order_export(case=found, reason=reason, actor=actor, now=utc_now())
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=actor)
        decision = refusal.decision
        raise ExportError(
            f"{decision.clause}: {decision.reason} {decision.remedy} (ledger entry {entry.seq})"
        ) from refusal


@transaction.atomic
def _recorded(export: CaseExport, sink: "_FileSink", files: int, actor: Actor) -> Done:
    """Put on record what was written; there is nothing to fetch, since *actor* has it."""
    now = utc_now()
    export.ready_at = export.expires_at = export.gone_at = now
    export.digest, export.size, export.files = sink.digest.hexdigest(), sink.size, files
    export.save()
    enter_prepared(export, actor=actor)
    return Done(files, sink.size, export.digest)


def _give_up(export: CaseExport) -> None:
    CaseExport.objects.filter(pk=export.pk).update(failed_at=utc_now())


def _unseen(done: int, total: int) -> None:
    """A file grows where whoever asked can see it: nobody else has to be told how far it has come."""


class _FileSink:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest, self.size = hashlib.sha256(), 0

    def write(self, data: bytes, /) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()
