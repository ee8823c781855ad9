"""What loading a file would do, said before anything is done."""

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Final

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists import writing
from platewarden.hotlists.formats.lines import Watch, unwatched
from platewarden.hotlists.formats.reading import HowToRead, Reading
from platewarden.hotlists.formats.report import Report
from platewarden.hotlists.formats.rows import Row
from platewarden.hotlists.models import Hotlist, Snapshot
from platewarden.policy import hotlists as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require

FIRST_ROWS: Final = 8
"""Entries shown as they would be understood."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A file looked through without being loaded.

    Attributes:
        report: What it holds, or why it would be refused.
        difference: What it would change; all of it new while nothing is in use.
        current: How many entries the list has now.
        first: Its first entries, as they would be understood.
    """

    report: Report
    difference: writing.Difference
    current: int
    first: list[Row] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """How many entries the list would have."""
        return self.report.accepted_count


def preview(
    content: bytes | BinaryIO,
    *,
    hotlist: Hotlist,
    actor: Actor,
    now: datetime,
    layout: str = "",
    category: policy.Category | None = None,
    watch: Watch = unwatched,
) -> Preview:
    """Return what loading *content* into *hotlist* would do; nothing is kept. The arguments are `load_snapshot`'s.

    Raises:
        PolicyRefusal: *actor* may not load lists.
    """
    require(policy.may_load(actor), action="hotlist.preview")
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    reading = Reading(file, HowToRead(parameters_at(now), layout, category), watch)
    report = reading.report
    first: list[Row] = []
    current = Snapshot.objects.filter(hotlist=hotlist, is_current=True).first()
    found = writing.Difference()
    with suppress(_UndoneError), transaction.atomic():
        writing.copy_checked(_kept_first(reading.rows(), first, report))
        if report.is_sound:
            report.repeated = writing.remove_repeated(None)
            found = writing.difference(current, None)
        raise _UndoneError
    return Preview(report, found, current.accepted if current else 0, first)


class _UndoneError(Exception):
    """What was written to compare it is taken back."""


def _kept_first(rows: Iterator[Row], first: list[Row], report: Report) -> Iterator[Row]:
    for row in rows:
        if len(first) < FIRST_ROWS:
            first.append(row)
        if report.is_sound:
            yield row
