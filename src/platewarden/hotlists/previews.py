"""What loading a file would do, said before anything is done."""

from dataclasses import dataclass
from datetime import datetime

from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists.formats.csv_layout import read_csv
from platewarden.hotlists.formats.report import Report
from platewarden.hotlists.models import Hotlist, Snapshot
from platewarden.policy import hotlists as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require


@dataclass(frozen=True, slots=True)
class Preview:
    """A file looked through without being loaded.

    Attributes:
        report: What it holds, or why it would be refused.
        current: How many entries the list has now.
    """

    report: Report
    current: int

    @property
    def accepted(self) -> int:
        """How many entries the list would have."""
        return len(self.report.rows)

    @property
    def difference(self) -> int:
        """How many entries more (or fewer, below zero) than now."""
        return self.accepted - self.current


def preview(content: bytes, *, hotlist: Hotlist, actor: Actor, now: datetime) -> Preview:
    """Return what loading *content* into *hotlist* would do; nothing is written.

    Raises:
        PolicyRefusal: *actor* may not load lists.
    """
    require(policy.may_load(actor), action="hotlist.preview")
    report = read_csv(content, parameters=parameters_at(now))
    current = Snapshot.objects.filter(hotlist=hotlist, is_current=True).first()
    return Preview(report, current.accepted if current else 0)
