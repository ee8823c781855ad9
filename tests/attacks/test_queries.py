"""Attempts to see past reads without being entitled to, or without leaving a trace."""

import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.queries.models import Query
from platewarden.reads.models import Read
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, store, with_images

PLATE = "WLK9027"
QUESTION = {
    "kind": "exact",
    "plate_text": PLATE,
    "seen_from": "2026-11-13T10:00",
    "seen_until": "2026-11-20T10:15",
    "purpose": "criminal_investigation",
    "reason": "Car seen leaving the burglary on Green Street",
    "case_number": "2026-004512",
    "requested_by": "",
}
PICTURE = b"data:image"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the edge's clock; it stands at the moment at which tests play."""

    def _set(now: Any) -> None:
        for module in (
            "queries.views",
            "queries.held_views",
            "queries.taking_views",
            "site.middleware",
            "site.context",
        ):
            monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: now)

    _set(NOW)
    return _set


def a_read(cast: Cast) -> Read:
    """Store one read with images."""
    (read,) = store([with_images(a_sighting(cast.camera, PLATE, NOW - timedelta(hours=2)))])
    return read


def reveals(response: Any) -> bool:
    """Whether a response shows a picture or the plate anywhere but in the field it was typed into."""
    typed = f'value="{PLATE}"'.encode()
    return PICTURE in response.content or PLATE.encode() in response.content.replace(typed, b"")


@pytest.mark.django_db
class TestStrangers:
    """People who are not entitled, or not to this."""

    @pytest.mark.clause("USE-1", "QRY-1")
    @pytest.mark.parametrize("name", ["tom", "ada", "dee", "eve"])
    def test_those_not_entitled_are_refused_at_every_door(self, cast: Cast, sign_in: Any, name: str) -> None:
        """Auditor, administrator, dispatcher and somebody without a role ask nothing; each attempt is recorded."""
        a_read(cast)
        browser = sign_in(getattr(cast, name))
        responses = [browser.get("/queries/"), browser.post("/queries/", QUESTION)]
        assert [response.status_code for response in responses] == [403, 403]
        assert not any(reveals(response) for response in responses)
        assert LedgerLeaf.objects.filter(kind="request.refused").count() == 2
        assert not Query.objects.exists()

    def test_nobody_signed_in_sees_nothing(self, cast: Cast, client: Client) -> None:
        """A stranger is led to the sign-in page from every address."""
        read = a_read(cast)
        for address in (
            "/queries/",
            f"/queries/{uuid.uuid4()}/",
            f"/queries/{uuid.uuid4()}/reads/{read.id}/",
        ):
            for response in (client.get(address), client.post(address, QUESTION)):
                assert response.status_code == 302
                assert response["Location"].startswith("/sign-in/")

    @pytest.mark.clause("QRY-2")
    @pytest.mark.parametrize("thief", ["alice", "sue", "tom", "ada"])
    def test_an_answer_opens_for_nobody_else(self, cast: Cast, sign_in: Any, thief: str) -> None:
        """Not even for a supervisor: somebody else's query looks like none, and the attempt is recorded."""
        read = a_read(cast)
        address = sign_in(cast.ivan).post("/queries/", QUESTION)["Location"]
        browser = sign_in(getattr(cast, thief))
        responses = [browser.get(address), browser.post(f"{address}reads/{read.id}/")]
        guessed = browser.get(f"/queries/{uuid.uuid4()}/")
        assert [response.status_code for response in responses] == [404, 404]
        assert guessed.status_code == 404
        assert not any(reveals(response) for response in responses)
        assert LedgerLeaf.objects.filter(kind="object.missing").count() == 3
        assert not LedgerLeaf.objects.filter(kind__in=["query.answered", "image.opened"]).exists()

    @pytest.mark.clause("QRY-2")
    def test_whoever_lost_the_role_lost_the_answer(self, cast: Cast, sign_in: Any) -> None:
        """A role withdrawn in the meantime closes an answer that is still open in the browser."""
        read = a_read(cast)
        browser = sign_in(cast.ivan)
        address = browser.post("/queries/", QUESTION)["Location"]
        cast.ivan.grants.update(withdrawn_at=NOW, withdrawn_by="ada")
        for response in (browser.get(address), browser.post(f"{address}reads/{read.id}/")):
            assert response.status_code == 403
            assert not reveals(response)


@pytest.mark.django_db
class TestShortCuts:
    """Ways round the form."""

    @pytest.mark.clause("QRY-1")
    def test_a_question_in_the_address_is_not_asked(self, cast: Cast, sign_in: Any) -> None:
        """By GET the form comes back empty: nothing is searched, nothing typed is repeated."""
        a_read(cast)
        response = sign_in(cast.ivan).get("/queries/", QUESTION)
        assert response.status_code == 200
        assert PLATE.encode() not in response.content
        assert not Query.objects.exists()

    @pytest.mark.clause("QRY-2")
    def test_an_expired_answer_stays_shut(self, cast: Cast, sign_in: Any, clock: Any) -> None:
        """An hour later the page is refused and recorded, however often it is reloaded."""
        read = a_read(cast)
        browser = sign_in(cast.ivan)
        address = browser.post("/queries/", QUESTION)["Location"]
        session = browser.session
        clock(NOW + timedelta(hours=1))
        session["active_at"] = (NOW + timedelta(minutes=59)).isoformat()
        session.save()
        for response in (
            browser.get(address),
            browser.get(address),
            browser.post(f"{address}reads/{read.id}/"),
        ):
            assert response.status_code == 403
            assert b"QRY-2" in response.content
            assert not reveals(response)
        assert LedgerLeaf.objects.filter(kind="request.refused").count() == 3

    def test_a_foreign_page_cannot_ask(self, cast: Cast) -> None:
        """Without the form's token nothing is taken."""
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(cast.ivan)
        assert browser.post("/queries/", QUESTION).status_code == 403
        assert not Query.objects.exists()

    @pytest.mark.clause("QRY-1", "CAP-4")
    def test_no_search_is_made_through_the_devices_interface(self, cast: Cast, sign_in: Any) -> None:
        """It takes reads and gives none: not to a camera with its credential, not to a person with a session."""
        read = a_read(cast)
        browser = sign_in(cast.ivan)
        places = ("", f"/{read.id}", f"?plate={PLATE}", f"/{read.id}/image")
        for place in (*(f"/api/v1/reads{place}" for place in places), "/api/v1/queries", "/api/v1/plates"):
            for headers in ({}, {"authorization": f"Bearer {cast.credential}"}):
                response = browser.get(place, headers=headers)
                assert response.status_code in {404, 405}
                assert not reveals(response)

    @pytest.mark.parametrize("method", ["put", "patch", "delete", "head", "options"])
    def test_other_methods_reveal_nothing(self, cast: Cast, sign_in: Any, method: str) -> None:
        """What the pages do not expect they refuse."""
        a_read(cast)
        browser = sign_in(cast.ivan)
        address = browser.post("/queries/", QUESTION)["Location"]
        response = getattr(browser, method)(address)
        assert response.status_code == 405
        assert not LedgerLeaf.objects.filter(kind="query.answered").exists()

    @pytest.mark.clause("USE-5", "USE-4", "USE-3")
    @pytest.mark.parametrize(
        "change",
        [
            {"purpose": "hotlist_patrol"},
            {"purpose": "immigration"},
            {"purpose": ["criminal_investigation", "immigration"]},
            {"reason": "CBP asked where this car has been this week"},
            {"reason": "Ｄｅｐｏｒｔａｔｉｏｎ of the owner is planned"},  # noqa: RUF001 - full-width on purpose
            {"reason": "x" * 30},
            {"reason": "\u200b" * 30},
            {"case_number": "' OR 1=1 --"},
            {"case_number": "2026-004512\u0000"},
            {"case_number": "<b>2026-004512</b>"},
        ],
    )
    def test_no_wording_makes_an_improper_search_proper(
        self, cast: Cast, sign_in: Any, change: dict[str, Any]
    ) -> None:
        """Improper purposes, reasons and case numbers are refused, however they are spelt."""
        a_read(cast)
        response = sign_in(cast.ivan).post("/queries/", QUESTION | change)
        assert response.status_code in {400, 403, 422}
        assert not reveals(response)
        assert not Query.objects.exists()

    @pytest.mark.clause("CAP-4", "QRY-1")
    @pytest.mark.parametrize(
        "change",
        [
            {"seen_until": "2026-11-20T10:30"},
            {"seen_until": "2026-11-21T10:00"},
            {"seen_until": "9999-12-31T23:59"},
            {"seen_from": "2026-01-01T00:00"},
            {"seen_from": "2026-11-20T10:15"},
            {"kind": "camera_time", "plate_text": ""},
            {"kind": "camera_time", "plate_text": "", "cameras": "-1"},
            {"kind": "pattern", "plate_text": "*"},
            {"kind": "pattern", "plate_text": "???????"},
            {"kind": "pattern", "plate_text": "%"},
            {"kind": "pattern", "plate_text": "WL?90*"},
        ],
    )
    def test_no_search_is_wider_or_nearer_to_now_than_decided(
        self, cast: Cast, sign_in: Any, change: dict[str, Any]
    ) -> None:
        """Neither a live feed nor a dragnet can be asked for."""
        a_read(cast)
        response = sign_in(cast.ivan).post("/queries/", QUESTION | change)
        assert response.status_code in {403, 422}
        assert PICTURE not in response.content
        assert not Query.objects.exists()

    @pytest.mark.parametrize(
        "text",
        [
            "'; DROP TABLE reads; --",
            "<img src=x onerror=alert(1)>",
            "{{ 7|add:7 }}",
            "\u202e7209KLW",
            "🚗" * 40,
        ],
    )
    def test_what_is_typed_stays_text(self, cast: Cast, sign_in: Any, text: str) -> None:
        """SQL, markup, templates and strange characters in a reason are kept, shown and recorded as written."""
        a_read(cast)
        browser = sign_in(cast.ivan)
        reason = f"Car seen at the burglary {text}"
        location = browser.post("/queries/", QUESTION | {"reason": reason, "requested_by": text})["Location"]
        page = browser.get(location)
        assert page.status_code == 200
        assert b"<img src=x" not in page.content
        assert Query.objects.get().reason == reason
        assert LedgerBody.objects.get(leaf__kind="query.asked").content["details"]["reason"] == reason
        assert Read.objects.count() == 1


@pytest.mark.usefixtures("fresh_database")
class TestSilence:
    """A ledger that cannot be written: nothing may be shown."""

    @pytest.fixture
    def asked(self, cast: Cast, sign_in: Any) -> tuple[Client, str, Read]:
        """Ivan's browser, the address of an answer that he has not looked at, and the read in it."""
        read = a_read(cast)
        browser = sign_in(cast.ivan)
        return browser, browser.post("/queries/", QUESTION)["Location"], read

    @pytest.mark.clause("QRY-2")
    def test_without_the_ledger_nothing_is_shown(
        self, asked: tuple[Client, str, Read], owner_connection: psycopg.Connection[Any]
    ) -> None:
        """No question is taken, no answer and no image shown, no refusal told that was not recorded."""
        browser, address, read = asked
        owner_connection.execute("REVOKE EXECUTE ON FUNCTION ledger_append FROM platewarden_app")
        responses = [
            browser.post("/queries/", QUESTION),
            browser.get(address),
            browser.post(f"{address}reads/{read.id}/"),
            browser.post("/queries/", QUESTION | {"case_number": ""}),
            browser.get(f"/queries/{uuid.uuid4()}/"),
        ]
        assert [response.status_code for response in responses] == [503] * 5
        assert not any(reveals(response) for response in responses)
        assert Query.objects.count() == 1

    @pytest.mark.clause("QRY-2")
    def test_from_a_database_that_takes_no_writes_nothing_is_shown(
        self, asked: tuple[Client, str, Read], owner_connection: psycopg.Connection[Any], fresh_database: str
    ) -> None:
        """A standby or a full disk answers no searches either."""
        browser, address, read = asked
        owner_connection.execute(f'ALTER DATABASE "{fresh_database}" SET default_transaction_read_only = on')
        connection.close()
        responses = [
            browser.post("/queries/", QUESTION),
            browser.get(address),
            browser.post(f"{address}reads/{read.id}/"),
        ]
        assert [response.status_code for response in responses] == [503] * 3
        assert not any(reveals(response) for response in responses)

    @pytest.mark.clause("QRY-2")
    def test_an_entry_is_committed_before_anything_is_rendered(
        self, asked: tuple[Client, str, Read], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever pulls the plug while the page is made has left the entry behind."""
        browser, address, read = asked
        monkeypatch.setattr(
            "platewarden.queries.pages.data_uri", lambda _: (_ for _ in ()).throw(RuntimeError("pulled"))
        )
        monkeypatch.setattr(
            "platewarden.queries.views.data_uri", lambda _: (_ for _ in ()).throw(RuntimeError("pulled"))
        )
        for call in (browser.get, None):
            with pytest.raises(RuntimeError, match="pulled"):
                call(address) if call else browser.post(f"{address}reads/{read.id}/")
        assert LedgerLeaf.objects.filter(kind="query.answered").count() == 1
        assert LedgerLeaf.objects.filter(kind="image.opened").count() == 1
