"""The page in the car: which alert fills it, and what its buttons do, once each."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from platewarden.alerts import actions as alerts
from platewarden.alerts.models import Alert
from platewarden.car.models import Press
from tests.alerts.scenes import another, entries
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def at_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the console's clock show the moment at which the tests play."""
    for module in ("car.views", "alerts.views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


@pytest.fixture
def alice(sign_in: SignIn, cast: Cast) -> Client:
    """Alice's terminal."""
    return sign_in(cast.alice)


def shown(client: Client, query: str = "") -> str:
    """The page as it comes."""
    return client.get(f"/car/{query}").content.decode()


def number_of(page: str) -> int:
    """Which alert fills the page."""
    found = re.search(r'data-number="(\d+)"', page)
    assert found is not None
    return int(found[1])


def press(client: Client, alert: Alert, answer: str, key: str = "") -> Any:
    """Press a button."""
    return client.post(f"/car/{alert.pk}/", {"answer": answer, "key": key or str(uuid.uuid4())})


@pytest.mark.clause("HIT-1", "HIT-2")
def test_the_most_urgent_alert_fills_the_screen_and_says_that_it_is_unverified(
    alice: Client, cast: Cast
) -> None:
    """High priority first, then the newest; what others have taken does not fill mine."""
    assert "No alert" in shown(alice)
    first = another(cast, NOW)
    high = another(cast, NOW, entry={"priority": "high"})
    latest = another(cast, NOW)
    page = shown(alice)
    assert number_of(page) == high.number
    assert "UNVERIFIED" in page
    assert "2 more" in page
    assert number_of(shown(alice, f"?after={high.number}")) == latest.number
    assert number_of(shown(alice, f"?after={first.number}")) == high.number
    assert number_of(shown(alice, f"?alert={first.number}")) == first.number
    alerts.acknowledge(alert=high, actor=cast.actor("dee"), now=NOW)
    assert number_of(shown(alice)) == latest.number


@pytest.mark.clause("HIT-2", "HIT-3")
def test_two_presses_verify_and_a_third_ends(alice: Client, cast: Cast) -> None:
    """Taken by name with the first; looks, verification and disposition are on the ledger as on any page."""
    alert = another(cast, NOW)
    assert "stage=status" in press(alice, alert, "match")["Location"]
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.verified_at) == (cast.alice, None)
    shown(alice, f"?alert={alert.number}&stage=status")
    press(alice, alert, "confirmed")
    page = shown(alice, f"?alert={alert.number}")
    assert "UNVERIFIED" not in page
    assert "Verified, status confirmed" in page
    press(alice, alert, "located")
    alert.refresh_from_db()
    assert (alert.finding, alert.action_taken, alert.disposed_by) == ("correct_read", "located", cast.alice)
    assert "No alert" in shown(alice)
    assert len(entries("alert.acknowledged")) == len(entries("alert.verified")) == 1


@pytest.mark.clause("HIT-2")
def test_nobody_verifies_what_they_have_not_looked_at(alice: Client, cast: Cast) -> None:
    """A press without the page before one's eyes is refused, recorded and not kept: it can be pressed again."""
    alert, key = another(cast, NOW), str(uuid.uuid4())
    assert press(alice, alert, "confirmed", key).status_code == 403
    assert entries("request.refused")[0]["details"]["clause"] == "HIT-2"
    assert not Press.objects.exists()
    shown(alice)
    assert press(alice, alert, "confirmed", key).status_code == 302


@pytest.mark.clause("HIT-2", "HIT-3")
@pytest.mark.parametrize("answer", ["located", "no_action", "false_hit"])
def test_an_unverified_alert_is_not_ended(alice: Client, cast: Cast, answer: str) -> None:
    """By no button, whatever a terminal sends."""
    alert = another(cast, NOW)
    shown(alice)
    assert press(alice, alert, answer).status_code == 403
    alert.refresh_from_db()
    assert alert.disposed_at is None


def test_a_press_that_is_sent_again_happens_once(alice: Client, cast: Cast) -> None:
    """When the answer was lost on the way, the terminal gets the same answer and nothing is recorded twice."""
    alert, key = another(cast, NOW), str(uuid.uuid4())
    shown(alice)
    answers = {press(alice, alert, "characters", key)["Location"] for _ in range(3)}
    assert len(answers) == 1
    assert len(entries("alert.verified")) == 1
    assert "false hit" in shown(alice)
    press(alice, alert, "false_hit")
    alert.refresh_from_db()
    assert (alert.finding, alert.action_taken) == ("wrong_characters", "no_action")


def test_a_key_is_its_owners_and_for_one_press(sign_in: SignIn, cast: Cast) -> None:
    """Nobody turns one press into another with it, nor finds out that it was used."""
    alert, key = another(cast, NOW), str(uuid.uuid4())
    alice = sign_in(cast.alice)
    shown(alice)
    press(alice, alert, "match", key)
    assert press(alice, alert, "confirmed", key).status_code == 404
    assert press(sign_in(cast.dee), alert, "match", key).status_code == 404
    for bad in ("", "x", "1" * 40):
        assert alice.post(f"/car/{alert.pk}/", {"answer": "match", "key": bad}).status_code == 404
    assert press(alice, alert, "arrest").status_code == 404


@pytest.mark.clause("USE-1")
def test_what_is_for_others_neither_fills_the_screen_nor_takes_a_press(sign_in: SignIn, cast: Cast) -> None:
    """An alert for investigators is nowhere on an officer's terminal; who sees no alerts has no such page."""
    alert = another(cast, NOW)
    Alert.objects.update(audience=["role:investigator"])
    alice = sign_in(cast.alice)
    assert "No alert" in shown(alice, f"?alert={alert.number}")
    assert press(alice, alert, "match").status_code == 404
    assert sign_in(cast.ada).get("/car/").status_code == 403
