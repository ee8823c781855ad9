"""Attempts to get round the second person, the bounds, and the marks on what is taken away."""

import csv
import io
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client

from platewarden.ledger.models import LedgerLeaf
from platewarden.queries.models import Query, TakenFile
from platewarden.reads.models import Read
from tests.attacks.test_queries import PICTURE, PLATE, QUESTION, a_read, reveals
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, store, with_images

GROUND = QUESTION | {"reason": "Arson at the mosque on Main Street, which car drove away?"}
NOTE = {"note": "Two victims of the arson confirm the grey car"}
PLACES = ("", "?view=plates", "?view=map", "?after=1763650000000000.00000000-0000-0000-0000-000000000001")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
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


def doors(address: str, read: Read) -> list[tuple[str, str, dict[str, str]]]:
    """Return every way to what a query found: method, address, what is posted."""
    looks: list[tuple[str, str, dict[str, str]]] = [("get", address + place, {}) for place in PLACES]
    return [
        *looks,
        ("post", f"{address}reads/{read.id}/", {}),
        ("post", f"{address}export/", {"form": "csv"}),
        ("post", f"{address}export/", {"form": "json"}),
        ("post", f"{address}print/", {}),
    ]


def tried(browser: Client, address: str, read: Read) -> list[Any]:
    """Try every way and return the responses."""
    return [getattr(browser, method)(path, data) for method, path, data in doors(address, read)]


@pytest.mark.django_db
class TestSecondPerson:
    """Nobody is their own second person, and nothing shows before there is one."""

    @pytest.mark.clause("USE-4", "QRY-1")
    def test_a_held_search_shows_nothing_at_any_door(self, cast: Cast, sign_in: Any) -> None:
        """Neither page, image, file nor print; the page of the search says that it waits."""
        read = a_read(cast)
        browser = sign_in(cast.ivan)
        address = browser.post("/queries/", GROUND)["Location"]
        responses = tried(browser, address, read)
        assert [response.status_code for response in responses] == [200] * 4 + [403] * 4
        assert not any(PICTURE in response.content for response in responses)
        assert all(b"waits for a decision" in response.content for response in responses[:4])
        shown = {"query.answered", "image.opened", "query.exported", "query.printed"}
        assert not LedgerLeaf.objects.filter(kind__in=shown).exists()

    @pytest.mark.clause("USE-4", "QRY-1")
    def test_a_supervisor_does_not_release_their_own(self, cast: Cast, sign_in: Any) -> None:
        """By page, by address, or by naming a colleague it is made for: their own held search is none to them."""
        a_read(cast)
        browser = sign_in(cast.sue)
        address = browser.post("/queries/", GROUND | {"requested_by": "Ivan Example"})["Location"]
        query = Query.objects.get()
        assert f"/queries/held/{query.pk}/".encode() not in browser.get("/queries/held/").content
        own = [
            browser.get(f"/queries/held/{query.pk}/"),
            browser.post(f"/queries/held/{query.pk}/", NOTE | {"decision": "release"}),
        ]
        assert [response.status_code for response in own] == [404, 404]
        assert PICTURE not in browser.get(address).content
        query.refresh_from_db()
        assert query.decision == ""

    @pytest.mark.clause("QRY-1")
    @pytest.mark.parametrize(
        ("name", "status"), [("ivan", 404), ("alice", 403), ("tom", 403), ("ada", 403), ("eve", 403)]
    )
    def test_nobody_else_decides_either(self, cast: Cast, sign_in: Any, name: str, status: int) -> None:
        """Not its asker, an officer, the auditor or the administrator; none of them learns the plate asked for."""
        sign_in(cast.ivan).post("/queries/", GROUND)
        query = Query.objects.get()
        browser = sign_in(getattr(cast, name))
        for response in (
            browser.get(f"/queries/held/{query.pk}/"),
            browser.post(f"/queries/held/{query.pk}/", NOTE | {"decision": "release"}),
        ):
            assert response.status_code == status
            assert PLATE.encode() not in response.content
        query.refresh_from_db()
        assert query.decision == ""

    @pytest.mark.clause("USE-4")
    def test_a_release_opens_the_search_to_its_asker_alone(self, cast: Cast, sign_in: Any) -> None:
        """Whoever released it does not see what it finds; whoever asked does, once."""
        read = a_read(cast)
        address = sign_in(cast.ivan).post("/queries/", GROUND)["Location"]
        query = Query.objects.get()
        browser = sign_in(cast.sue)
        page = browser.get(f"/queries/held/{query.pk}/")
        assert PLATE.encode() in page.content
        assert browser.post(f"/queries/held/{query.pk}/", NOTE | {"decision": "release"}).status_code == 302
        assert {response.status_code for response in tried(browser, address, read)} == {404}
        page = sign_in(cast.ivan).get(address)
        assert PICTURE in page.content
        assert b"Two victims of the arson" in page.content

    @pytest.mark.clause("USE-4")
    def test_a_decision_without_a_reason_is_none(self, cast: Cast, sign_in: Any) -> None:
        """The form comes back with what is missing; nothing is decided, and the attempt is recorded."""
        sign_in(cast.ivan).post("/queries/", GROUND)
        query = Query.objects.get()
        response = sign_in(cast.sue).post(f"/queries/held/{query.pk}/", {"note": "", "decision": "release"})
        assert response.status_code == 403
        assert b"missing or too short" in response.content
        query.refresh_from_db()
        assert query.decision == ""
        assert LedgerLeaf.objects.filter(kind="request.refused").count() == 1

    @pytest.mark.clause("QRY-1")
    def test_whoever_lost_the_role_while_waiting_gets_nothing(self, cast: Cast, sign_in: Any) -> None:
        """A release does not outlive the right to search."""
        read = a_read(cast)
        address = sign_in(cast.ivan).post("/queries/", GROUND)["Location"]
        sign_in(cast.sue).post(f"/queries/held/{Query.objects.get().pk}/", NOTE | {"decision": "release"})
        cast.ivan.grants.update(withdrawn_at=NOW, withdrawn_by="ada")
        responses = tried(sign_in(cast.ivan), address, read)
        assert {response.status_code for response in responses} == {403}
        assert not any(reveals(response) for response in responses)

    @pytest.mark.clause("QRY-1")
    def test_saying_exigent_does_not_replace_a_number(self, cast: Cast, sign_in: Any) -> None:
        """While the agency has not adopted it, the box is not there and its value counts for nothing."""
        browser = sign_in(cast.ivan)
        assert b"exigent" not in browser.get("/queries/").content.lower()
        response = browser.post(
            "/queries/", QUESTION | {"case_number": "", "exigent": "on", "for_decision": "1"}
        )
        assert response.status_code == 403
        assert not Query.objects.exists()


@pytest.mark.django_db
class TestBounds:
    """Ways to see more people than one search may show."""

    @pytest.mark.clause("QRY-1")
    @pytest.mark.parametrize("text", ["?????", "W?K?0??", "W*L*K*9", "*9*0*2*7*", "WL*90*27", "?L?9?2?"])
    def test_a_broad_pattern_is_broad_however_many_letters_it_shows(
        self, cast: Cast, sign_in: Any, text: str
    ) -> None:
        """Characters that stand apart narrow little: refused with what to add, put before nobody without cameras."""
        a_read(cast)
        browser = sign_in(cast.ivan)
        for extra in ({}, {"for_decision": "1"}):
            response = browser.post("/queries/", QUESTION | {"kind": "pattern", "plate_text": text} | extra)
            assert response.status_code == 403
            assert b"Put it before a supervisor" not in response.content
            assert b"Give at least" in response.content or b"stand together" in response.content
        assert not Query.objects.exists()

    @pytest.mark.clause("QRY-1")
    @pytest.mark.parametrize(
        ("area", "status"),
        [
            ("42.40 -76.55\n42.50 -76.45\n42.40 -76.45\n42.50 -76.55", 422),
            ("-90, -180\n90, 180", 422),
            ("-80, -89\n80, 89", 403),
            ("41.0, -78.0\n44.0, -75.0", 403),
            ("0, 0\n1, 1", 422),
            ("1e308, 1e308\n-1e308, -1e308", 422),
            ("nan, nan\n1, 1", 422),
            ("42.45, -76.5\n42.45, -76.5\n42.45, -76.5", 422),
            ("<svg onload=alert(1)>", 422),
            ("42.4, -76.5\n" * 61, 422),
        ],
    )
    def test_no_area_is_crossed_or_the_world(self, cast: Cast, sign_in: Any, area: str, status: int) -> None:
        """What is no area is said to be none; what is too large is refused, and no supervisor may release it."""
        a_read(cast)
        everything = {"kind": "camera_time", "plate_text": "", "seen_from": "2026-11-20T08:00", "area": area}
        browser = sign_in(cast.ivan)
        for extra in ({}, {"for_decision": "1"}):
            response = browser.post("/queries/", QUESTION | everything | extra)
            assert response.status_code == status
            assert b"<svg onload" not in response.content
        assert not Query.objects.exists()

    @pytest.mark.clause("QRY-1")
    def test_a_larger_area_waits_for_a_supervisor_and_only_if_asked(self, cast: Cast, sign_in: Any) -> None:
        """The refusal offers it; taking the offer searches nothing yet."""
        browser = sign_in(cast.ivan)
        area = {"kind": "camera_time", "plate_text": "", "seen_from": "2026-11-20T08:00"}
        area |= {"area": "42.40, -76.56\n42.50, -76.44"}
        refused = browser.post("/queries/", QUESTION | area)
        assert refused.status_code == 403
        assert b"Put it before a supervisor" in refused.content
        assert not Query.objects.exists()
        page = browser.get(browser.post("/queries/", QUESTION | area | {"for_decision": "1"})["Location"])
        assert b"waits for a decision" in page.content
        assert Query.objects.get().camera_ids == [cast.camera.pk]

    @pytest.mark.clause("QRY-1")
    def test_a_small_area_finds_the_cameras_in_it(self, cast: Cast, sign_in: Any) -> None:
        """Drawn, or as a distance from a camera: both stand for the same cameras."""
        a_read(cast)
        browser = sign_in(cast.ivan)
        everything = QUESTION | {"kind": "camera_time", "plate_text": "", "seen_from": "2026-11-20T08:00"}
        for area in (
            {"area": "42.44, -76.51\n42.46, -76.49"},
            {"near_metres": "500", "near_camera": str(cast.camera.pk)},
        ):
            page = browser.get(browser.post("/queries/", everything | area)["Location"])
            assert page.context["page"].total == 1

    @pytest.mark.clause("QRY-1", "CAP-4")
    @pytest.mark.parametrize(
        ("seen_from", "seen_until", "status"),
        [
            ("2026-11-01T00:30", "2026-11-01T23:30", 303),
            ("2026-10-31T23:45", "2026-11-01T22:45", 303),
            ("2026-10-31T23:45", "2026-11-01T22:46", 403),
        ],
    )
    def test_the_day_of_twentyfive_hours_gives_no_hour_more(
        self, cast: Cast, sign_in: Any, seen_from: str, seen_until: str, status: int
    ) -> None:
        """A window is measured in time that passes, not on the clock's face."""
        question = QUESTION | {"kind": "camera_time", "plate_text": "", "cameras": str(cast.camera.pk)}
        question |= {"seen_from": seen_from, "seen_until": seen_until}
        assert sign_in(cast.ivan).post("/queries/", question).status_code == status

    @pytest.mark.clause("QRY-1")
    def test_asking_again_takes_ones_own_alone(self, cast: Cast, sign_in: Any) -> None:
        """A colleague's search fills nobody's form; one's own does, but for the reason."""
        sign_in(cast.ivan).post("/queries/", QUESTION)
        query = Query.objects.get()
        own = sign_in(cast.ivan).get(f"/queries/?again={query.pk}").content
        assert f'value="{PLATE}"'.encode() in own
        assert b"Green Street" not in own
        for text in (str(query.pk), str(uuid.uuid4()), "x", "' OR 1=1"):
            response = sign_in(cast.sue).get("/queries/", {"again": text})
            assert response.status_code == 404
            assert PLATE.encode() not in response.content


@pytest.mark.django_db
class TestTaking:
    """Copies that run, that are nobody's, or that say nothing."""

    @pytest.fixture
    def answer(self, cast: Cast, sign_in: Any) -> tuple[Client, str, Read]:
        """Ivan's browser, the address of his answer, and a read with a name like a formula."""
        read = with_images(a_sighting(cast.camera, PLATE, NOW - timedelta(hours=2)))
        read.vehicle_model, read.vehicle_make = "@SUM(1+9)*cmd|' /C calc'!A0", "\t=1+1"
        cast.camera.name = "-2+3+cmd"
        cast.camera.save()
        store([read])
        browser = sign_in(cast.ivan)
        return browser, browser.post("/queries/", QUESTION)["Location"], read

    def test_no_cell_of_a_file_is_a_formula(self, answer: tuple[Client, str, Read]) -> None:
        """Whatever a camera or a person has written, a spreadsheet shows it and runs nothing."""
        browser, address, _ = answer
        response = browser.post(f"{address}export/", {"form": "csv"})
        assert response["Content-Disposition"].startswith('attachment; filename="query-entry-')
        cells = [cell for row in csv.reader(io.StringIO(response.content.decode())) for cell in row]
        assert "'-2+3+cmd" in cells
        for cell in cells:
            is_number = cell.replace(".", "").replace("-", "", 1).isdigit()
            assert is_number or not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))

    @pytest.mark.clause("QRY-2")
    def test_a_file_names_whose_it_is_and_where_that_is_on_record(
        self, answer: tuple[Client, str, Read]
    ) -> None:
        """Its number on the ledger leads from a copy found anywhere to the person who took it."""
        browser, address, _ = answer
        told = json.loads(browser.post(f"{address}export/", {"form": "json"}).content)
        file = TakenFile.objects.get()
        assert told["receipt"]["Taken by"] == "ivan"
        assert told["receipt"]["This copy on the ledger"] == str(file.entry)
        assert LedgerLeaf.objects.get(seq=file.entry).kind == "query.exported"

    @pytest.mark.clause("QRY-2")
    @pytest.mark.parametrize("form", ["", "xlsx", "../../etc/passwd", "csv\r\nX: y"])
    def test_no_other_form_of_file_is_made(self, answer: tuple[Client, str, Read], form: str) -> None:
        """What is not offered is not there."""
        browser, address, _ = answer
        assert browser.post(f"{address}export/", {"form": form}).status_code == 404
        assert not TakenFile.objects.exists()

    @pytest.mark.clause("QRY-2")
    def test_following_a_link_takes_nothing(self, answer: tuple[Client, str, Read]) -> None:
        """Files, prints, images, decisions and settlements are posted."""
        browser, address, read = answer
        for door in (
            f"{address}export/",
            f"{address}print/",
            f"{address}reads/{read.id}/",
            f"{address}complete/",
        ):
            assert browser.get(door).status_code == 405

    @pytest.mark.clause("RET-1")
    def test_nobody_settles_a_colleagues_file(
        self, answer: tuple[Client, str, Read], cast: Cast, sign_in: Any
    ) -> None:
        """It stays with whoever took it."""
        browser, address, _ = answer
        browser.post(f"{address}export/", {"form": "csv"})
        file = TakenFile.objects.get()
        settle = f"/queries/files/{file.pk}/settle/"
        assert sign_in(cast.sue).post(settle, {"settlement": "destroyed"}).status_code == 404
        assert sign_in(cast.ivan).post(settle, {"settlement": "lost"}).status_code == 404
        file.refresh_from_db()
        assert file.settled_at is None
        assert sign_in(cast.ivan).post(settle, {"settlement": "destroyed"}).status_code == 302

    @pytest.mark.clause("QRY-2")
    def test_an_expired_answer_is_taken_by_nobody(
        self, answer: tuple[Client, str, Read], clock: Callable[[Any], None]
    ) -> None:
        """An hour later no page, view, image, file or print opens, however often it is tried."""
        browser, address, read = answer
        session = browser.session
        clock(NOW + timedelta(hours=1))
        session["active_at"] = (NOW + timedelta(minutes=59)).isoformat()
        session.save()
        for _ in range(2):
            responses = tried(browser, address, read)
            assert {response.status_code for response in responses} == {403}
            assert not any(reveals(response) for response in responses)


@pytest.mark.usefixtures("fresh_database")
class TestSilence:
    """A ledger that cannot be written, or is slow."""

    @pytest.mark.clause("QRY-2")
    def test_without_the_ledger_nothing_is_taken_decided_or_shown(
        self, cast: Cast, sign_in: Any, owner_connection: psycopg.Connection[Any]
    ) -> None:
        """Every door answers that nothing can be recorded, and leaves no file behind."""
        read = a_read(cast)
        browser = sign_in(cast.ivan)
        held = browser.post("/queries/", GROUND)["Location"].strip("/").split("/")[-1]
        address = browser.post("/queries/", QUESTION)["Location"]
        owner_connection.execute("REVOKE EXECUTE ON FUNCTION ledger_append FROM platewarden_app")
        responses = tried(browser, address, read)
        supervisor = sign_in(cast.sue)
        review = f"/queries/held/{held}/"
        responses += [supervisor.get(review), supervisor.post(review, NOTE | {"decision": "release"})]
        assert {response.status_code for response in responses} == {503}
        assert not any(reveals(response) for response in responses)
        assert not TakenFile.objects.exists()
        assert not Query.objects.exclude(decision="").exists()

    @pytest.mark.clause("QRY-2")
    def test_a_ledger_that_hangs_shows_nothing_either(
        self, cast: Cast, sign_in: Any, owner_connection: psycopg.Connection[Any]
    ) -> None:
        """An append that does not come through in time is one that failed."""
        read = a_read(cast)
        browser = sign_in(cast.ivan)
        address = browser.post("/queries/", QUESTION)["Location"]
        owner_connection.execute("ALTER ROLE platewarden_app SET statement_timeout = '400ms'")
        owner_connection.autocommit = False
        from django.db import connection

        connection.close()
        try:
            owner_connection.execute("LOCK TABLE ledger_leaf IN ACCESS EXCLUSIVE MODE")
            responses = tried(browser, address, read)
        finally:
            owner_connection.rollback()
            owner_connection.autocommit = True
            owner_connection.execute("ALTER ROLE platewarden_app RESET statement_timeout")
            connection.close()
        assert {response.status_code for response in responses} == {503}
        assert not any(reveals(response) for response in responses)
        assert not TakenFile.objects.exists()
