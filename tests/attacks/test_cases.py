"""Attempts to keep reads without right, or to see what a case keeps without working it."""

import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection

from platewarden.cases.models import Case, CaseRead, Hold
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.reads.models import Read
from tests.cases.scenes import NUMBER, PLATE, asked, placed, sightings, wanted
from tests.cast import Cast
from tests.conftest import NOW

PICTURE = b"data:image"
SAID = {
    "read": "",
    "authority": "court_order",
    "authority_text": "County Court, order 114 of 18 November",
    "reason": "The defence has asked for the car's way that week",
    "ends_at": "2026-12-20T12:00",
}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the edge's clock; it stands at the moment at which tests play."""
    edges = ("cases.views", "cases.hold_views", "cases.export_views", "queries.views")

    def _set(now: Any) -> None:
        for module in (*edges, "site.middleware", "site.context"):
            monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: now)

    _set(NOW)
    return _set


@pytest.mark.usefixtures("fresh_database")
class TestKeepingWithoutRight:
    """Holds without a case, of everything, for ever, or by those who may not."""

    @pytest.mark.clause("RET-2")
    def test_an_investigator_cannot_place_the_hold_they_ask_for(self, cast: Cast, sign_in: Any) -> None:
        """Nor decline, nor lift; a supervisor cannot either. Each attempt is recorded."""
        sightings(cast, NOW)
        hold = wanted(cast, NOW)
        for name in ("ivan", "sue"):
            browser = sign_in(getattr(cast, name))
            for act in ("place", "decline", "lift"):
                response = browser.post(
                    f"/cases/holds/{hold.pk}/{act}/", {"lift-reason": "It is no longer needed"}
                )
                assert response.status_code == 403, (name, act)
        assert (Read.objects.count(), CaseRead.objects.count()) == (3, 0)
        assert LedgerLeaf.objects.filter(kind="request.refused").count() == 6

    @pytest.mark.clause("RET-2", "RET-1")
    @pytest.mark.parametrize(
        "change",
        [
            {"authority": ""},
            {"authority": "sheriff"},
            {"authority_text": "judge"},
            {"reason": "inv"},
            {"reason": "Immigration enforcement wants the car's way"},
            {"ends_at": ""},
            {"ends_at": "2026-11-20T10:00"},
            {"ends_at": "2036-11-20T10:00"},
            {"ends_at": "9998-12-31T23:59"},
            {"read": str(uuid.uuid4())},
        ],
    )
    def test_no_hold_without_authority_reason_and_end(
        self, cast: Cast, sign_in: Any, change: dict[str, str]
    ) -> None:
        """Nor of a read that the query did not find; nothing is asked for, and the refusal is recorded."""
        sightings(cast, NOW)
        address = f"/cases/answers/{asked(cast, NOW).pk}/hold/"
        response = sign_in(cast.ivan).post(address, SAID | change)
        assert response.status_code == 403
        assert not Hold.objects.exists()
        assert LedgerLeaf.objects.filter(kind="request.refused").count() == 1

    @pytest.mark.clause("RET-2")
    def test_no_hold_of_everything(self, cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """One that names more reads than the agency has decided is refused."""
        sightings(cast, NOW)
        from platewarden.policy.parameters import Parameters

        real = Parameters.integer
        monkeypatch.setattr(
            Parameters, "integer", lambda self, name: 2 if name == "holds.most_reads" else real(self, name)
        )
        response = sign_in(cast.ivan).post(f"/cases/answers/{asked(cast, NOW).pk}/hold/", SAID)
        assert response.status_code == 403
        assert b"3 reads, more than the 2" in response.content

    @pytest.mark.clause("RET-2", "QRY-2")
    @pytest.mark.parametrize("name", ["alice", "tom", "dee", "ada", "sue"])
    def test_nobody_holds_or_takes_what_another_found(self, cast: Cast, sign_in: Any, name: str) -> None:
        """The answer of a query is its owner's; for everybody else there is none."""
        (read,) = sightings(cast, NOW, 1)
        query = asked(cast, NOW)
        browser = sign_in(getattr(cast, name))
        responses = [
            browser.post(f"/cases/answers/{query.pk}/hold/", SAID),
            browser.post(f"/cases/answers/{query.pk}/reads/{read.id}/take/"),
        ]
        assert {response.status_code for response in responses} <= {403, 404}
        assert not Case.objects.exists()

    @pytest.mark.clause("RET-2", "QRY-2")
    def test_an_expired_answer_keeps_nothing(self, cast: Cast, sign_in: Any, clock: Any) -> None:
        """Neither a hold nor a copy comes of it."""
        (read,) = sightings(cast, NOW, 1)
        query = asked(cast, NOW)
        clock(NOW + timedelta(hours=1))
        browser = sign_in(cast.ivan)
        for address in (
            f"/cases/answers/{query.pk}/hold/",
            f"/cases/answers/{query.pk}/reads/{read.id}/take/",
        ):
            assert browser.post(address, SAID).status_code == 403
        assert not Case.objects.exists()

    @pytest.mark.clause("RET-4")
    def test_the_application_removes_no_read_but_what_a_hold_has_copied(self, cast: Cast) -> None:
        """Its role cannot delete; and the function for holds takes nothing for a hold in force already."""
        hold = placed(cast, NOW, reads=sightings(cast, NOW)[:1])
        with pytest.raises(DatabaseError, match="permission denied"):
            Read.objects.all()._raw_delete("default")
        with connection.cursor() as cursor:
            cursor.execute("SELECT take_held_reads(%s)", [hold.pk])
            assert cursor.fetchone() == (0,)
        assert Read.objects.count() == 2

    @pytest.mark.clause("RET-2")
    def test_without_the_ledger_nothing_is_moved_or_removed(
        self, cast: Cast, sign_in: Any, owner_connection: psycopg.Connection[Any]
    ) -> None:
        """Placing and lifting stand or fall with their entry."""
        sightings(cast, NOW)
        hold = wanted(cast, NOW)
        owner_connection.execute("REVOKE EXECUTE ON FUNCTION ledger_append FROM platewarden_app")
        assert sign_in(cast.ada).post(f"/cases/holds/{hold.pk}/place/").status_code == 503
        assert (Read.objects.count(), CaseRead.objects.count()) == (3, 0)


@pytest.mark.usefixtures("fresh_database")
class TestLookingWithoutWork:
    """Cases, holds and records of others."""

    @pytest.mark.clause("USE-1", "QRY-2")
    @pytest.mark.parametrize("name", ["alice", "tom", "dee", "eve"])
    def test_whoever_does_not_work_the_case_finds_none(self, cast: Cast, sign_in: Any, name: str) -> None:
        """By address, by number, by record, by hold: absent and forbidden look alike, or the role is refused."""
        sightings(cast, NOW)
        hold = placed(cast, NOW)
        kept = CaseRead.objects.all()[0]
        browser = sign_in(getattr(cast, name))
        responses = [
            browser.get(f"/cases/{hold.case_id}/"),
            browser.post("/cases/find/", {"case_number": NUMBER}),
            browser.post(f"/cases/{hold.case_id}/reads/{kept.pk}/"),
            browser.post(f"/cases/{hold.case_id}/reads/{kept.pk}/take/"),
            browser.get(f"/cases/holds/{hold.pk}/"),
        ]
        assert {response.status_code for response in responses} <= {403, 404}
        assert not any(
            PICTURE in response.content or PLATE.encode() in response.content for response in responses
        )
        assert not LedgerLeaf.objects.filter(kind__in=["case.seen", "case.record_opened"]).exists()

    @pytest.mark.clause("USE-1", "RET-2")
    def test_an_administrator_decides_without_seeing_a_plate(self, cast: Cast, sign_in: Any) -> None:
        """On the hold's page before and after, on the case's page: counts alone; a record does not open."""
        sightings(cast, NOW)
        hold = wanted(cast, NOW)
        browser = sign_in(cast.ada)
        pages = [browser.get("/cases/"), browser.get(f"/cases/holds/{hold.pk}/")]
        browser.post(f"/cases/holds/{hold.pk}/place/")
        pages += [browser.get(f"/cases/holds/{hold.pk}/"), browser.get(f"/cases/{hold.case_id}/")]
        assert [page.status_code for page in pages] == [200] * 4
        assert not any(PLATE.encode() in page.content or PICTURE in page.content for page in pages)
        kept = CaseRead.objects.all()[0]
        assert browser.post(f"/cases/{hold.case_id}/reads/{kept.pk}/").status_code == 404

    @pytest.mark.clause("QRY-2")
    def test_every_look_is_on_the_ledger_before_it_shows(
        self, cast: Cast, sign_in: Any, owner_connection: psycopg.Connection[Any]
    ) -> None:
        """The case's page names the records it showed; without the ledger neither page nor record shows."""
        reads = sightings(cast, NOW, 2)
        hold = placed(cast, NOW)
        browser = sign_in(cast.ivan)
        assert PLATE.encode() in browser.get(f"/cases/{hold.case_id}/").content
        seen = LedgerBody.objects.get(leaf__kind="case.seen").content["details"]["records"]
        assert set(seen) == {str(read.id) for read in reads}
        kept = CaseRead.objects.all()[0]
        assert PICTURE in browser.post(f"/cases/{hold.case_id}/reads/{kept.pk}/").content
        assert LedgerLeaf.objects.filter(kind="case.record_opened").count() == 1
        owner_connection.execute("REVOKE EXECUTE ON FUNCTION ledger_append FROM platewarden_app")
        for response in (
            browser.get(f"/cases/{hold.case_id}/"),
            browser.post(f"/cases/{hold.case_id}/reads/{kept.pk}/"),
        ):
            assert response.status_code == 503
            assert PLATE.encode() not in response.content

    @pytest.mark.clause("QRY-2")
    def test_the_number_of_a_case_stands_in_no_address(self, cast: Cast, sign_in: Any) -> None:
        """Finding a case by number is a form that leads to an opaque id."""
        sightings(cast, NOW)
        hold = placed(cast, NOW)
        response = sign_in(cast.sue).post("/cases/find/", {"case_number": f" {NUMBER} "})
        assert response["Location"] == f"/cases/{hold.case_id}/"
