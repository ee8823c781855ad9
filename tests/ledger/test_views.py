"""The ledger page: who may read it, how it is narrowed down, and the proofs that can be taken away."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import transaction
from django.test import Client

from platewarden.ledger import actions
from platewarden.ledger.actions import Entry
from platewarden.ledger.checkpoint import Receipt, VerifierKey, open_checkpoint
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, LedgerBody, LedgerLeaf
from tests.cast import Cast


@pytest.fixture
def auditor(cast: Cast, sign_in: Callable[[Any], Client]) -> Client:
    """Tom, the auditor, signed in."""
    return sign_in(cast.tom)


@pytest.fixture
def written(cast: Cast) -> list[Entry]:
    """Three entries: Alice opens alert 1, then alert 2; Ivan signs out."""
    with transaction.atomic():
        return [
            actions.append(Kind.ALERT_OPENED, actor=cast.actor("alice"), subject="alert:1"),
            actions.append(Kind.ALERT_OPENED, actor=cast.actor("alice"), subject="alert:2"),
            actions.append(Kind.SIGN_OUT, actor=cast.actor("ivan"), subject="person:2"),
        ]


def shown(response: Any) -> list[int]:
    """Return the numbers of the entries on a page."""
    return [leaf.seq for leaf in response.context["entries"]]


@pytest.mark.clause("AUD-1")
@pytest.mark.parametrize("name", ["alice", "ivan", "dee", "eve"])
@pytest.mark.parametrize("address", ["/ledger/", "/ledger/0/"])
def test_the_ledger_is_closed_to_those_it_watches(
    cast: Cast, sign_in: Callable[[Any], Client], name: str, address: str
) -> None:
    """Officers, investigators, dispatchers and people without a role cannot read the ledger."""
    assert sign_in(cast.people[name]).get(address).status_code == 403


@pytest.mark.clause("AUD-1")
@pytest.mark.parametrize("address", ["/ledger/0/receipt/", "/ledger/checkpoint/"])
def test_proofs_are_handed_to_readers_of_the_ledger_only(
    cast: Cast, sign_in: Callable[[Any], Client], address: str
) -> None:
    """Nobody takes a receipt or a checkpoint who may not read the ledger."""
    assert sign_in(cast.alice).post(address).status_code == 403


@pytest.mark.clause("AUD-1")
@pytest.mark.parametrize("name", ["tom", "sue", "ada"])
def test_auditors_supervisors_and_administrators_read_the_ledger(
    cast: Cast, sign_in: Callable[[Any], Client], written: list[Entry], name: str
) -> None:
    """Those who answer for others see the newest entries first."""
    page = sign_in(cast.people[name]).get("/ledger/")
    assert page.status_code == 200
    numbers = shown(page)
    assert numbers == sorted(numbers, reverse=True)
    assert written[-1].seq in numbers


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kind": "alert.opened"}, [1, 0]),
        ({"actor": "ivan"}, [2]),
        ({"subject": "alert:2"}, [1]),
        ({"kind": "alert.opened", "subject": "person:2"}, []),
        ({"actor": "alice", "since": "2000-01-01", "until": "2100-01-01"}, [1, 0]),
        ({"actor": "alice", "until": "2000-01-01"}, []),
        ({"actor": "alice", "since": "2100-01-01"}, []),
    ],
)
def test_entries_can_be_narrowed_down(
    auditor: Client, written: list[Entry], asked: dict[str, str], expected: list[int]
) -> None:
    """Kind, actor, subject and days narrow the page down, together."""
    assert shown(auditor.get("/ledger/", asked)) == [written[number].seq for number in expected]


def test_a_day_is_a_day_of_the_agency(owner_connection: psycopg.Connection[Any], auditor: Client) -> None:
    """A day begins and ends at the agency's midnight, not at Greenwich's."""
    late_evening = datetime(2035, 1, 2, 3, 30, tzinfo=UTC)  # 22:30 on the first, in New York
    owner_connection.execute(
        "select ledger_append_at(array['alert.opened'], array['{}'], %s)", [late_evening]
    )
    seq = LedgerLeaf.objects.latest("seq").seq
    kind = {"kind": "alert.opened"}
    assert shown(auditor.get("/ledger/", kind | {"since": "2035-01-01", "until": "2035-01-01"})) == [seq]
    assert shown(auditor.get("/ledger/", kind | {"since": "2035-01-02"})) == []


@pytest.mark.parametrize(
    "asked", [{"kind": "no.such"}, {"since": "yesterday"}, {"before": "x"}, {"before": "-1"}]
)
def test_a_filter_that_makes_no_sense_shows_nothing(
    auditor: Client, written: list[Entry], asked: dict[str, str]
) -> None:
    """A wrong filter is said to be wrong; it never shows more than was asked for."""
    page = auditor.get("/ledger/", asked)
    assert (page.status_code, shown(page)) == (422, [])


def test_pages_follow_one_another_without_gap_or_repetition(
    auditor: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going to older pages by number shows each entry once, whatever is appended meanwhile."""
    monkeypatch.setattr("platewarden.ledger.views.PAGE", 4)
    total = LedgerLeaf.objects.count()
    first = auditor.get("/ledger/")
    seen, page = shown(first), first
    with transaction.atomic():
        actions.append(Kind.SIGN_OUT, actor=cast.actor("ivan"))
    while page.context["older"]:
        page = auditor.get("/ledger/", {"before": page.context["older"]})
        seen += shown(page)
    newest = seen[0]
    assert seen == list(range(newest, -1, -1))
    assert len(seen) >= total


def test_an_entry_shows_what_it_records_and_its_leaf(auditor: Client, cast: Cast) -> None:
    """One entry's page has actor, subject, outcome, details and the bytes that stand for it, all escaped."""
    with transaction.atomic():
        made = actions.append(
            Kind.QUERY_ASKED, actor=cast.actor("ivan"), subject="query:9", details={"reason": "<b>& 'x'"}
        )
    page = auditor.get(f"/ledger/{made.seq}/").content.decode()
    assert "query:9" in page
    assert "&lt;b&gt;&amp;" in page
    assert f"seq {made.seq}\n" in page
    assert "No checkpoint covers this entry yet" in page


def test_an_absent_entry_is_not_found(auditor: Client) -> None:
    """A number that no entry has is a plain 404, for readers of the ledger."""
    assert auditor.get("/ledger/99999999/").status_code == 404
    assert auditor.post("/ledger/99999999/receipt/").status_code == 404


def test_an_erased_body_is_said_to_be_erased(
    owner_connection: psycopg.Connection[Any], auditor: Client, written: list[Entry]
) -> None:
    """Once its body is erased, an entry still shows number, time, kind and leaf."""
    owner_connection.execute("alter table ledger_body disable trigger user")
    owner_connection.execute("delete from ledger_body where seq = %s", [written[0].seq])
    assert "body erased" in auditor.get("/ledger/").content.decode()
    page = auditor.get(f"/ledger/{written[0].seq}/").content.decode()
    assert "was erased on its schedule" in page
    assert "alert.opened" in page


@pytest.fixture
def signed(
    fresh_database: str, written: list[Entry], log_key: VerifierKey, cast: Cast, now: datetime
) -> Checkpoint:
    """A checkpoint over the three entries."""
    return actions.sign_checkpoint(actor=cast.actor("ada"), now=now)


def test_a_receipt_proves_the_entry_and_taking_it_is_an_entry(
    fresh_database: str, auditor: Client, signed: Checkpoint, written: list[Entry], log_key: VerifierKey
) -> None:
    """The file checks offline against the public key, and the ledger says who took it."""
    answer = auditor.post(f"/ledger/{written[0].seq}/receipt/")
    proof = Receipt.parse(answer.content.decode())
    assert proof.check([log_key]).size == signed.size
    assert f"seq {written[0].seq}\n".encode() in proof.leaf
    assert answer["Content-Disposition"].endswith('.tlog-proof"')
    taken = LedgerBody.objects.get(leaf__kind=Kind.RECEIPT_DOWNLOADED)
    assert (taken.subject, taken.actor) == (f"entry:{written[0].seq}", "tom")


def test_an_entry_that_cannot_be_signed_for_has_no_receipt(
    fresh_database: str, auditor: Client, signed: Checkpoint, cast: Cast, settings: Any
) -> None:
    """Where no checkpoint covers it and none can be signed nothing can be proved, and the page says so."""
    with transaction.atomic():
        late = actions.append(Kind.SIGN_OUT, actor=cast.actor("ivan"))
    (settings.PLATEWARDEN_KEYS / "ledger.key").unlink()
    answer = auditor.post(f"/ledger/{late.seq}/receipt/")
    assert answer.status_code == 409
    assert "none can be signed now" in answer.content.decode()


def test_the_checkpoint_can_be_taken_to_a_witness(
    fresh_database: str, auditor: Client, signed: Checkpoint, log_key: VerifierKey
) -> None:
    """The newest note is shown, and handed out as it was signed; taking it is an entry."""
    assert signed.note.splitlines()[2] in auditor.get("/ledger/").content.decode()
    answer = auditor.post("/ledger/checkpoint/")
    assert open_checkpoint(answer.content.decode(), [log_key]).size == signed.size
    assert LedgerLeaf.objects.latest("seq").kind == Kind.CHECKPOINT_DOWNLOADED


def test_without_a_checkpoint_there_is_none_to_take(
    fresh_database: str, auditor: Client, written: list[Entry]
) -> None:
    """A ledger that was never signed has no checkpoint, and the page says so."""
    assert "No checkpoint has been signed yet" in auditor.get("/ledger/").content.decode()
    assert auditor.post("/ledger/checkpoint/").status_code == 404


def test_nothing_is_handed_out_that_cannot_be_recorded(
    owner_connection: psycopg.Connection[Any], auditor: Client, signed: Checkpoint
) -> None:
    """If the ledger takes no entry, neither receipt nor checkpoint leaves the house."""
    owner_connection.execute("revoke execute on function ledger_append from platewarden_app")
    assert auditor.post("/ledger/0/receipt/").status_code == 503
    assert auditor.post("/ledger/checkpoint/").status_code == 503
