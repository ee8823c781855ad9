"""What is to be said of the time of a read: how far its device's clock was off, in words."""

from datetime import datetime
from uuid import UUID

from platewarden.policy.devices import is_clock_doubtful
from platewarden.policy.parameters import Parameters
from platewarden.reads.models import Capture
from platewarden.site.components import lasting


def doubt_about(read_id: UUID, seen_at: datetime, *, parameters: Parameters) -> str:
    """Return why the time of a read that a device signed is to be doubted; empty where it is not.

    What a camera without a key sends has no such fact: how its clock does is on its own page.
    """
    of_read = Capture.objects.filter(seen_at=seen_at, read_id=read_id, signed_by__isnull=False)
    offsets = list(of_read.values_list("clock_offset_seconds", flat=True)[:1])
    if not offsets or not is_clock_doubtful(offsets[0], parameters=parameters):
        return ""
    if offsets[0] is None:
        return "Nobody had compared its device's clock with this server's: the time may be off by any amount."
    return (
        f"Its device's clock was {offset_in_words(offsets[0])}. The time of a live camera is set right by that; "
        "that of a recording is as the recording has it."
    )


def offset_in_words(seconds: float) -> str:
    """Return how far a clock is from ours, in words; positive is ahead."""
    side = "ahead of" if seconds >= 0 else "behind"
    return f"{lasting(abs(seconds))} {side} this server's"
