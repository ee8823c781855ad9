"""What is due about backups: they are made, one is opened now and then, and a restore is tried (ADM-4)."""

from datetime import datetime

from platewarden.accounts.actors import founded_at
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty


def duties_at(now: datetime) -> list[Duty]:
    """Return when the next backup is made and one is opened, by the ledger; of restores it knows nothing.

    A restore is tried on another machine, whose ledger holds the entry: here it is unknown, and said to be.
    """
    return [
        _by_ledger("Make a backup", Kind.BACKUP_MADE, "accounts.backup_days", now),
        _by_ledger("Open a backup to its end", Kind.BACKUP_CHECKED, "accounts.backup_check_days", now),
        _duty("Try a restore", None, "not known here: the machine that was restored to has it on its ledger"),
    ]


def _by_ledger(what: str, kind: Kind, every: str, now: datetime) -> Duty:
    last = LedgerLeaf.objects.filter(kind=kind).order_by("-seq").values_list("at", flat=True).first()
    due = (last or founded_at(now)) + parameters_at(now).days(every)
    return _duty(what, due, f"last on {last:%Y-%m-%d}" if last else "never")


def _duty(what: str, due: datetime | None, evidence: str) -> Duty:
    return Duty(what, "ADM-4", Role.ADMINISTRATOR, due, evidence, "retention:ahead")
