"""The auditor's pages: take the ledger away, prove one checkpoint from another, receipts for everybody's own deeds."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from platewarden.accounts.second_factor import code_now
from platewarden.ledger import actions, handout, keys
from platewarden.ledger.checkpoint import Receipt, VerifierKey
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, LedgerBody, LedgerLeaf
from platewarden.ledger.verify_ledger import main
from platewarden.ledger.views import names_a_plate
from platewarden.site.clock import utc_now
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.clause("AUD-1")
SignIn = Callable[[Any], Client]


@pytest.fixture
def key(fresh_database: str, cast: Cast, settings: Any) -> VerifierKey:
    """The log's key, with the cast before it."""
    return keys.ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)


def enter(cast: Cast, who: str = "alice", kind: Kind = Kind.SIGN_OUT, **details: str) -> int:
    """Append an entry by somebody; return its number."""
    with transaction.atomic():
        return actions.append(kind, actor=cast.actor(who), details=details).seq


def taken(answer: Any, folder: Path, name: str = "x.ledger") -> str:
    """Write what a page handed out into a file."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    (folder / name).write_bytes(content)
    return str(folder / name)


def test_an_auditor_takes_the_ledger_away(
    cast: Cast, key: VerifierKey, sign_in: SignIn, tmp_path: Path
) -> None:
    """With bodies or without, the file passes alone, and each taking is an entry that says which."""
    client = sign_in(cast.tom)
    for bodies, is_in in (("yes", True), ("", False)):
        path = taken(client.post("/ledger/export/", {"bodies": bodies}), tmp_path)
        assert main([path, "--key", key.encode()]) == 0
        assert json.loads(Path(path).read_text().split("\n")[0])["bodies"] is is_in
    told = LedgerBody.objects.filter(leaf__kind=Kind.LEDGER_EXPORTED).order_by("pk")
    assert [body.content["details"]["bodies"] for body in told] == [True, False]


@pytest.mark.parametrize(
    ("who", "bodies", "status"),
    [
        ("ada", "", 200),
        ("sue", "", 200),
        ("ada", "yes", 403),
        ("sue", "yes", 403),
        ("alice", "", 403),
        ("alice", "yes", 403),
    ],
)
def test_what_entries_say_is_taken_away_by_auditors_alone(
    cast: Cast, key: VerifierKey, sign_in: SignIn, tmp_path: Path, who: str, bodies: str, status: int
) -> None:
    """Oversight takes the leaves; what people asked for leaves the house with an auditor or not at all."""
    answer = sign_in(cast.people[who]).post("/ledger/export/", {"bodies": bodies})
    assert answer.status_code == status
    taken(answer, tmp_path)
    assert LedgerLeaf.objects.filter(kind=Kind.LEDGER_EXPORTED).exists() is (status == 200)


def test_without_a_key_nothing_is_handed_out(
    cast: Cast, key: VerifierKey, sign_in: SignIn, settings: Any
) -> None:
    """A ledger that cannot be signed is not exported, and the page says why."""
    (settings.PLATEWARDEN_KEYS / "ledger.key").unlink()
    answer = sign_in(cast.tom).post("/ledger/export/")
    assert answer.status_code == 409
    assert "ledger.key" in answer.content.decode()


def test_the_verifier_is_handed_out(cast: Cast, key: VerifierKey, sign_in: SignIn) -> None:
    """The page gives the one file, byte for byte."""
    assert sign_in(cast.tom).get("/ledger/verifier/").content == handout.verifier()
    assert sign_in(cast.alice).get("/ledger/verifier/").status_code == 403


def test_two_checkpoints_are_compared_on_the_page(
    cast: Cast, key: VerifierKey, sign_in: SignIn, tmp_path: Path
) -> None:
    """The proof passes alone; sizes that are none, or the wrong way round, are said to be so."""
    signed = []
    for _ in range(2):
        enter(cast)
        signed.append(actions.sign_checkpoint(actor=cast.actor("tom"), now=utc_now()).size)
    client = sign_in(cast.tom)
    assert str(signed[0]) in client.get("/ledger/checkpoints/").content.decode()
    path = taken(
        client.post("/ledger/consistency/", {"old": signed[0], "new": signed[1]}), tmp_path, "x.consistency"
    )
    assert main([path, "--key", key.encode()]) == 0
    assert LedgerLeaf.objects.latest("seq").kind == Kind.CONSISTENCY_DOWNLOADED
    for old, new, said in (
        (signed[1], signed[0], "later one"),
        (1, signed[0], "no checkpoint of 1 entries"),
        ("", 1, ""),
    ):
        answer = client.post("/ledger/consistency/", {"old": old, "new": new})
        assert answer.status_code == 422
        assert said in answer.content.decode()


@pytest.mark.clause("QRY-2")
def test_reading_which_plate_was_asked_for_is_an_entry(cast: Cast, key: VerifierKey, sign_in: SignIn) -> None:
    """Whoever opens an entry that names a plate is on record, before it is shown; for other entries nobody is."""
    asked, other = enter(cast, "ivan", Kind.QUERY_ASKED, plate="KRT4821"), enter(cast)
    client = sign_in(cast.tom)
    assert "KRT4821" not in client.get("/ledger/").content.decode()
    assert "KRT4821" in client.get(f"/ledger/{asked}/").content.decode()
    (opened,) = LedgerBody.objects.filter(leaf__kind=Kind.ENTRY_OPENED)
    assert (opened.actor, opened.subject) == ("tom", f"entry:{asked}")
    client.get(f"/ledger/{other}/")
    assert LedgerLeaf.objects.filter(kind=Kind.ENTRY_OPENED).count() == 1


def test_a_plate_is_found_however_deep_it_stands() -> None:
    """In lists and objects, under any name that says plate; empty ones are none."""
    assert names_a_plate({"scope": [{"plate_text": "X"}]})
    assert not names_a_plate({"plate": "", "scope": [{"kind": "exact"}, "plate"]})
    assert not names_a_plate(None)


def test_entries_are_found_by_how_they_came_out(cast: Cast, key: VerifierKey, sign_in: SignIn) -> None:
    """Done, refused and failed, whatever word the kind has for it."""
    enter(cast)
    sign_in(cast.alice).get("/ledger/")
    client = sign_in(cast.tom)
    refused = client.get("/ledger/", {"outcome": "refused"}).content.decode()
    assert "request.refused" in refused.split("<tbody>")[1]
    assert "sign_in.out" not in refused.split("<tbody>")[1]
    assert "sign_in.out" in client.get("/ledger/", {"outcome": "done"}).content.decode().split("<tbody>")[1]
    assert "<tbody>" not in client.get("/ledger/", {"outcome": "failed"}).content.decode()


def test_everybody_has_the_receipts_of_their_own_deeds(cast: Cast, key: VerifierKey, sign_in: SignIn) -> None:
    """One's own entry is proved to oneself, signed for at once; somebody else's is for those who read the ledger."""
    own, others = enter(cast), enter(cast, "ivan")
    client = sign_in(cast.alice)
    receipt = Receipt.parse(client.post(f"/ledger/{own}/receipt/").content.decode())
    assert (receipt.index, receipt.check([key]).size) == (own, Checkpoint.objects.get().size)
    assert client.post(f"/ledger/{others}/receipt/").status_code == 403
    assert client.post("/ledger/99999/receipt/").status_code == 403
    assert sign_in(cast.tom).post("/ledger/99999/receipt/").status_code == 404


def test_the_console_shows_the_number_of_what_was_done(cast: Cast, key: VerifierKey, client: Client) -> None:
    """After a redirect the next page offers the receipts, once; a refusal offers its own on the spot."""
    client.post("/sign-in/", {"login": "tom", "password": PASSWORD})
    client.post("/sign-in/code/", {"code": code_now(cast.tom)})
    signed_in = LedgerLeaf.objects.filter(kind=Kind.SIGN_IN_SUCCEEDED).latest("seq").seq
    offered = f'action="/ledger/{signed_in}/receipt/"'
    assert offered in client.get("/policy/").content.decode()
    assert offered not in client.get("/policy/").content.decode()
    page = client.get("/queries/").content.decode()
    refused = LedgerLeaf.objects.filter(kind=Kind.REQUEST_REFUSED).latest("seq").seq
    assert f'action="/ledger/{refused}/receipt/"' in page
    assert f"as ledger entry {refused}:" in page


def test_what_was_rolled_back_is_not_offered(cast: Cast, key: VerifierKey) -> None:
    """A number that an undone transaction used is nobody's receipt."""
    with actions.noting_entries() as noted:
        with transaction.atomic():
            actions.append(Kind.SIGN_OUT, actor=cast.actor("alice"))
            transaction.set_rollback(True)
        seq = enter(cast)
        with transaction.atomic():
            actions.append(Kind.SIGN_OUT, actor=cast.camera_actor)
    assert noted == [seq]
