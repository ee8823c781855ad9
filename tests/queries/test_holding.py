"""Searches that somebody else decides on, and exigent ones that get their number afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import Http404

from platewarden.accounts.actors import system_actor
from platewarden.adoption.models import AdoptedValue
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.notices.doors import inbox_of
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.queries import QueryKind, QueryScope
from platewarden.queries import actions, holding
from platewarden.queries.doors import get_held_for, held_searches, is_locked
from platewarden.queries.models import Query
from tests.cast import Cast
from tests.conftest import NOW
from tests.queries.conftest import JUSTIFICATION
from tests.sightings import a_sighting, store

pytestmark = pytest.mark.django_db

GROUND = replace(JUSTIFICATION, reason="Arson at the mosque on Main Street, which car drove away?")
EXIGENT = replace(JUSTIFICATION, case_number="", exigent=True)
NOTE = "Two victims of the arson confirm the grey car"


@pytest.fixture
def put(cast: Cast) -> Callable[..., Query]:
    """Ask for everything about one plate, or at one camera, as somebody."""

    def _put(
        justification: Any = GROUND,
        *,
        by: str = "ivan",
        hours: int = 2,
        plate: str = "KAB4821",
        now: datetime = NOW,
    ) -> Query:
        until = NOW - timedelta(minutes=15)
        kind = QueryKind.EXACT if plate else QueryKind.CAMERA_TIME
        cameras = () if plate else (cast.camera.pk,)
        scope = QueryScope(kind, plate, cameras, until - timedelta(hours=hours), until)
        return actions.ask(
            justification=justification, scope=scope, actor=cast.actor(by), now=now, for_decision=True
        )

    return _put


@pytest.fixture
def exigent(cast: Cast) -> None:
    """The agency has adopted exigent searches."""
    AdoptedValue.objects.create(
        name="query.exigent",
        value=True,
        why="lives",
        in_force_from=NOW - timedelta(days=1),
        proposed_by=cast.ada,
        proposed_at=NOW,
        approved_by=cast.sue,
        approved_at=NOW,
    )


def release(query: Query, cast: Cast, *, by: str = "sue", now: datetime = NOW) -> Query:
    """Release *query* as somebody."""
    return holding.decide(query=query, release=True, note=NOTE, actor=cast.actor(by), now=now)


def kinds() -> list[str]:
    """Return the kinds of the entries about searches, in order."""
    return [
        kind for kind in LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True) if "query" in kind
    ]


@pytest.mark.clause("USE-4")
def test_a_reason_that_names_a_ground_waits_and_is_recorded(put: Any, cast: Cast) -> None:
    """Nothing is searched; the request is on the ledger as held, and every supervisor is told without the plate."""
    query = put()
    leaf = LedgerLeaf.objects.get(seq=query.entry)
    assert (leaf.kind, query.held_for, query.is_released) == ("query.held", ["ground"], False)
    assert LedgerBody.objects.get(pk=query.entry).content["details"]["plate"] == "KAB4821"
    (notice,) = inbox_of(cast.actor("sue")).filter(kind="query.held")
    assert "Ivan Example" in notice.text
    assert "KAB4821" not in notice.text
    with pytest.raises(PolicyRefusal, match="QRY-1"):
        actions.answer(query, actor=cast.actor("ivan"), now=NOW)


@pytest.mark.clause("USE-4", "QRY-1")
def test_a_released_search_is_made_once_within_its_time(put: Any, cast: Cast) -> None:
    """Its asker is told, makes it, may look at the answer for an hour from then on, and then never again."""
    store([a_sighting(cast.camera, "KAB4821", NOW - timedelta(hours=1))])
    query = release(put(), cast)
    (told,) = inbox_of(cast.actor("ivan")).filter(kind="query.decided")
    assert NOTE in told.text
    later = NOW + timedelta(hours=3)
    assert actions.answer(query, actor=cast.actor("ivan"), now=later).total == 1
    query.refresh_from_db()
    assert query.expires_at == later + timedelta(hours=1)
    with pytest.raises(PolicyRefusal, match="QRY-2"):
        actions.answer(query, actor=cast.actor("ivan"), now=later + timedelta(hours=1))
    assert kinds() == ["query.held", "query.released", "query.answered"]
    assert not inbox_of(cast.actor("sue")).filter(kind="query.held", handled_at=None).exists()


@pytest.mark.clause("USE-4", "QRY-1")
def test_a_denied_search_is_never_made(put: Any, cast: Cast) -> None:
    """Its asker is told why; the denial is on record."""
    query = put()
    query = holding.decide(query=query, release=False, note=NOTE, actor=cast.actor("sue"), now=NOW)
    with pytest.raises(PolicyRefusal):
        actions.answer(query, actor=cast.actor("ivan"), now=NOW)
    assert kinds() == ["query.held", "query.denied"]
    assert inbox_of(cast.actor("ivan")).filter(kind="query.decided").exists()


@pytest.mark.clause("QRY-1", "USE-4")
def test_it_is_decided_once_by_another_with_a_reason_and_in_time(put: Any, cast: Cast) -> None:
    """Not by whoever asked, not by an investigator, not without a reason, not twice, not a day later."""
    query = put(by="sue")
    refused = [
        ("sue", NOTE, NOW),
        ("ivan", NOTE, NOW),
        ("max", "ok", NOW),
        ("max", NOTE, NOW + timedelta(days=1)),
    ]
    for by, note, now in refused:
        with pytest.raises(PolicyRefusal):
            holding.decide(query=query, release=True, note=note, actor=cast.actor(by), now=now)
    release(query, cast, by="max")
    with pytest.raises(PolicyRefusal, match="Somebody has decided"):
        release(query, cast, by="max")


@pytest.mark.clause("QRY-1")
def test_whoever_it_is_made_for_does_not_release_it(put: Any, cast: Cast) -> None:
    """A supervisor who lets a colleague ask for them is no second person, however their name is written."""
    for name in ("sue", " SUE Example "):
        query = put(replace(GROUND, requested_by=name))
        with pytest.raises(PolicyRefusal, match="made for them"):
            release(query, cast, by="sue")


@pytest.mark.clause("QRY-1")
def test_a_broad_search_waits_only_where_that_is_asked_for(put: Any, cast: Cast) -> None:
    """By accident nobody puts one before a supervisor; released, it may show more."""
    query = put(JUSTIFICATION, plate="", hours=48)
    assert (query.held_for, query.most) == (["breadth"], 1000)
    with pytest.raises(PolicyRefusal, match="longer than the 24 hours"):
        actions.ask(
            justification=JUSTIFICATION, scope=actions.scope_of(query), actor=cast.actor("ivan"), now=NOW
        )


def test_those_who_decide_see_what_waits_for_them(put: Any, cast: Cast) -> None:
    """Supervisors all but their own; nobody else any; looking at one is an entry."""
    query = put(by="sue")
    assert held_searches(cast.actor("max"), now=NOW) == [query]
    for name in ("sue", "ivan", "tom", "ada", "eve"):
        assert held_searches(cast.actor(name), now=NOW) == []
    assert get_held_for(cast.actor("max"), query.pk) == query
    with pytest.raises(Http404):
        get_held_for(cast.actor("sue"), query.pk)
    with pytest.raises(PolicyRefusal):
        get_held_for(cast.actor("ivan"), query.pk)
    seq = holding.review(query, actor=cast.actor("max"))
    assert LedgerLeaf.objects.get(seq=seq).kind == "query.reviewed"


@pytest.mark.clause("QRY-1")
def test_an_exigent_search_ships_off(put: Any, cast: Cast) -> None:
    """Until the agency has adopted it, a search without a number is refused, whatever it is called."""
    with pytest.raises(PolicyRefusal, match="is missing"):
        put(EXIGENT)


@pytest.mark.clause("QRY-1")
@pytest.mark.usefixtures("exigent")
def test_an_exigent_search_is_cosigned_and_completed(put: Any, cast: Cast) -> None:
    """Any second searcher co-signs; its number completes it; meanwhile other searches go on."""
    query = put(EXIGENT)
    with pytest.raises(PolicyRefusal):
        release(query, cast, by="ivan")
    query = release(query, cast, by="alice")
    assert actions.answer(query, actor=cast.actor("ivan"), now=NOW).total == 0
    assert not is_locked(cast.actor("ivan"), now=NOW + timedelta(hours=23))
    with pytest.raises(PolicyRefusal, match="is not one the agency issues"):
        holding.complete(query=query, case_number="soon", actor=cast.actor("ivan"), now=NOW)
    done = holding.complete(query=query, case_number="2026-004999", actor=cast.actor("ivan"), now=NOW)
    assert (done.case_number, done.number_due_at) == ("2026-004999", None)
    assert kinds()[-1] == "query.completed"


@pytest.mark.clause("QRY-1")
@pytest.mark.usefixtures("exigent")
def test_a_number_that_does_not_come_locks_and_escalates(put: Any, cast: Cast) -> None:
    """At 24 hours, not a second before: supervisors are told once, and the asker searches no more until it is given."""
    query = release(put(EXIGENT), cast)
    due, timer = NOW + timedelta(hours=24), system_actor("query timer")
    assert holding.escalate_overdue(actor=timer, now=due - timedelta(seconds=1)) == 0
    assert [holding.escalate_overdue(actor=timer, now=due) for _ in range(2)] == [1, 0]
    (told,) = inbox_of(cast.actor("sue")).filter(kind="query.incomplete")
    assert "Ivan Example" in told.text
    with pytest.raises(PolicyRefusal, match="its time is over"):
        put(JUSTIFICATION, now=due)
    holding.forget_expired(now=due + timedelta(days=9))
    query.refresh_from_db()
    assert (query.plate_text, is_locked(cast.actor("ivan"), now=due)) == ("", True)
    holding.complete(query=query, case_number="2026-004999", actor=cast.actor("ivan"), now=due)
    assert put(JUSTIFICATION, now=due).is_released
    assert not inbox_of(cast.actor("sue")).filter(kind="query.incomplete", handled_at=None).exists()


def test_searches_are_forgotten_a_day_after_they_expire(put: Any, cast: Cast) -> None:
    """Held, denied and answered ones alike; what remains is on the ledger."""
    put()
    query = put(JUSTIFICATION)
    assert holding.forget_expired(now=query.expires_at + timedelta(days=1)) == 0
    assert holding.forget_expired(now=query.expires_at + timedelta(days=1, seconds=1)) == 1
    assert holding.forget_expired(now=NOW + timedelta(days=3)) == 1
