"""Page after page an answer shows each of its reads once, in order, whatever happens between two pages."""

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platewarden.ledger.models import LedgerBody
from platewarden.queries import actions
from platewarden.queries.cursors import Cursor
from platewarden.queries.models import Query
from platewarden.reads.models import Read
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, store

pytestmark = pytest.mark.django_db

MINUTES = st.lists(st.integers(0, 12), min_size=1, max_size=30)
"""How long ago reads were seen, many at the same moment."""
NUMBERS = count(1000)


def sighted(
    cast: Cast, plate: str, minutes: list[int], *, received_after: timedelta = timedelta(0)
) -> list[Read]:
    """Store reads of one plate so many *minutes* before the end of the window."""
    reads = [a_sighting(cast.camera, plate, NOW - timedelta(minutes=20 + ago)) for ago in minutes]
    for read in reads:
        read.received_at = NOW + received_after if received_after else read.seen_at
    return store(reads)


def pages_of(query: Query, cast: Cast, between: Callable[[], None]) -> list[list[Any]]:
    """Look at page after page, letting *between* happen each time; return the ids on each page."""
    pages: list[list[Any]] = []
    after, now = None, NOW
    while True:
        answer = actions.answer(query, actor=cast.actor("ivan"), now=now, after=after)
        details = LedgerBody.objects.get(pk=answer.entry).content["details"]
        assert details["reads"] == [str(read.id) for read in answer.reads], (
            "what is shown is what was recorded"
        )
        assert answer.first == (sum(len(page) for page in pages) + 1 if answer.reads else 0)
        pages.append([read.id for read in answer.reads])
        if answer.following is None:
            return pages
        after, now = Cursor.parse(answer.following.text), now + timedelta(seconds=1)
        between()


@pytest.mark.clause("QRY-1", "QRY-2")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=MINUTES, late=MINUTES, rows=st.integers(1, 7), most=st.sampled_from([3, 10, 200]))
def test_pages_are_the_answer_as_it_stood_at_the_first_look(
    cast: Cast, ask: Any, minutes: list[int], late: list[int], rows: int, most: int
) -> None:
    """No read is skipped, none comes twice, none is added that arrived later, and no page exceeds what it may hold."""
    plate = f"KAB{next(NUMBERS)}"  # one an example: what one example stored is no part of the next
    there = sorted(sighted(cast, plate, minutes), key=lambda read: (read.seen_at, read.id), reverse=True)
    query, arrivals = ask(plate), random.Random(1)
    Query.objects.filter(pk=query.pk).update(most=most)
    query.refresh_from_db()

    def a_late_one() -> None:
        sighted(cast, plate, [arrivals.choice(late)], received_after=timedelta(minutes=1))

    with patch.object(actions, "PAGE_ROWS", rows):
        pages = pages_of(query, cast, a_late_one)
    assert [one for page in pages for one in page] == [read.id for read in there[:most]]
    assert all(len(page) <= rows for page in pages)
