"""Scenes of the weekly review: searches on the ledger at chosen times, a week with an item in it."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

from platewarden.accounts.models import User
from platewarden.auditing.signals import SignalKind
from platewarden.auditing.weeks import Week
from platewarden.audits.models import SAMPLE, ReviewItem, ReviewWeek
from platewarden.ledger.kinds import Kind
from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.policy.use import Purpose
from platewarden.queries import actions as queries
from platewarden.queries.models import Query
from tests.cast import Cast
from tests.conftest import NOW

WEEK = Week.of(NOW)


def a_search(cast: Cast, *, by: str = "ivan", plate: str = "KAB4821", now: datetime = NOW) -> Query:
    """A search that somebody of the cast asks for now."""
    until = now - timedelta(minutes=15)
    return queries.ask(
        justification=Justification(
            Purpose.CRIMINAL_INVESTIGATION, "Car seen leaving the burglary", "2026-004512"
        ),
        scope=QueryScope(QueryKind.EXACT, plate, (), until - timedelta(days=7), until),
        actor=cast.actor(by),
        now=now,
    )


def an_item(
    cast: Cast,
    *,
    by: str = "ivan",
    others: Sequence[str] = (),
    kind: str = SAMPLE,
    week: ReviewWeek | None = None,
) -> ReviewItem:
    """A week under review, with one item about a search of somebody of the cast, and perhaps of others."""
    week = week or ReviewWeek.objects.filter(monday=WEEK.monday).first() or a_week(cast)
    searches = [a_search(cast, by=name) for name in (by, *others)]
    return ReviewItem.objects.create(
        week=week,
        place=week.items.count() + 1,
        kind=kind,
        person=getattr(cast, by),
        people=sorted({query.asked_by_id for query in searches}),
        entries=[query.entry for query in searches],
        words="Drawn by chance." if kind == SAMPLE else "Something was found.",
    )


def a_week(cast: Cast, week: Week = WEEK) -> ReviewWeek:
    """A week under review, with nothing in it yet."""
    return ReviewWeek.objects.create(
        agency=cast.agency,
        monday=week.monday,
        opened_at=week.ends_at + timedelta(hours=1),
        seed_size=100,
        seed=bytes(32),
        population=1,
        drawn=1,
        entry=0,
    )


def on_ledger(
    owner: psycopg.Connection[Any],
    kind: Kind,
    person: User,
    at: datetime,
    *,
    outcome: str = "done",
    details: dict[str, Any] | None = None,
) -> int:
    """Append an entry of *person* as if made *at*, no earlier than the one before; return its number."""
    body = {
        "actor": {"kind": "person", "id": str(person.pk), "name": person.username},
        "subject": "",
        "outcome": outcome,
        "details": details or {},
    }
    made = owner.execute(
        "select seq from ledger_append_at(array[%s], array[%s], %s)", [kind.value, json.dumps(body), at]
    )
    return int(made.fetchall()[0][0])


def searched(
    owner: psycopg.Connection[Any],
    person: User,
    at: datetime,
    *,
    plate: str = "KAB4821",
    case: str = "2026-004512",
    reason: str = "Car seen leaving the burglary on Green Street",
    kind: str = "exact",
) -> int:
    """A search that *person* asked for *at*, on the ledger alone."""
    details = {
        "purpose": "criminal_investigation",
        "reason": reason,
        "case": case,
        "requested_by": "",
        "kind": kind,
        "plate": plate,
    }
    return on_ledger(owner, Kind.QUERY_ASKED, person, at, outcome="asked", details=details)


ANY_SIGNAL = SignalKind.REPEATED.value
