"""The pages on retention: what goes and when, and the record of what went."""

import re
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from platewarden.accounts.actors import system_actor
from platewarden.commands import purge as command
from platewarden.images.store import image_store
from platewarden.ledger.models import LedgerLeaf
from platewarden.reads.models import Read
from platewarden.retention.actions import purge_due
from platewarden.retention.models import PurgeClock
from platewarden.retention.previews import look_ahead
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, store, with_images

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages play at the tests' moment."""
    for module in ("retention.views", "site.middleware", "site.context", "site.clock"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


@pytest.fixture
def reads(cast: Cast) -> list[Read]:
    """Reads of a day that is overdue, of one that goes tomorrow, and of today."""
    ages = (timedelta(days=30, hours=16), timedelta(days=29), timedelta(0))
    seen = [a_sighting(cast.camera, f"KAB482{n}", NOW - age) for n, age in enumerate(ages)]
    return store([with_images(read) for read in seen])


def text_of(page: bytes) -> str:
    """The page without markup, blanks folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


@pytest.mark.clause("RET-1")
def test_the_preview_says_what_goes_when_and_changes_nothing(reads: list[Read], cast: Cast) -> None:
    """Each day with its counts, its files and the id of its key; younger days are further ahead."""
    from platewarden.policy.parameters import defaults

    before = LedgerLeaf.objects.count()
    overdue, tomorrow = look_ahead(parameters=defaults(NOW), now=NOW)
    assert (overdue.is_due, overdue.is_overdue, tomorrow.is_due) == (True, True, False)
    assert (overdue.rows["reads"], overdue.rows["plates_seen"], overdue.objects) == (1, 1, 1)
    assert len(overdue.keys[0]) == 16
    assert tomorrow.due_at == tomorrow.due_at.replace(hour=0, minute=0, second=0, microsecond=0)
    assert (Read.objects.count(), LedgerLeaf.objects.count(), PurgeClock.objects.count()) == (3, before, 0)


@pytest.mark.clause("RET-1")
@pytest.mark.parametrize(
    ("name", "status"),
    [("ada", 200), ("tom", 200), ("sue", 200), ("alice", 403), ("ivan", 403), ("dee", 403), ("eve", 403)],
)
def test_oversight_sees_the_pages(
    reads: list[Read], cast: Cast, sign_in: Any, name: str, status: int
) -> None:
    """Administrators, auditors and supervisors; no plate is on them."""
    client: Client = sign_in(cast.people[name])
    for address in ("/retention/", "/retention/records/"):
        answer = client.get(address)
        assert answer.status_code == status
        assert "KAB482" not in answer.content.decode()


@pytest.mark.clause("RET-1", "RET-4")
def test_each_destruction_is_listed_with_its_evidence(reads: list[Read], cast: Cast, sign_in: Any) -> None:
    """Counts, key ids, the ledger entry to take a receipt of, and that nobody had authorised it."""
    key = image_store().keystore.identify(_key_of(reads[0]))
    (done,) = purge_due(actor=system_actor("purge timer"), now=NOW)
    page = sign_in(cast.tom).get("/retention/records/").content
    said = text_of(page)
    assert f"{done.day} " in said
    assert key in said
    assert "None in force" in said
    assert f'href="/ledger/{done.entry}/"' in page.decode()


def _key_of(read: Read) -> Any:
    from platewarden.images.store import Shelf
    from platewarden.reads.days import day_of

    return Shelf.of_day(read.agency_id, day_of(read.seen_at)).key


@pytest.mark.clause("RET-1")
def test_the_command_previews_and_purges(
    reads: list[Read], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--dry-run` says the same as the page and removes nothing; without it the day goes."""
    from contextlib import nullcontext

    monkeypatch.setattr(command, "with_django", nullcontext)
    said = CliRunner().invoke(command.purge, ["--dry-run"]).output
    assert "OVERDUE: 1 reads" in said
    assert "goes 2026-11-21 00:00 UTC: 1 reads" in said
    assert said.endswith("Nothing was removed.\n")
    assert Read.objects.count() == 3
    assert "1 reads, 1 objects, 1 key(s) destroyed" in CliRunner().invoke(command.purge, []).output
    assert CliRunner().invoke(command.purge, []).output == "Nothing is due.\n"
    assert Read.objects.count() == 2
