"""How many reads each camera submitted in each hour: plate-free, and one ledger entry an hour and camera."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from platewarden.cameras.models import Camera
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.reads.models import Read, ReadCount
from platewarden.site.prepared import execute

_ADD = """
INSERT INTO read_counts (agency_id, camera_id, hour, reads, state_unknown) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (agency_id, camera_id, hour) DO UPDATE
SET reads = read_counts.reads + excluded.reads, state_unknown = read_counts.state_unknown + excluded.state_unknown
"""


def count_reads(camera: Camera, rows: Sequence[Read], *, now: datetime) -> None:
    """Add *rows* to the count of the hour in which they were received; part of the caller's transaction."""
    tally = Counter(reads=len(rows), state_unknown=sum(not row.state for row in rows))
    execute(_ADD, [camera.agency_id, camera.pk, hour_of(now), tally["reads"], tally["state_unknown"]])


def hour_of(moment: datetime) -> datetime:
    """Return the start of the hour that *moment* lies in."""
    return moment.replace(minute=0, second=0, microsecond=0)


@transaction.atomic
def record_counts(*, actor: Actor, now: datetime) -> int:
    """Enter each finished hour's counts on the ledger; return how many entries were written."""
    finished = ReadCount.objects.select_for_update().filter(
        entry__isnull=True, hour__lt=hour_of(now - timedelta(minutes=5))
    )
    rows = list(finished.order_by("hour", "camera_id"))
    if not rows:
        return 0
    entries = ledger.append_many(
        [
            ledger.Draft(
                kind=Kind.READS_COUNTED,
                actor=actor,
                subject=f"camera:{row.camera_id}",
                details={
                    "hour": row.hour.isoformat(),
                    "reads": row.reads,
                    "state_unknown": row.state_unknown,
                },
            )
            for row in rows
        ]
    )
    for row, entry in zip(rows, entries, strict=True):
        row.entry = entry.seq
        row.save(update_fields=["entry"])
    return len(rows)
