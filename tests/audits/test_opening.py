"""A week opens by itself: its seed is the ledger's, its sample anybody's to draw again, its signals found."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from platewarden.accounts.actors import system_actor
from platewarden.auditing.drawing import draw
from platewarden.auditing.ledgerfile import read_week
from platewarden.auditing.signals import SignalKind
from platewarden.auditing.weeks import Week
from platewarden.audits.models import SAMPLE, ReviewItem, ReviewWeek
from platewarden.audits.opening import open_due_weeks, open_week, seed_of
from platewarden.audits.plates import declare, plant
from platewarden.ledger import handout
from platewarden.ledger.actions import sign_checkpoint
from platewarden.ledger.keys import ensure_log_key
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, LedgerBody
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.audits import Relation
from platewarden.site.clock import utc_now
from tests.audits.scenes import on_ledger, searched
from tests.cast import Cast

pytestmark = [pytest.mark.clause("AUD-1"), pytest.mark.usefixtures("fresh_database")]


@pytest.fixture
def week(settings: Any, cast: Cast) -> Week:
    """The week after the one in which the cast was entered on the ledger; its log has a key."""
    ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)
    return Week.of(utc_now()).next


def ends(owner: psycopg.Connection[Any], week: Week, cast: Cast) -> Checkpoint:
    """Let something happen after *week*, and a checkpoint be signed."""
    on_ledger(owner, Kind.SIGN_OUT, cast.alice, week.ends_at + timedelta(minutes=5))
    return sign_checkpoint(actor=system_actor("tests"), now=week.ends_at + timedelta(minutes=6))


def opened(week: Week) -> ReviewWeek | None:
    """Open *week* an hour after its end."""
    return open_week(week, actor=system_actor("tests"), now=week.ends_at + timedelta(hours=1))


def test_a_week_has_no_seed_before_a_checkpoint_covers_what_came_after_it(
    cast: Cast, week: Week, owner_connection: psycopg.Connection[Any]
) -> None:
    """A checkpoint signed during the week is none: whoever saw it could still add searches."""
    searched(owner_connection, cast.ivan, week.begins_at + timedelta(hours=1))
    on_ledger(owner_connection, Kind.CHECKPOINT_SIGNED, cast.ivan, week.begins_at + timedelta(days=2))
    sign_checkpoint(actor=system_actor("tests"), now=week.begins_at)
    assert seed_of(week) is None
    assert opened(week) is None
    checkpoint = ends(owner_connection, week, cast)
    assert seed_of(week) == checkpoint


def test_the_first_checkpoint_counts_and_a_later_one_changes_nothing(
    cast: Cast, week: Week, owner_connection: psycopg.Connection[Any]
) -> None:
    """What is drawn once stays drawn, also when the week is opened again."""
    numbers = [
        searched(owner_connection, cast.ivan, week.begins_at + timedelta(hours=hour)) for hour in range(30)
    ]
    first = ends(owner_connection, week, cast)
    review = opened(week)
    assert review
    ends(owner_connection, week, cast)
    assert opened(week) == review
    assert (review.seed_size, bytes(review.seed)) == (first.size, bytes(first.root))
    assert (review.population, review.drawn) == (30, 10)
    drawn = [item.entries[0] for item in review.items.filter(kind=SAMPLE)]
    assert drawn == draw(bytes(first.root), numbers, 10)


def test_whoever_has_a_copy_of_the_ledger_draws_the_same(
    cast: Cast, week: Week, owner_connection: psycopg.Connection[Any]
) -> None:
    """Without a word of what was searched: numbers, times and kinds suffice."""
    for hour in range(25):
        searched(owner_connection, cast.ivan, week.begins_at + timedelta(hours=hour))
    ends(owner_connection, week, cast)
    review = opened(week)
    assert review
    upto = handout.order_export(has_bodies=False, actor=cast.actor("tom"), now=utc_now())
    copy = [line.decode() for line in handout.export(upto, has_bodies=False)]
    assert not any("KAB4821" in line or "burglary" in line for line in copy)
    found = read_week(copy, week)
    drawn = [item.entries[0] for item in review.items.filter(kind=SAMPLE)]
    assert draw(found.seed, found.entries, review.drawn) == drawn


def test_what_is_opened_is_on_the_ledger_and_auditors_are_told(
    cast: Cast, week: Week, owner_connection: psycopg.Connection[Any]
) -> None:
    """Checkpoint, seed, how many and which: whoever doubts it compares."""
    searched(owner_connection, cast.ivan, week.begins_at)
    ends(owner_connection, week, cast)
    review = opened(week)
    assert review
    said = LedgerBody.objects.get(pk=review.entry).content
    assert said["details"]["seed"] == bytes(review.seed).hex()
    assert said["details"]["drawn"] == list(review.items.get(kind=SAMPLE).entries)
    notice = Notice.objects.get(subject=f"audit:{week}")
    assert (notice.to_role, notice.due_at) == (Role.AUDITOR, week.ends_at + timedelta(days=7))


def test_signals_look_at_every_search_and_back_over_weeks(
    cast: Cast, week: Week, owner_connection: psycopg.Connection[Any]
) -> None:
    """A vehicle searched again and again, a declared plate, a planted one; nothing kept of them is a plate."""
    declare(plate="MYO 5500", relation=Relation.OWN, actor=cast.actor("sue"), now=utc_now())
    plant(
        plate="NOB 0000", where="In a case file that nobody works on", actor=cast.actor("tom"), now=utc_now()
    )
    for day in range(5):
        searched(owner_connection, cast.alice, week.begins_at + timedelta(days=day), case="2026-000777")
    late = week.begins_at + timedelta(days=5)
    one = searched(owner_connection, cast.ivan, late, plate="myo-5500", case="2026-000778")
    other = searched(owner_connection, cast.ivan, late, plate="NOB0000", case="2026-000779")
    ends(owner_connection, week, cast)
    review = opened(week)
    assert review
    shown = {item.kind: item for item in ReviewItem.objects.exclude(kind=SAMPLE)}
    assert set(shown) == {SignalKind.REPEATED, SignalKind.DECLARED, SignalKind.CANARY}
    assert (shown[SignalKind.REPEATED].person, len(shown[SignalKind.REPEATED].entries)) == (cast.alice, 5)
    assert (shown[SignalKind.DECLARED].entries, shown[SignalKind.CANARY].entries) == ([one], [other])
    kept = repr(list(ReviewItem.objects.values())) + repr(
        [body.body for body in LedgerBody.objects.filter(pk=review.entry)]
    )
    assert not any(plate in kept for plate in ("KAB4821", "MYO5500", "NOB0000"))


def test_weeks_open_one_after_the_other_and_an_empty_one_as_well(
    cast: Cast, week: Week, owner_connection: psycopg.Connection[Any]
) -> None:
    """From the week of the first account on; a week without a search is a week that was looked at."""
    ends(owner_connection, week.next, cast)
    now = week.next.ends_at + timedelta(hours=1)
    made = open_due_weeks(actor=system_actor("tests"), now=now)
    expected = [Week.of(cast.alice.created_at)]
    while expected[-1] != week.next:  # as many as have passed since: the ledger goes by the machine's clock
        expected.append(expected[-1].next)
    assert [review.week for review in made] == expected
    assert made[-1].population == 0
    assert open_due_weeks(actor=system_actor("tests"), now=now) == []
