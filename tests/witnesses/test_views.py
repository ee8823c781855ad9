"""The page of witnesses: who may see it and act on it, and what it says."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from platewarden.ledger.checkpoint import Note
from platewarden.ledger.cosignature import WitnessSigner
from platewarden.ledger.models import Checkpoint, Cosignature
from platewarden.ledger.witnessing import Witness as Clerk
from platewarden.witnesses.models import Witness
from tests.cast import Cast
from tests.witnesses.test_actions import KEY, cosigned, second_history

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.mark.clause("AUD-1")
@pytest.mark.parametrize(
    ("who", "status"), [("tom", 200), ("ada", 200), ("sue", 200), ("alice", 403), ("dee", 403)]
)
def test_those_who_read_the_ledger_see_its_witnesses(
    cast: Cast, log_key: Any, sign_in: SignIn, who: str, status: int
) -> None:
    """Auditor, administrator and supervisors do; others are refused."""
    assert sign_in(cast.people[who]).get("/ledger/witnesses/").status_code == status


def test_a_witness_is_registered_on_the_page(cast: Cast, log_key: Any, sign_in: SignIn) -> None:
    """The administrator proposes, the auditor adopts and withdraws, and the page says how each stands."""
    told = {"who": "Jane Roe", "key": KEY, "url": ""}
    assert sign_in(cast.tom).post("/ledger/witnesses/propose/", told).status_code == 403
    page = sign_in(cast.ada).post("/ledger/witnesses/propose/", told, follow=True).content.decode()
    assert "Jane Roe is proposed" in page
    assert "Waits for a second person" in page
    witness = Witness.objects.get()
    for action, said in (("adopt", "In use"), ("withdraw", "Withdrawn")):
        client = sign_in(cast.tom)
        assert said in client.post(f"/ledger/witnesses/{witness.pk}/{action}/", follow=True).content.decode()
    assert sign_in(cast.tom).post(f"/ledger/witnesses/{witness.pk}/adopt/").status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"who": ""}, 422, "Nothing was proposed"),
        ({"key": "x"}, 403, "no witness&#x27;s public key"),
        ({"url": "http://x"}, 403, "https alone"),
    ],
)
def test_what_cannot_be_a_witness_is_refused_on_the_page(
    cast: Cast, log_key: Any, sign_in: SignIn, change: dict[str, str], status: int, says: str
) -> None:
    """With the reason and the remedy; nothing is kept."""
    told = {"who": "Jane Roe", "key": KEY, "url": ""} | change
    answer = sign_in(cast.ada).post("/ledger/witnesses/propose/", told)
    assert answer.status_code == status
    assert says in answer.content.decode()
    assert not Witness.objects.exists()


def test_a_cosigned_checkpoint_is_handed_in_on_the_page(
    cast: Cast,
    clerk: Clerk,
    register: Callable[..., Witness],
    sign: Callable[..., Checkpoint],
    sign_in: SignIn,
    now: datetime,
) -> None:
    """As browsers send it, with other line ends; a contradiction is said at once and stays on the page."""
    register(clerk.key)
    signed, client = sign(), sign_in(cast.tom)
    note = cosigned(clerk, signed.note, now).replace("\n", "\r\n")
    answer = client.post("/ledger/witnesses/hand-in/", {"note": f"\r\n{note}"}, follow=True)
    assert (
        f"The first {signed.size} entries are co-signed by Jane Roe, County Clerk." in answer.content.decode()
    )
    assert Cosignature.objects.get().size == signed.size
    other = cosigned(clerk, second_history(signed, signed.size, bytes(32)), now)
    page = client.post("/ledger/witnesses/hand-in/", {"note": other}, follow=True).content.decode()
    assert "The alarm is raised" in page
    assert "The ledger contradicts what was signed for it" in page


def test_what_proves_nothing_is_not_taken_on_the_page(
    cast: Cast, clerk: Clerk, sign: Callable[..., Checkpoint], sign_in: SignIn, now: datetime
) -> None:
    """A note by nobody known is said to be so, beside the field."""
    text = Note.parse(sign().note).text
    stranger = WitnessSigner.generate("x.example.org").cosign(text, now)
    for note in ("nonsense", text + "\n" + stranger.encode()):
        answer = sign_in(cast.tom).post("/ledger/witnesses/hand-in/", {"note": note})
        assert answer.status_code == 422
        assert "It is not taken" in answer.content.decode()
