"""Asked, answered, opened: each on the ledger before it shows."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404

from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.queries import QueryKind
from platewarden.queries import actions
from platewarden.queries.cursors import Cursor
from platewarden.queries.models import Query
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, picture, store, with_images

pytestmark = pytest.mark.django_db


def entry(seq: int) -> tuple[str, dict[str, Any]]:
    """Return the kind and the body of ledger entry *seq*."""
    return LedgerLeaf.objects.get(seq=seq).kind, LedgerBody.objects.get(pk=seq).content


@pytest.mark.clause("QRY-2")
def test_asking_is_an_entry_with_everything_asked(ask: Any) -> None:
    """Who, when, purpose, reason, case and the plate asked for are on the ledger before any search."""
    query = ask()
    kind, body = entry(query.entry)
    assert (kind, body["actor"]["name"], body["subject"]) == ("query.asked", "ivan", f"query:{query.pk}")
    assert body["details"] == {
        "purpose": "criminal_investigation",
        "reason": "Car seen leaving the burglary",
        "case": "2026-004512",
        "case_standing": "no case system is connected",
        "exigent": False,
        "requested_by": "",
        "kind": "exact",
        "cameras": [],
        "area": [],
        "state": "",
        "vehicle": {},
        "from": (NOW - timedelta(days=7, minutes=15)).isoformat(),
        "until": (NOW - timedelta(minutes=15)).isoformat(),
        "plate": "KAB4821",
    }


@pytest.mark.clause("QRY-2")
def test_an_answer_is_an_entry_of_read_ids_and_never_of_plates(ask: Any, cast: Cast) -> None:
    """What will be shown is on the ledger by id; a plate found by pattern appears nowhere in it."""
    read, _ = store(
        a_sighting(cast.camera, plate, NOW - timedelta(hours=1)) for plate in ("KAB4821", "OTHER1")
    )
    query = ask("KAB*", kind=QueryKind.PATTERN)
    answer = actions.answer(query, actor=cast.actor("ivan"), now=NOW)
    kind, body = entry(answer.entry)
    assert [found.id for found in answer.reads] == [read.id]
    assert (kind, body["details"]["reads"], body["details"]["found"]) == ("query.answered", [str(read.id)], 1)
    assert "KAB4821" not in json.dumps(body)


@pytest.mark.clause("QRY-2")
def test_looking_again_is_an_entry_of_its_own(ask: Any, cast: Cast) -> None:
    """The second look is a replay, says so, and searches afresh."""
    query = ask()
    first = actions.answer(query, actor=cast.actor("ivan"), now=NOW)
    second = actions.answer(query, actor=cast.actor("ivan"), now=NOW + timedelta(minutes=5))
    assert (first.is_replay, second.is_replay) == (False, True)
    assert (entry(first.entry)[0], entry(second.entry)[0]) == ("query.answered", "query.replayed")


@pytest.mark.clause("QRY-2")
def test_pages_follow_one_another_without_gap_or_repetition(ask: Any, cast: Cast) -> None:
    """Even when a read arrives late between two pages, and even when many were seen at the same moment."""
    same = NOW - timedelta(hours=3)
    store(a_sighting(cast.camera, "KAB4821", same) for _ in range(2 * actions.PAGE_ROWS + 7))
    query, seen, after = ask(), [], None
    while True:
        answer = actions.answer(query, actor=cast.actor("ivan"), now=NOW, after=after)
        seen += [read.id for read in answer.reads]
        if answer.following is None:
            break
        after = Cursor.parse(answer.following.text)
        store([a_sighting(cast.camera, "KAB4821", NOW - timedelta(hours=1))])
    assert len(seen) == len(set(seen)) == 2 * actions.PAGE_ROWS + 7


@pytest.mark.clause("QRY-1")
def test_all_pages_together_show_no_more_than_one_search_may(ask: Any, cast: Cast) -> None:
    """Paging is no way around the limit."""
    store(a_sighting(cast.camera, "KAB4821", NOW - timedelta(hours=1, seconds=n)) for n in range(230))
    query, shown, after = ask(), 0, None
    while True:
        answer = actions.answer(query, actor=cast.actor("ivan"), now=NOW, after=after)
        shown, after = shown + len(answer.reads), answer.following
        if after is None:
            break
    assert (shown, answer.total, answer.is_cut) == (200, 200, True)


@pytest.mark.clause("QRY-2")
def test_opening_an_image_is_an_entry_before_the_image(ask: Any, cast: Cast) -> None:
    """The entry names the read, the query and its case; then both images are opened."""
    read = with_images(a_sighting(cast.camera, "KAB4821", NOW - timedelta(hours=1)))
    store([read])
    query = ask()
    opened = actions.open_image(query, read.id, actor=cast.actor("ivan"), now=NOW)
    kind, body = entry(opened.entry)
    assert (opened.plate, opened.vehicle) == (picture(), picture("navy"))
    assert (kind, body["subject"], body["details"]["case"]) == (
        "image.opened",
        f"read:{read.id}",
        "2026-004512",
    )


@pytest.mark.clause("QRY-2")
def test_only_images_of_what_was_found_open(ask: Any, cast: Cast) -> None:
    """A query opens no image of a read that it did not find."""
    (other,) = store([with_images(a_sighting(cast.camera, "OTHER1", NOW - timedelta(hours=1)))])
    query = ask()
    for read_id in (other.id, uuid.uuid4()):
        with pytest.raises(Http404):
            actions.open_image(query, read_id, actor=cast.actor("ivan"), now=NOW)
    assert not LedgerLeaf.objects.filter(kind="image.opened").exists()


def test_a_missing_image_is_no_image(ask: Any, cast: Cast) -> None:
    """A read whose sealed bytes are gone is shown without them."""
    (read,) = store(
        [a_sighting(cast.camera, "KAB4821", NOW - timedelta(hours=1), images=("00:0:9", "00:9:9"))]
    )
    opened = actions.open_image(ask(), read.id, actor=cast.actor("ivan"), now=NOW)
    assert (opened.plate, opened.vehicle) == (None, None)


@pytest.mark.clause("QRY-2")
def test_an_answer_expires(ask: Any, cast: Cast) -> None:
    """A second before the hour it opens, at the hour it does not."""
    query = ask()
    last = query.expires_at - timedelta(seconds=1)
    assert actions.answer(query, actor=cast.actor("ivan"), now=last).total == 0
    with pytest.raises(PolicyRefusal, match="QRY-2"):
        actions.answer(query, actor=cast.actor("ivan"), now=query.expires_at)


@pytest.mark.clause("QRY-1", "USE-1")
def test_a_refused_search_leaves_no_query(ask: Any, cast: Cast) -> None:
    """Where the policy says no, there is no query to be answered, and no entry claims that one was asked."""
    with pytest.raises(PolicyRefusal):
        ask(by="tom")
    assert not Query.objects.exists()
    assert not LedgerLeaf.objects.filter(kind="query.asked").exists()


@pytest.mark.clause("RET-1")
def test_a_query_does_not_keep_what_it_found(ask: Any, cast: Cast) -> None:
    """The same query finds a read the day before its limit and not on the day itself."""
    store([a_sighting(cast.camera, "KAB4821", NOW - timedelta(days=29, hours=15))])
    query = ask(seen_from=NOW - timedelta(days=30))
    assert actions.answer(query, actor=cast.actor("ivan"), now=NOW).total == 1
    query.expires_at += timedelta(days=1)
    tomorrow = (NOW + timedelta(days=1)).replace(hour=0, minute=0)
    assert actions.answer(query, actor=cast.actor("ivan"), now=tomorrow - timedelta(seconds=1)).total == 1
    assert actions.answer(query, actor=cast.actor("ivan"), now=tomorrow).total == 0


@pytest.mark.parametrize("text", ["", "x", "1.2", "9" * 20 + f".{uuid.UUID(int=1)}", "1.", "-.-"])
def test_a_cursor_that_is_none_is_refused(text: str) -> None:
    """Addresses are typed by strangers too."""
    with pytest.raises(ValueError, match=r".+"):
        Cursor.parse(text)
