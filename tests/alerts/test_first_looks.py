"""The blind first look: typed before the entry is shown, recorded as typed, compared at once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.alerts import actions, blind
from platewarden.alerts.models import Alert
from platewarden.images.keystore import KeyName
from platewarden.images.store import image_store
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.hits import Comparison, StatusCheck, Verification
from platewarden.policy.verification import FirstLook, outcome_of
from platewarden.reads.days import day_of
from tests.alerts.scenes import PLATE, adopted, entries, list_entry, pass_by
from tests.alerts.test_actions import the_hit
from tests.cast import Cast
from tests.conftest import NOW
from tests.telling import spoken

pytestmark = pytest.mark.django_db

AS_ENTRY = {"characters": "kab-4821", "state": "ny"}
OTHERWISE = {"characters": "KA84B21", "state": "?"}
MATCHED = {"characters": "match", "state": "match", "status_check": "confirmed"}
KEPT_BACK = (PLATE, "KAB4821", "Reported stolen", "State extract", "Stolen vehicle", "same characters")


@pytest.fixture
def alert(cast: Cast, now: datetime) -> Alert:
    """An alert of an agency that asks for a blind first look."""
    adopted(cast, now, "hits.blind_first_look", value=True)
    list_entry(cast, now)
    return pass_by(cast, now)


@pytest.fixture
def alice(sign_in: Callable[[Any], Client], cast: Cast) -> Client:
    """Alice's console."""
    return sign_in(cast.alice)


def page_of(alert: Alert, verb: str = "detail") -> str:
    """The address of *alert*'s page, or of what one does there."""
    return reverse(f"alerts:{verb}", args=[alert.pk])


@pytest.mark.clause("HIT-2")
def test_before_the_look_the_page_shows_the_images_alone(alice: Client, alert: Alert) -> None:
    """Both images, the question, and that it is unverified; nothing of read, entry or list."""
    page = alice.get(page_of(alert)).content.decode()
    assert page.count("data:image/jpeg;base64,") == 2
    assert "Unverified" in page
    assert "What do you see?" in page
    for secret in KEPT_BACK:
        assert secret not in page
    assert entries("alert.opened")[0]["details"]["covered"] is True


@pytest.mark.clause("HIT-2")
def test_a_look_that_agrees_uncovers_the_entry(alice: Client, alert: Alert) -> None:
    """What was typed stands beside the entry; the alert is still unverified."""
    alice.get(page_of(alert))
    page = alice.post(page_of(alert, "look"), AS_ENTRY, follow=True).content.decode()
    assert "As the entry" in page
    assert "Reported stolen" in page
    assert "Unverified" in page
    look = entries("alert.first_look")[0]["details"]
    assert (look["characters"], look["state"]) == ("match", "match")
    assert "4821" not in spoken(str(entries("alert.first_look")))
    alice.post(page_of(alert, "verify"), MATCHED)
    assert entries("alert.verified")[0]["details"]["against_first_look"] is False


@pytest.mark.clause("HIT-2")
def test_a_mismatch_is_stated_character_by_character(alice: Client, alert: Alert) -> None:
    """Which places differ, which only look alike, and that the state was not read."""
    alice.get(page_of(alert))
    page = alice.post(page_of(alert, "look"), OTHERWISE, follow=True).content.decode()
    assert "What you typed is not what the entry says" in page
    assert "Not as the entry" in page
    assert "not readable" in page
    hit = the_hit(alert)
    assert hit
    (recorded,) = blind.looks_of(hit)
    assert (recorded.by, recorded.look) == ("alice", FirstLook("KA84B21", ""))
    relations = [place.relation.value for place in blind.places(hit, recorded.look)]
    assert relations == ["same", "same", "confusable", "same", "confusable", "same", "same"]
    look = entries("alert.first_look")[0]["details"]
    assert (look["characters"], look["state"]) == ("differ", "unreadable")


@pytest.mark.clause("HIT-2")
def test_whoever_changes_their_mind_says_so(alice: Client, alert: Alert) -> None:
    """A match after a look that differed takes an express word, which is on the ledger and in the history."""
    alice.get(page_of(alert))
    alice.post(page_of(alert, "look"), OTHERWISE)
    refused = alice.post(page_of(alert, "verify"), MATCHED)
    assert refused.status_code == 403
    assert "You call a match what you typed differently" in refused.content.decode()
    page = alice.post(page_of(alert, "verify"), MATCHED | {"looked_again": "on"}, follow=True)
    assert "otherwise than at the first look" in page.content.decode()
    assert entries("alert.verified")[0]["details"]["against_first_look"] is True


@pytest.mark.clause("HIT-2")
def test_a_difference_is_recorded_without_more_ado(alice: Client, alert: Alert) -> None:
    """Only a match has to be explained."""
    alice.get(page_of(alert))
    alice.post(page_of(alert, "look"), OTHERWISE)
    said = MATCHED | {"characters": "differ", "state": "unreadable"}
    assert alice.post(page_of(alert, "verify"), said).status_code == 302


@pytest.mark.clause("HIT-2")
def test_each_looks_with_their_own_eyes(alice: Client, cast: Cast, alert: Alert) -> None:
    """Alice's look uncovers nothing for Dee; an alert that has ended is open to all."""
    alice.get(page_of(alert))
    alice.post(page_of(alert, "look"), AS_ENTRY)
    alice.post(page_of(alert, "verify"), MATCHED)
    other = Client()
    other.force_login(cast.dee)
    for address in (page_of(alert), "/alerts/"):
        page = other.get(address).content.decode()
        assert "Verified by a colleague" in page
        assert not [secret for secret in KEPT_BACK if secret in page]
    alice.post(page_of(alert, "dispose"), {"finding": "correct_read", "action": "no_action"})
    assert "Reported stolen" in other.get(page_of(alert)).content.decode()


@pytest.mark.clause("HIT-2")
def test_without_the_image_there_is_nothing_to_be_blind_about(
    alice: Client, cast: Cast, alert: Alert
) -> None:
    """The page shows the entry and says that nobody can verify."""
    image_store().keystore.destroy(KeyName.of_day(cast.agency.pk, day_of(NOW)))
    page = alice.get(page_of(alert)).content.decode()
    assert "Reported stolen" in page
    assert "nobody can verify" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"characters": "", "state": "NY"},
        {"characters": "---", "state": "NY"},
        {"characters": "A" * 11, "state": "NY"},
        {"characters": "KAB4821", "state": "N"},
        {"characters": "KAB4821", "state": "N1"},
    ],
)
def test_an_unusable_look_is_asked_again_and_uncovers_nothing(
    alice: Client, alert: Alert, wrong: dict[str, str]
) -> None:
    """The form says what is missing; the entry stays covered, what was typed stays in its fields."""
    alice.get(page_of(alert))
    answer = alice.post(page_of(alert, "look"), wrong)
    assert answer.status_code == 422
    assert "Reported stolen" not in answer.content.decode()
    assert not entries("alert.first_look")


@pytest.mark.parametrize(
    ("typed", "state", "found"),
    [
        ("KAB4821", "NY", (Comparison.MATCH, Comparison.MATCH)),
        ("KAB48?1", "NY", (Comparison.UNREADABLE, Comparison.MATCH)),
        ("K?B4827", "PA", (Comparison.DIFFER, Comparison.DIFFER)),
        ("???", "", (Comparison.UNREADABLE, Comparison.UNREADABLE)),
        ("KAB482", "NY", (Comparison.DIFFER, Comparison.MATCH)),
        ("KAB48211", "NY", (Comparison.DIFFER, Comparison.MATCH)),
    ],
)
def test_looks_come_out_as_match_difference_or_unreadable(
    alert: Alert, cast: Cast, typed: str, state: str, found: tuple[Comparison, Comparison]
) -> None:
    """A character left open is neither; one that looks alike differs."""
    hit = the_hit(alert)
    assert hit
    recorded = blind.recorded_look(hit, FirstLook(typed, state), actor=cast.actor("alice"), now=NOW)
    assert (recorded.outcome.characters, recorded.outcome.state) == found


@pytest.mark.clause("HIT-2")
def test_where_nobody_asks_for_it_a_look_may_be_taken_all_the_same(cast: Cast, now: datetime) -> None:
    """It then binds whoever took it: a difference is not called a match without a word."""
    list_entry(cast, now)
    alert, actor = pass_by(cast, now), cast.actor("alice")
    hit = the_hit(alert)
    assert hit
    assert not actions.open_alert(alert=alert, hit=hit, actor=actor, now=now).is_covered
    actions.take_first_look(alert=alert, look=FirstLook("KAB4827", "NY"), actor=actor, now=now)
    said = Verification(Comparison.MATCH, Comparison.MATCH, StatusCheck.CONFIRMED)
    with pytest.raises(PolicyRefusal, match="typed differently"):
        actions.verify(alert=alert, verification=said, actor=actor, now=now)


@pytest.mark.parametrize(
    ("typed", "pattern", "found"),
    [
        ("KAB4821", "KAB*", Comparison.MATCH),
        ("KAB4821", "K?B4821", Comparison.MATCH),
        ("KAD4821", "KAB*", Comparison.DIFFER),
        ("?AB4821", "KAB*", Comparison.DIFFER),  # the safe side: what is not read does not fit
    ],
)
def test_what_a_partial_entry_leaves_open_agrees(typed: str, pattern: str, found: Comparison) -> None:
    """Only the characters that the entry names are compared."""
    assert outcome_of(FirstLook(typed, "NY"), pattern, "NY").characters is found
