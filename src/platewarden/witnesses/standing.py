"""How far the ledger is vouched for by others, as it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max

from platewarden.ledger import keys, store
from platewarden.ledger.checkpoint import NoteError, open_checkpoint
from platewarden.ledger.keys import LogKeyError
from platewarden.ledger.models import Cosignature
from platewarden.witnesses.actions import CONTRADICTION, disagreement
from platewarden.witnesses.models import Witness


@dataclass(frozen=True, slots=True)
class Line:
    """A witness with what they have co-signed last; nothing for one who never has."""

    witness: Witness
    size: int
    signed_at: datetime | None


def lines() -> list[Line]:
    """Return every witness on the register, newest first."""
    newest = {
        key: (size, at)
        for key, size, at in Cosignature.objects.values_list("witness").annotate(
            Max("size"), Max("signed_at")
        )
    }
    registered = Witness.objects.select_related("proposed_by", "adopted_by")
    return [Line(one, *newest.get(one.key, (0, None))) for one in registered]


def contradictions() -> list[str]:
    """Return what was signed for this ledger and is not what it holds now, a sentence each.

    Looks at the newest co-signed checkpoint of each witness beside the database, which is as old as it was even
    where the database was put back, at what was kept as evidence, and at what witnesses say that they have seen.
    """
    found = [f"kept as evidence: {name}" for name in _kept(CONTRADICTION)]
    try:
        trusted = keys.verifiers()
    except LogKeyError as error:
        return [*found, str(error)]
    notes = store.read_checkpoint_files(settings.PLATEWARDEN_CHECKPOINTS)
    for name in _newest_of_each(_kept("cosigned")):
        try:
            problem = disagreement(open_checkpoint(notes[name], trusted))
        except NoteError as error:
            problem = f"{name} is not signed by this log ({error})"
        found += [problem] if problem else []
    ahead = Witness.objects.filter(adopted_at__isnull=False, ahead_size__isnull=False)
    return found + [f"{one.who} has seen {one.ahead_size} entries" for one in ahead]


def _kept(suffix: str) -> list[str]:
    return sorted(path.name for path in settings.PLATEWARDEN_CHECKPOINTS.glob(f"*.{suffix}"))


def _newest_of_each(names: Sequence[str]) -> list[str]:
    return list({name.split(".")[1]: name for name in names}.values())
