"""The list, the alert's page, and what people do there."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.alerts.models import Alert, AlertOpening
from platewarden.images.keystore import KeyName
from platewarden.images.store import image_store
from platewarden.matching.grades import Grade
from platewarden.reads.days import day_of
from platewarden.reads.models import Capture
from tests.alerts.scenes import PLATE, another, entries, list_entry, pass_by
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

MATCHED = {"characters": "match", "state": "match", "status_check": "confirmed"}
NOTHING_DONE = {"finding": "correct_read", "action": "no_action"}


@pytest.fixture
def alice(sign_in: Callable[[Any], Client], cast: Cast) -> Client:
    """Alice's console."""
    return sign_in(cast.alice)


def text_of(response: Any) -> str:
    """The page without markup, blanks folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def page_of(alert: Alert, verb: str = "detail") -> str:
    """The address of *alert*'s page, or of what one does there."""
    return reverse(f"alerts:{verb}", args=[alert.pk])


@pytest.mark.clause("HIT-1", "HIT-2")
def test_the_list_says_what_is_wanted_and_that_nobody_has_verified_it(alice: Client, alert: Alert) -> None:
    """Priority, plate, reason, grade, place and age; and UNVERIFIED in red."""
    response = alice.get("/alerts/")
    shown = text_of(response)
    expected = ("Normal", "Stolen vehicle", Grade(alert.grade).label, "Route 13 north", "1 minute ago")
    for word in expected:
        assert word.casefold() in shown.casefold()
    assert "badge-alarm" in response.content.decode()
    assert "Unverified" in shown
    assert response["Cache-Control"] == "no-store"


def test_open_alerts_come_first_and_the_newest_on_top(alice: Client, cast: Cast, alert: Alert) -> None:
    """An ended alert stands below every open one."""
    second, third = another(cast, NOW), another(cast, NOW)
    Alert.objects.filter(pk=third.pk).update(
        disposed_at=NOW, finding="correct_read", action_taken="no_action", verified_at=NOW
    )
    shown = re.findall(r'data-number="(\d+)"', alice.get("/alerts/?show=all").content.decode())
    assert shown == [str(each.number) for each in (second, alert, third)]
    shown = re.findall(r'data-number="(\d+)"', alice.get("/alerts/").content.decode())
    assert shown == [str(each.number) for each in (second, alert)]


def test_mine_are_those_i_have_dealt_with(alice: Client, cast: Cast, alert: Alert) -> None:
    """Taking an alert puts it on one's own list, which waits for no new ones."""
    assert "None of yours" in text_of(alice.get("/alerts/?show=mine"))
    alice.post(page_of(alert, "acknowledge"))
    page = alice.get("/alerts/?show=mine").content.decode()
    assert f'data-alert="{alert.pk}"' in page
    assert "data-alerts-list" not in page


def test_a_console_fetches_the_row_it_was_told_of(alice: Client, alert: Alert) -> None:
    """The row is the same as the list's, and no more than the row."""
    page = alice.get(reverse("alerts:row", args=[alert.pk])).content.decode().strip()
    assert page.startswith(f'<tr data-alert="{alert.pk}" data-number="{alert.number}"')
    assert page.endswith("</tr>")


@pytest.mark.clause("HIT-3")
def test_a_console_asks_how_many_are_open(
    alice: Client, cast: Cast, alert: Alert, sign_in: Callable[[Any], Client]
) -> None:
    """As many as the bar of a page loaded now would say; nobody without the right is told a number."""
    another(cast, NOW)
    url = reverse("alerts:count")
    assert alice.get(url).content == b"2"
    Alert.objects.filter(pk=alert.pk).update(
        disposed_at=NOW, finding="correct_read", action_taken="no_action", verified_at=NOW
    )
    assert alice.get(url).content == b"1"
    assert '<span class="count" data-alert-count>1<' in alice.get("/alerts/").content.decode()
    assert sign_in(cast.tom).get(url).status_code == 403


def test_an_old_list_and_another_vehicle_are_said(alice: Client, cast: Cast) -> None:
    """Both the list and the page warn that the list was old; the page warns that the vehicle differs."""
    list_entry(cast, NOW, list_age=timedelta(days=5), vehicle_colour="red", vehicle_make="Ford")
    late = pass_by(cast, NOW, vehicle={"colour": "blue", "make": "ford"})
    assert "old list" in text_of(alice.get("/alerts/"))
    shown = text_of(alice.get(page_of(late)))
    assert "past its age" in shown
    assert "5 days old" in shown
    assert "Colour: seen blue , described red" in shown
    assert "Make:" not in shown


@pytest.mark.clause("HIT-2")
def test_the_page_puts_the_image_beside_the_entry(alice: Client, alert: Alert) -> None:
    """Both images are part of the page itself; each character has its confidence; the entry is beside it."""
    response = alice.get(page_of(alert))
    assert response.content.count(b"data:image/jpeg;base64,") == 2
    shown = text_of(response)
    assert "B 62 %" in shown
    assert "Reported stolen" in shown
    assert "NY (90 % sure)" in shown
    assert AlertOpening.objects.count() == 1
    assert entries("alert.opened")[0]["actor"]["name"] == "alice"


@pytest.mark.clause("HIT-2")
def test_a_state_that_was_not_read_is_said_to_be_unknown(alice: Client, cast: Cast) -> None:
    """It is never assumed from the entry."""
    list_entry(cast, NOW)
    shown = text_of(alice.get(page_of(pass_by(cast, NOW, state="", state_confidence=0))))
    assert "state not read" in shown
    assert "compare it on the plate image" in shown


@pytest.mark.clause("HIT-2")
def test_without_the_image_nobody_can_verify(alice: Client, cast: Cast, alert: Alert) -> None:
    """The page says plainly that there is no image, offers no verification, and does not count as a look."""
    image_store().keystore.destroy(KeyName.of_day(cast.agency.pk, day_of(NOW)))
    shown = text_of(alice.get(page_of(alert)))
    assert "The plate image cannot be shown." in shown
    assert "Record verification" not in shown
    assert not AlertOpening.objects.exists()


@pytest.mark.clause("HIT-2", "HIT-3")
def test_an_alert_is_verified_and_ended_by_two_forms(alice: Client, alert: Alert) -> None:
    """Each success names its ledger entry, and the list no longer counts the alert as open."""
    alice.get(page_of(alert))
    assert "Record disposition" not in text_of(alice.get(page_of(alert)))
    shown = text_of(alice.post(page_of(alert, "verify"), MATCHED, follow=True))
    assert "Verification recorded as ledger entry" in shown
    assert "Unverified" not in shown
    shown = text_of(alice.post(page_of(alert, "dispose"), NOTHING_DONE, follow=True))
    assert f"Disposition of alert {alert.number} recorded as ledger entry" in shown
    assert "No open alerts" in shown
    shown = text_of(alice.get(page_of(alert)))
    assert "alice ended it" in shown
    assert "correct read, no action" in shown


@pytest.mark.clause("HIT-3")
def test_a_refusal_is_said_where_it_happened_and_keeps_what_was_typed(alice: Client, alert: Alert) -> None:
    """A stop without a case number: clause, remedy and ledger entry, and the form as it was."""
    alice.get(page_of(alert))
    alice.post(page_of(alert, "verify"), MATCHED)
    response = alice.post(
        page_of(alert, "dispose"), {"finding": "correct_read", "action": "stop", "note": "kept note"}
    )
    assert response.status_code == 403
    shown = text_of(response)
    assert "HIT-3" in shown
    assert "number is missing" in shown
    assert 'value="kept note"' in response.content.decode()
    refused = entries("request.refused")[0]["details"]
    assert (refused["action"], refused["clause"]) == ("alert.dispose", "HIT-3")


@pytest.mark.parametrize("said", [{}, {**MATCHED, "state": "surely"}, {**MATCHED, "status_note": "x" * 501}])
def test_an_incomplete_verification_is_shown_again(alice: Client, alert: Alert, said: dict[str, str]) -> None:
    """Nothing is saved, and the form says what is missing."""
    alice.get(page_of(alert))
    response = alice.post(page_of(alert, "verify"), said)
    assert response.status_code == 422
    assert "Nothing was saved" in text_of(response)
    assert not entries("alert.verified")


@pytest.mark.clause("RET-1")
def test_an_alert_whose_day_is_over_shows_only_what_remains(
    alice: Client, alert: Alert, monkeypatch: Any
) -> None:
    """No plate, no place, no image; no look is recorded, and nothing more can be said about it."""
    later = NOW + timedelta(days=31)
    monkeypatch.setattr("platewarden.alerts.views.utc_now", lambda: later)
    for address in (page_of(alert), "/alerts/"):
        response = alice.get(address)
        assert response.status_code == 200
        assert "purged" in text_of(response)
        for secret in (PLATE, "KAB4821", "Mill Street", "data:image", "Reported stolen"):
            assert secret not in response.content.decode()
    response = alice.post(page_of(alert, "verify"), MATCHED)
    assert response.status_code == 409
    assert entries("alert.opened") == entries("alert.verified") == []


@pytest.mark.clause("CAP-2")
@pytest.mark.parametrize(
    ("offset", "says"),
    [
        (3700.5, "clock was 1 hour 1 minute ahead of this server"),
        (-5.25, "clock was 5.2 seconds behind this server"),
        (None, "Nobody had compared its device"),
        (4.9, ""),
    ],
)
def test_an_alert_says_that_the_clock_of_its_device_was_off(
    alice: Client, alert: Alert, offset: float | None, says: str
) -> None:
    """By more than the parameter, or by what nobody knows; of a read that no device signed nothing is said."""
    assert "in doubt" not in text_of(alice.get(page_of(alert)))
    Capture.objects.update(signed_by=1, clock_offset_seconds=offset)
    shown = text_of(alice.get(page_of(alert)))
    assert says in shown
    assert ("time of this read is in doubt" in shown) == bool(says)


def test_the_pages_ask_the_database_the_same_few_questions_however_many_alerts(
    alice: Client, cast: Cast, alert: Alert, django_assert_max_num_queries: Any
) -> None:
    """Twenty alerts cost no more queries than one."""
    for _ in range(20):
        another(cast, NOW)
    with django_assert_max_num_queries(29):
        assert alice.get("/alerts/").content.count(b"data-alert=") == 21
