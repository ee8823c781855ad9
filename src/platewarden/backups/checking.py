"""That a backup was opened and is whole goes on the ledger: the register of duties goes by it."""

from django.db import transaction

from platewarden.accounts.actors import system_actor
from platewarden.accounts.models import Agency
from platewarden.backups.opening import Restored
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind


@transaction.atomic
def record_check(found: Restored) -> None:
    """Record that the backup *found* was read to its end; an installation that is still empty records nothing.

    Raises:
        LedgerUnavailable: It cannot be recorded.
    """
    if not Agency.objects.filter(is_owner=True).exists():
        return
    ledger.append(
        Kind.BACKUP_CHECKED,
        actor=system_actor("restore command"),
        subject=f"backup:{found.header['id']}",
        details={"kind": found.header["kind"], "tables": len(found.rows), "objects": found.objects},
    )
