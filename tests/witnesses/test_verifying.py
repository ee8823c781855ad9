"""The whole ledger is verified in the background: ordered once, followed, entered, and an alarm where it is unsound."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.test import Client

from platewarden.ledger import verify as ledger_verify
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.notices import NoticeKind
from platewarden.site.clock import utc_now
from platewarden.witnesses import verifying
from platewarden.witnesses.models import Verification
from tests.cast import Cast

pytestmark = pytest.mark.clause("AUD-1")


def order(cast: Cast, who: str = "tom") -> Verification:
    """Have somebody order a verification."""
    return verifying.order_verification(actor=cast.actor(who), now=utc_now())


def test_a_sound_ledger_is_said_to_be_so(
    fresh_database: str,
    cast: Cast,
    sign: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    owner_connection: psycopg.Connection[Any],
) -> None:
    """The progress is told as it goes, the outcome is an entry, and one order at a time is enough."""
    monkeypatch.setattr(verifying, "STEP", 1)
    monkeypatch.setattr(ledger_verify, "_BATCH", 1)
    sign()
    ordered = order(cast)
    assert order(cast, "ada") == ordered
    seen = []
    told = verifying._telling(ordered.pk)

    def watching(count: int) -> None:
        told(count)
        seen.extend(owner_connection.execute("select seen from ledger_verifications").fetchall())

    monkeypatch.setattr(verifying, "_telling", lambda _: watching)
    assert verifying.verify(ordered.pk).is_sound
    assert seen == sorted(seen)
    assert len(set(seen)) > 2
    ordered.refresh_from_db()
    assert (ordered.is_sound, ordered.percent) == (True, 100)
    told_body = LedgerBody.objects.get(leaf__kind=Kind.LEDGER_VERIFIED).content
    assert (told_body["outcome"], told_body["details"]["asked_by"]) == ("done", "tom")
    assert order(cast) != ordered


def test_an_unsound_ledger_is_an_alarm(
    fresh_database: str, cast: Cast, sign: Callable[..., Any], owner_connection: psycopg.Connection[Any]
) -> None:
    """The first bad entry is named to those who must know, and the entry says that it failed."""
    sign()
    owner_connection.execute("alter table ledger_body disable trigger user")
    owner_connection.execute("update ledger_body set body = '{}' where seq = 3")
    verifying.verify(order(cast).pk)
    notices = Notice.objects.filter(kind=NoticeKind.LEDGER_CONTRADICTED)
    assert sorted(notices.values_list("to_role", flat=True)) == ["administrator", "auditor", "undersheriff"]
    assert LedgerBody.objects.get(leaf__kind=Kind.LEDGER_VERIFIED).content["outcome"] == "failed"
    assert "Entry 3 was changed" in Verification.objects.get().sentence


@pytest.mark.django_db
def test_only_those_who_read_the_ledger_order_it(
    cast: Cast, log_key: Any, sign_in: Callable[[Any], Client]
) -> None:
    """Others are refused, by the action and by the page; the page shows how far it has come."""
    with pytest.raises(PolicyRefusal):
        order(cast, "alice")
    assert sign_in(cast.alice).post("/ledger/witnesses/verify/").status_code == 403
    client = sign_in(cast.tom)
    assert "not been verified yet" in client.get("/ledger/witnesses/verify/").content.decode()
    page = client.post("/ledger/witnesses/verify/", follow=True).content.decode()
    assert "Waiting for the worker" in page
    Verification.objects.update(seen=7)
    assert "7 of" in client.get("/ledger/witnesses/verify/progress/").content.decode()
    verifying.verify(Verification.objects.get().pk)
    assert "The ledger is sound" in client.get("/ledger/witnesses/verify/progress/").content.decode()
    Verification.objects.update(finished_at=None, asked_at=utc_now() - Verification.GIVEN_UP)
    assert "was broken off" in client.get("/ledger/witnesses/verify/").content.decode()
