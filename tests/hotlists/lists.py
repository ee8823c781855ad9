"""Files and lists that the tests about hotlists play with."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from platewarden.hotlists import uploads
from platewarden.hotlists.formats.reading import HowToRead, Reading
from platewarden.hotlists.formats.report import Report
from platewarden.hotlists.formats.rows import Row
from platewarden.hotlists.loading import create_hotlist, load_snapshot
from platewarden.hotlists.models import Hotlist, Snapshot
from platewarden.policy.entries import ManualEntryFacts
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import defaults
from tests.cast import Cast
from tests.conftest import NOW

HEADER = "plate,state,category,reason\n"


def csv_of(*lines: str, header: str = HEADER) -> bytes:
    """A list file of *lines* under *header*."""
    return (header + "\n".join(lines)).encode()


def a_list(cast: Cast, name: str = "State extract", **changes: Any) -> Hotlist:
    """A list that Sue has set up."""
    settings = {"source": "State police", "max_age_hours": None, **changes}
    return create_hotlist(name=name, actor=cast.actor("sue"), now=NOW, **settings)


def load(
    cast: Cast, hotlist: Hotlist, *lines: str, at: datetime = NOW, who: str = "sue", **changes: Any
) -> Snapshot:
    """Load *lines* into *hotlist*, in effect since an hour before *at*."""
    settings = {"effective_at": at - timedelta(hours=1), "file_name": "list.csv", **changes}
    return load_snapshot(hotlist=hotlist, content=csv_of(*lines), actor=cast.actor(who), now=at, **settings)


@dataclass
class Found:
    """A file as it was read: its entries, and the report beside them."""

    rows: list[Row]
    report: Report

    def __getattr__(self, name: str) -> Any:
        """Whatever else is asked of it is the report's."""
        return getattr(self.report, name)


def read(content: bytes, **how: Any) -> Found:
    """Read *content*, under the policy's own values unless *how* has others."""
    reading = Reading(io.BytesIO(content), HowToRead(**{"parameters": defaults(NOW), **how}))
    return Found(list(reading.rows()), reading.report)


def run_jobs(now: datetime = NOW) -> None:
    """Do what the worker would do *now*, in its order."""
    acts = {uploads.CHECK: uploads.check, uploads.LOAD: uploads.load}
    next_job = "(SELECT min(id) FROM procrastinate_jobs)"
    taken = f"DELETE FROM procrastinate_jobs WHERE id = {next_job} RETURNING task_name, args ->> 'upload_id'"
    with connection.cursor() as cursor:
        cursor.execute(taken)
        while job := cursor.fetchone():
            acts[job[0]](UUID(job[1]), now=now)
            cursor.execute(taken)


def facts(**changes: Any) -> ManualEntryFacts:
    """What a manual entry in order says, with *changes*."""
    said: dict[str, Any] = {
        "reason": "Seen leaving a burglary on Mill Street",
        "case_number": "2026-004417",
        "state": "NY",
        "any_state": False,
        "expires_at": NOW + timedelta(days=7),
        "category": Category.MANUAL,
        **changes,
    }
    return ManualEntryFacts(**said)
