"""The pages of cases: what they collect, and the ways into and out of a case."""

from typing import Any

import pytest
from django.db import transaction

from platewarden.cases.models import CaseRead, Hold
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.reads import days
from tests.attacks.test_cases import SAID, clock  # noqa: F401 - a fixture
from tests.cases.scenes import NUMBER, PLATE, asked, placed, sightings, wanted
from tests.cast import Cast
from tests.conftest import NOW
from tests.reports.scenes import a_stop, reported

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.mark.clause("RET-2")
def test_a_hold_goes_its_way_from_the_answer_to_the_case(cast: Cast, sign_in: Any) -> None:
    """Ivan chooses on the answer and says by what right; Ada reads what it keeps and places it; Ivan takes one."""
    reads = sightings(cast, NOW)
    browser = sign_in(cast.ivan)
    query = asked(cast, NOW)
    answer = browser.get(f"/queries/{query.pk}/").content.decode()
    assert f'value="{reads[0].id}" form="hold"' in answer
    address = f"/cases/answers/{query.pk}/hold/"
    page = browser.post(address, {"read": [str(read.id) for read in reads[:2]]})
    assert "2026-11-20: 1" in page.content.decode()
    chosen = " ".join(str(read.id) for read in reads[:2])
    assert browser.post(address, SAID | {"authority": ""}).status_code == 403
    response = browser.post(address, SAID | {"read": chosen})
    hold = Hold.objects.get()
    assert response["Location"] == f"/cases/holds/{hold.pk}/"
    ada = sign_in(cast.ada)
    assert "Route 13 north: 2" in ada.get(f"/cases/holds/{hold.pk}/").content.decode()
    ada.post(f"/cases/holds/{hold.pk}/place/")
    browser = sign_in(cast.ivan)
    case = browser.get(f"/cases/{hold.case_id}/").content.decode()
    assert case.count(PLATE) >= 3  # two held reads and the search
    kept = CaseRead.objects.all()[0]
    record = browser.post(f"/cases/{hold.case_id}/reads/{kept.pk}/").content.decode()
    assert "Take it into the case file" in record
    browser.post(f"/cases/{hold.case_id}/reads/{kept.pk}/take/")
    kept.refresh_from_db()
    assert kept.taken_by == "ivan"


@pytest.mark.clause("RET-2", "RPT-1")
def test_a_case_collects_hits_reads_searches_and_reports(cast: Cast, sign_in: Any) -> None:
    """Everything under one number, whoever did it."""
    alert = a_stop(cast, NOW)
    reported(alert, cast, NOW)
    (read,) = sightings(cast, NOW, 1)
    query = asked(cast, NOW)
    browser = sign_in(cast.ivan)
    taken = browser.post(f"/cases/answers/{query.pk}/reads/{read.id}/take/")
    case = browser.get(taken["Location"]).content.decode()
    for words in ("KAB 4821", PLATE, "Car seen leaving the burglary", "Report, entry", "Case file"):
        assert words in case, words
    hit = browser.post(f"{taken['Location']}hits/1/").content.decode()
    assert "alice" in hit
    assert "data:image/jpeg" in hit


def test_the_list_names_ones_own_cases(cast: Cast, sign_in: Any) -> None:
    """Those with searches only too; to somebody else's list they do not belong."""
    sightings(cast, NOW)
    asked(cast, NOW, number="2026-000777")
    placed(cast, NOW)
    own = sign_in(cast.ivan).get("/cases/").content.decode()
    assert "2026-000777" in own
    assert NUMBER in own
    assert NUMBER not in sign_in(cast.alice).get("/cases/").content.decode()
    assert NUMBER in sign_in(cast.sue).get("/cases/").content.decode()


def test_a_page_that_there_is_not_is_not_found(cast: Cast, sign_in: Any) -> None:
    """Nor is a record whose copy is damaged shown as if it were there."""
    sightings(cast, NOW)
    hold = placed(cast, NOW)
    browser = sign_in(cast.ivan)
    for page in ("0", "x", "-1", "9999999"):
        assert browser.get(f"/cases/{hold.case_id}/?page={page}").status_code == 404
    CaseRead.objects.update(facts="0:0:1")
    assert "cannot be opened" in browser.get(f"/cases/{hold.case_id}/").content.decode()
    kept = CaseRead.objects.all()[0]
    assert browser.post(f"/cases/{hold.case_id}/reads/{kept.pk}/").status_code == 409


@transaction.atomic
def closed_today(cast: Cast) -> None:
    """Let the day of the latest read be closed between the look at the page and the press of the button."""
    day = days.subject_of(days.day_of(NOW))
    ledger.append(Kind.DAY_CLOSED, actor=cast.camera_actor, subject=day)


@pytest.mark.clause("RET-1")
def test_a_read_whose_day_has_just_ended_is_not_taken(cast: Cast, sign_in: Any) -> None:
    """The page says so and what became of it; nothing is kept."""
    (read,) = sightings(cast, NOW, 1)
    query, browser = asked(cast, NOW), sign_in(cast.ivan)
    closed_today(cast)
    response = browser.post(f"/cases/answers/{query.pk}/reads/{read.id}/take/", follow=True)
    assert "it goes with its day: nothing was kept" in response.content.decode()
    assert not CaseRead.objects.exists()


@pytest.mark.clause("RET-1", "RET-2")
def test_a_hold_of_a_read_whose_day_has_just_ended_moves_nothing(cast: Cast, sign_in: Any) -> None:
    """The page says so, and the request stays as it was."""
    sightings(cast, NOW)
    hold, browser = wanted(cast, NOW), sign_in(cast.ada)
    closed_today(cast)
    response = browser.post(f"/cases/holds/{hold.pk}/place/", follow=True)
    assert "has just ended: nothing was moved" in response.content.decode()
    assert Hold.objects.get().is_asked_for
    assert not CaseRead.objects.exists()


@pytest.mark.clause("RET-2")
def test_a_hold_is_declined_with_a_reason(cast: Cast, sign_in: Any) -> None:
    """Without one the page says what is missing, and the request stays."""
    sightings(cast, NOW)
    hold, browser = wanted(cast, NOW), sign_in(cast.ada)
    address = f"/cases/holds/{hold.pk}/decline/"
    refused = browser.post(address, {"decline-reason": ""})
    assert refused.status_code == 403
    assert "The written reason is missing or too short" in refused.content.decode()
    assert browser.post(address, {"decline-reason": "The order names another car"}).status_code == 302
    assert Hold.objects.get().declined_because == "The order names another car"
