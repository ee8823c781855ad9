"""Scenes about cases: a justified query, reads that it found, a hold that somebody asks for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from platewarden.cases import holds
from platewarden.cases.holds import Wish
from platewarden.cases.models import Hold
from platewarden.policy.holds import Authority
from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.policy.use import Purpose
from platewarden.queries.actions import ask
from platewarden.queries.models import Query
from platewarden.reads.models import Read
from tests.cast import Cast
from tests.sightings import a_sighting, store, with_images

PLATE = "WLK9027"
NUMBER = "2026-004512"


def sightings(cast: Cast, now: datetime, count: int = 3, *, plate: str = PLATE) -> list[Read]:
    """Store *count* reads of one plate with images, one a day, the latest two hours old."""
    moments = [now - timedelta(days=age, hours=2) for age in range(count)]
    return store([with_images(a_sighting(cast.camera, plate, moment)) for moment in moments])


def asked(
    cast: Cast,
    now: datetime,
    *,
    by: str = "ivan",
    number: str = NUMBER,
    plate: str = PLATE,
    reason: str = "Car seen leaving the burglary on Green Street",
) -> Query:
    """Let somebody ask for a plate under a case number."""
    why = Justification(Purpose.CRIMINAL_INVESTIGATION, reason, number)
    scope = QueryScope(QueryKind.EXACT, plate, (), now - timedelta(days=20), now - timedelta(minutes=15))
    return ask(justification=why, scope=scope, actor=cast.actor(by), now=now)


def wish(now: datetime, **changes: Any) -> Wish:
    """What a proper request says."""
    said = {
        "case_number": NUMBER,
        "authority": Authority.COURT_ORDER,
        "authority_text": "County Court, order 114 of 18 November",
        "reason": "The defence has asked for the car's way that week",
        "ends_at": now + timedelta(days=60),
    }
    return Wish(**{**said, **changes})


def wanted(
    cast: Cast,
    now: datetime,
    *,
    query: Query | None = None,
    reads: Sequence[Read] | None = None,
    **changes: Any,
) -> Hold:
    """Let Ivan ask for a hold of what his query finds."""
    query = query or asked(cast, now)
    actor = cast.actor("ivan")
    found = list(reads) if reads is not None else holds.named_reads(query, [], actor=actor, now=now)
    return holds.request_hold(query=query, reads=found, wish=wish(now, **changes), actor=actor, now=now)


def placed(cast: Cast, now: datetime, **changes: Any) -> Hold:
    """A hold that Ada has placed."""
    return holds.place_hold(hold=wanted(cast, now, **changes), actor=cast.actor("ada"), now=now)
