"""What became of reads whose pass their camera has read again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from platewarden.reads.models import Read, Reading

PASS_SPAN: Final = timedelta(minutes=10)
"""Readings farther apart are of different passes: devices count passes from one again when they start."""


def earlier_readings(reads: Iterable[Read]) -> dict[UUID, UUID]:
    """Return, by its id, which of *reads* do not stand any more, each with the id of the read that does."""
    found = Reading.objects.filter(read_id__in=[read.id for read in reads], superseded_by__isnull=False)
    return {read_id: by for read_id, by in found.values_list("read_id", "superseded_by") if by}


def read_again_as(
    reads: Iterable[Read], *, seen_until: datetime, received_until: datetime
) -> dict[UUID, Read | None]:
    """Return those of *reads* that do not stand any more, each with the read that does.

    Args:
        reads: Reads that somebody may see.
        seen_until: Nothing is told of a read after this, such as the end of what was asked for: None stands for it.
        received_until: Likewise of one that arrived later.
    """
    earlier = earlier_readings(reads)
    moments = dict(Reading.objects.filter(read_id__in=earlier.values()).values_list("read_id", "seen_at"))
    shown = {moment for moment in moments.values() if moment < seen_until}
    found = Read.objects.filter(id__in=list(moments), seen_at__in=shown, received_at__lte=received_until)
    standing = {read.id: read for read in found} if shown else {}
    return {read_id: standing.get(by) for read_id, by in earlier.items()}
