"""The pages of the weekly review, as those who use them see them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from platewarden.audits import actions, remedies
from platewarden.audits.models import DeclaredPlate, Mark, PlantedPlate, Remedy, WeekClosing
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.audits import RemedyKind, Verdict
from platewarden.site.clock import utc_now
from tests.audits.scenes import ANY_SIGNAL, an_item
from tests.cast import Cast
from tests.conftest import NOW
from tests.telling import spoken

pytestmark = [pytest.mark.django_db, pytest.mark.clause("AUD-1")]
SignIn = Callable[[Any], Client]


def text_of(client: Client, url: str, status: int = 200) -> str:
    """The page at *url*."""
    answer = client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def test_an_auditor_finds_the_week_its_items_and_how_they_were_drawn(cast: Cast, sign_in: SignIn) -> None:
    """From the list to the week; no plate is on either, nor is anybody's search read."""
    item = an_item(cast, kind=ANY_SIGNAL)
    client = sign_in(cast.tom)
    listed = text_of(client, "/audits/")
    assert f"/audits/weeks/{item.week}/" in listed
    assert "0 of 1 marked" in listed
    shown = text_of(client, f"/audits/weeks/{item.week}/")
    assert "Something was found." in shown
    assert f"platewarden audit draw --ledger COPY --week {item.week}" in shown
    assert "Ivan Example" in shown
    assert not any("KAB4821" in page for page in (listed, shown))
    assert not LedgerLeaf.objects.filter(kind="audit.item_opened").exists()


@pytest.mark.clause("QRY-2")
def test_the_page_of_an_item_shows_the_searches_and_each_look_is_an_entry(
    cast: Cast, sign_in: SignIn
) -> None:
    """Plate, reason, case; what the signal cannot know; how often it is there at all."""
    item = an_item(cast, kind=ANY_SIGNAL)
    client = sign_in(cast.tom)
    page = text_of(client, f"/audits/items/{item.pk}/")
    for told in (
        "KAB4821",
        "Car seen leaving the burglary",
        "2026-004512",
        "It is a reason to look, no more.",
    ):
        assert told in page
    assert "No week was reviewed before" in page
    assert "nothing was recorded under it here" in page
    text_of(client, f"/audits/items/{item.pk}/")
    assert LedgerLeaf.objects.filter(kind="audit.item_opened").count() == 2


def test_marking_asking_ordering_and_closing_by_the_pages(cast: Cast, sign_in: SignIn) -> None:
    """What is missing is said with the clause and the remedy; what is done stays to be seen."""
    item = an_item(cast)
    client = sign_in(cast.tom)
    url = f"/audits/items/{item.pk}/"
    assert client.post(f"/audits/weeks/{item.week}/close/").status_code == 403
    assert client.post(f"{url}mark/").status_code == 422
    refused = client.post(f"{url}mark/", {"verdict": "violation", "note": ""})
    assert (refused.status_code, b"A violation without saying which." in refused.content) == (403, True)
    client.post(f"{url}mark/", {"verdict": "violation", "note": "No such case (QRY-1)."})
    again = client.post(f"{url}mark/", {"verdict": "compliant", "note": ""})
    assert (again.status_code, b"A mark is not changed." in again.content) == (403, True)
    order = {"person": cast.ivan.pk, "kind": "suspension", "note": ""}
    assert client.post(f"{url}order/", order).status_code == 403
    assert client.post(f"{url}order/", {**order, "kind": "talk"}).status_code == 302
    page = text_of(client, url)
    assert "No such case (QRY-1)." in page
    assert "A supervisor talks to the person: Ivan Example" in page
    assert client.post(f"/audits/weeks/{item.week}/close/", {"note": "Done."}).status_code == 302
    assert WeekClosing.objects.get().note == "Done."
    assert "Closed" in text_of(client, "/audits/")


def test_a_person_answers_on_a_page_of_their_own(cast: Cast, sign_in: SignIn) -> None:
    """They read the question and which searches it is about, not the mark's history, and no plate."""
    item = an_item(cast)
    actions.mark(
        item=item, verdict=Verdict.QUESTION, note="Which burglary?", actor=cast.actor("tom"), now=utc_now()
    )
    question = Mark.objects.get()
    client = sign_in(cast.ivan)
    page = text_of(client, "/audits/you/")
    assert "Which burglary?" in page
    assert "2026-004512" in page
    assert "KAB4821" not in page
    assert client.post(f"/audits/you/questions/{question.pk}/").status_code == 422
    field = f"question-{question.pk}-text"
    assert (
        client.post(f"/audits/you/questions/{question.pk}/", {field: "That of Green Street."}).status_code
        == 302
    )
    assert "That of Green Street." in text_of(client, "/audits/you/")
    assert client.post(f"/audits/you/questions/{question.pk}/", {field: "Again."}).status_code == 403
    shown = text_of(sign_in(cast.tom), f"/audits/items/{item.pk}/")
    assert "That of Green Street." in shown


def test_a_supervisor_records_the_talk_and_the_undersheriff_suspends(cast: Cast, sign_in: SignIn) -> None:
    """Each sees what is theirs to do; the person sees nothing of it on that page."""
    item, tom = an_item(cast), cast.actor("tom")
    actions.mark(item=item, verdict=Verdict.VIOLATION, note="As found.", actor=tom, now=utc_now())
    until = utc_now() + timedelta(days=3)
    for kind in (RemedyKind.TALK, RemedyKind.SUSPENSION):
        remedies.order(item=item, person=cast.ivan, kind=kind, note="", until=until, actor=tom, now=utc_now())
    talk, suspension = Remedy.objects.order_by("pk")
    supervisor = text_of(sign_in(cast.sue), "/audits/after/")
    assert "A supervisor talks to the person" in supervisor
    assert "Suspension of all roles" not in supervisor
    client = sign_in(cast.sue)
    assert client.post(f"/audits/after/{suspension.pk}/done/").status_code == 404
    assert client.post(f"/audits/after/{talk.pk}/done/", {"note": "Understood."}).status_code == 302
    client = sign_in(cast.una)
    assert "Suspend" in text_of(client, "/audits/after/")
    client.post(f"/audits/after/{suspension.pk}/done/")
    cast.ivan.refresh_from_db()
    assert cast.ivan.suspended_until == until
    assert "Overdue" not in text_of(client, "/audits/after/")


def test_an_item_with_many_searches_is_read_page_by_page(cast: Cast, sign_in: SignIn) -> None:
    """Only what a page shows is on the ledger as read."""
    item = an_item(cast, others=["alice"] * 59)
    client = sign_in(cast.tom)
    first = text_of(client, f"/audits/items/{item.pk}/")
    assert "50 shown" in first
    assert "10 shown" in text_of(client, f"/audits/items/{item.pk}/?page=2")


def test_declared_plates_are_taken_back_and_never_shown(cast: Cast, sign_in: SignIn) -> None:
    """What is listed is when, and whose; a text that is no plate is told so."""
    client = sign_in(cast.ivan)
    declared = {"plate": "MYO 5500", "relation": "own"}
    assert client.post("/audits/you/plates/", {"plate": "?", "relation": "own"}).status_code == 422
    assert client.post("/audits/you/plates/", declared).status_code == 302
    assert client.post("/audits/you/plates/", declared).status_code == 302
    one = DeclaredPlate.objects.get()
    page = text_of(client, "/audits/you/")
    assert "My own vehicle, declared" in page
    assert "MYO" not in spoken(page)
    assert sign_in(cast.alice).post(f"/audits/you/plates/{one.pk}/withdraw/").status_code == 404
    assert sign_in(cast.ivan).post(f"/audits/you/plates/{one.pk}/withdraw/").status_code == 302
    one.refresh_from_db()
    assert one.withdrawn_at


def test_plates_are_planted_and_taken_up_by_auditors(cast: Cast, sign_in: SignIn) -> None:
    """By where they are; the plate itself is not shown again."""
    client = sign_in(cast.tom)
    assert client.post("/audits/planted/", {"plate": "", "where": ""}).status_code == 422
    planted = {"plate": "NOB 0000", "where": "In a case file that nobody works on"}
    assert client.post("/audits/planted/", planted).status_code == 302
    one = PlantedPlate.objects.get()
    page = text_of(client, "/audits/planted/")
    assert planted["where"] in page
    assert "NOB 0000" not in page
    client.post(f"/audits/planted/{one.pk}/lift/")
    assert "Taken up" in text_of(client, "/audits/planted/")
    assert sign_in(cast.una).get("/audits/planted/").status_code == 403


def test_a_late_week_says_so(cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Since when, and that the Undersheriff is told."""
    from platewarden.audits import views

    item = an_item(cast)
    monkeypatch.setattr(views, "utc_now", lambda: item.week.week.ends_at + timedelta(days=7))
    page = text_of(sign_in(cast.tom), "/audits/")
    assert "Overdue" in page
    assert "the Undersheriff is told" in page
    assert item.week.week.ends_at > NOW
