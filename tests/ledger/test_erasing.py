"""What entries say is erased by the schedule in force, and the tree stands."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from platewarden.ledger.erasing import KEPT, LOOKS, erase_due_bodies
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy.actor import Actor


def append_old(owner: psycopg.Connection[Any], kind: Kind, days: int) -> int:
    """Append an entry of *kind* as if made *days* ago; return its number."""
    body = json.dumps(
        {"actor": {"name": "alice"}, "subject": "", "outcome": "done", "details": {"days": days}}
    )
    made = owner.execute(
        "select seq from ledger_append_at(array[%s], array[%s], now() - make_interval(days => %s))",
        [kind.value, body, days],
    )
    return int(made.fetchall()[0][0])


@pytest.mark.clause("AUD-1")
def test_bodies_go_on_their_own_schedule(
    fresh_database: str, owner_connection: psycopg.Connection[Any], actor: Actor, verdict: Callable[..., Any]
) -> None:
    """Looks after three years, the rest after five, proof of destruction and of keys never; a day before, nothing."""
    ages = {(Kind.DAY_PURGED, 4000): True, (Kind.KEY_ROTATED, 3000): True, (Kind.SIGN_OUT, 1827): False}
    ages |= {(Kind.SIGN_OUT, 1825): True, (Kind.QUERY_ASKED, 1096): False, (Kind.QUERY_ASKED, 1094): True}
    numbers = {append_old(owner_connection, *age): is_kept for age, is_kept in ages.items()}
    moment: datetime = owner_connection.execute("select now()").fetchall()[0][0]
    assert erase_due_bodies(actor=actor, now=moment) == 2
    assert {seq: LedgerBody.objects.filter(pk=seq).exists() for seq in numbers} == numbers
    found = verdict()
    assert (found.is_sound, found.erased) == (True, 2)
    records = LedgerBody.objects.filter(leaf__kind=Kind.BODIES_ERASED).order_by("pk")
    assert [record.content["details"]["reason"] for record in records] == [
        "RET-3: ledger.query_body_days",
        "RET-3: ledger.other_body_days",
    ]
    assert erase_due_bodies(actor=actor, now=moment) == 0
    assert erase_due_bodies(actor=actor, now=moment + timedelta(days=3)) == 2


def test_every_kind_has_one_schedule() -> None:
    """No kind is both a look and kept for ever."""
    assert not LOOKS & KEPT
    assert Kind.QUERY_ASKED in LOOKS
    assert Kind.BODIES_ERASED in KEPT
