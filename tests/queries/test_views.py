"""The search pages: what is refused says why, what is shown was recorded, and no plate leaves by an address."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from platewarden.adoption.models import AdoptedValue
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.queries.models import Query
from platewarden.reads.models import Capture
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, store, with_images
from tests.telling import spoken

pytestmark = pytest.mark.django_db

QUESTION = {
    "kind": "exact",
    "plate_text": "kab 4821",
    "seen_from": "2026-11-13T10:00",
    "seen_until": "2026-11-20T10:15",
    "purpose": "criminal_investigation",
    "reason": "Car seen leaving the burglary on Green Street",
    "case_number": "2026-004512",
    "requested_by": "",
}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The edge's clock stands at the moment at which tests play: 10:30 in the agency's zone."""
    for module in (
        "queries.views",
        "queries.held_views",
        "queries.taking_views",
        "site.middleware",
        "site.context",
    ):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


@pytest.fixture
def ivan(cast: Cast, sign_in: Any) -> Client:
    """Ivan's browser."""
    browser: Client = sign_in(cast.ivan)
    return browser


def refusals() -> list[dict[str, Any]]:
    """Return what the refusals on the ledger say."""
    kept = LedgerBody.objects.filter(leaf__kind="request.refused").order_by("pk")
    return [body.content["details"] for body in kept]


@pytest.mark.clause("QRY-1", "QRY-2")
def test_a_question_in_order_is_answered_at_an_opaque_address(ivan: Client, cast: Cast) -> None:
    """The form leads to an address that names no plate, where the reads are shown with their images."""
    store([with_images(a_sighting(cast.camera, "KAB4821", NOW - timedelta(hours=2)))])
    posted = ivan.post("/queries/", QUESTION)
    query = Query.objects.get()
    assert (posted.status_code, posted["Location"]) == (303, f"/queries/{query.pk}/")
    page = ivan.get(posted["Location"])
    assert page.status_code == 200
    text = page.content.decode()
    assert "data:image/jpeg;base64," in text
    assert f"entry {query.entry}" in text
    assert "08:30:00 EST" in text, "times are the agency's"
    assert "Car seen leaving the burglary on Green Street" in text
    assert page["Cache-Control"] == "no-store"


@pytest.mark.clause("QRY-1", "USE-1")
@pytest.mark.parametrize(
    ("lacking", "clause", "says"),
    [
        ({"case_number": ""}, "QRY-1", "The case or incident number is missing."),
        ({"case_number": "n/a"}, "QRY-1", "is not one the agency issues"),
        ({"reason": ""}, "QRY-1", "The written reason is missing or too short."),
        ({"reason": "   \t  "}, "QRY-1", "The written reason is missing or too short."),
        ({"reason": "investigation"}, "QRY-1", "The written reason is missing or too short."),
        ({"purpose": ""}, "USE-1", "No permitted purpose is stated."),
        ({"purpose": "immigration_enforcement"}, "USE-1", "No permitted purpose is stated."),
        ({"purpose": "hotlist_patrol"}, "USE-3", "does not justify a search"),
        ({"reason": "Driver is probably undocumented, check"}, "USE-5", "immigration status"),
        ({"requested_by": "Officer Smith, ICE"}, "USE-5", "immigration status"),
        ({"reason": "Criminal investigation, suspicious vehicle"}, "QRY-1", "would fit every search"),
        ({"reason": "burglary burglary burglary"}, "QRY-1", "repeats characters or words"),
        ({"seen_until": "2026-11-20T10:16"}, "CAP-4", "at least 15 minutes ago"),
        ({"seen_from": "2026-10-20T10:14"}, "QRY-1", "longer than the 720 hours"),
        ({"plate_text": ""}, "QRY-1", "does not say which plate"),
        ({"kind": "camera_time", "plate_text": ""}, "QRY-1", "names its cameras"),
        ({"kind": "pattern", "plate_text": "K*1"}, "QRY-1", "Add 2 more, so that 3 stand together"),
        ({"kind": "near", "plate_text": "KA"}, "QRY-1", "Give at least 3 of its characters"),
    ],
)
def test_a_question_out_of_order_is_refused_and_recorded(
    ivan: Client, lacking: dict[str, str], clause: str, says: str
) -> None:
    """The form comes back as typed, with clause, reason and remedy; the refusal is on the ledger without the plate."""
    response = ivan.post("/queries/", QUESTION | lacking)
    text = response.content.decode()
    assert response.status_code == 403
    assert says in text.replace("&#x27;", "'")
    assert clause in text
    assert (QUESTION | lacking)["plate_text"] in text
    (refused,) = refusals()
    assert (refused["action"], refused["clause"]) == ("query.ask", clause)
    assert refused["facts"]["reason"] == (QUESTION | lacking)["reason"].strip()
    assert "4821" not in spoken(str(refused))
    assert not Query.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "everything"}, "kind"),
        ({"plate_text": "<script>alert(1)</script>"}, "plate_text"),
        ({"plate_text": "A" * 33}, "plate_text"),
        ({"seen_from": "yesterday"}, "seen_from"),
        ({"seen_from": ""}, "seen_from"),
        ({"seen_until": "2026-11-20T10:00+02:00"}, "seen_until"),
        ({"seen_until": "0001-01-01T00:00"}, ""),
        ({"cameras": "999999"}, "cameras"),
        ({"cameras": "1; DROP TABLE reads"}, "cameras"),
        ({"reason": "a b " * 200}, "reason"),
        ({"case_number": "2" * 41}, "case_number"),
    ],
)
def test_what_cannot_be_understood_says_which_field(ivan: Client, wrong: dict[str, str], field: str) -> None:
    """Nothing is asked, and nothing that was typed comes back as markup."""
    response = ivan.post("/queries/", QUESTION | wrong)
    assert response.status_code == (422 if field else 403)
    assert not field or field in response.context["form"].errors
    assert b"<script>alert" not in response.content
    assert not Query.objects.exists()


@pytest.mark.clause("QRY-2")
def test_opening_the_vehicle_image_takes_a_deliberate_act(ivan: Client, cast: Cast) -> None:
    """It is posted, recorded and shown once; following a link never opens an image."""
    (read,) = store([with_images(a_sighting(cast.camera, "KAB4821", NOW - timedelta(hours=2)))])
    address = ivan.post("/queries/", QUESTION)["Location"] + f"reads/{read.id}/"
    assert ivan.get(address).status_code == 405
    assert not LedgerLeaf.objects.filter(kind="image.opened").exists()
    page = ivan.post(address)
    assert page.status_code == 200
    assert page.content.count(b"data:image/jpeg;base64,") == 2
    assert LedgerLeaf.objects.filter(kind="image.opened").count() == 1
    assert b"in doubt" not in page.content
    Capture.objects.create(
        agency=cast.agency,
        camera=cast.camera,
        capture_id="c-1",
        digest=b"",
        read_id=read.id,
        seen_at=read.seen_at,
        signed_by=1,
    )
    assert b"The time of this read is in doubt" in ivan.post(address).content  # nobody compared the clock


@pytest.mark.clause("QRY-2")
def test_no_plate_leaves_by_an_address_or_a_log_line(
    ivan: Client, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    """Links, forms and logs carry identifiers only."""
    caplog.set_level(logging.DEBUG)
    (read,) = store([with_images(a_sighting(cast.camera, "KAB4821", NOW - timedelta(hours=2)))])
    location = ivan.post("/queries/", QUESTION)["Location"]
    pages = [ivan.get("/queries/"), ivan.get(location), ivan.post(f"{location}reads/{read.id}/")]
    for page in pages:
        addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page.content.decode())
        assert not [address for address in addresses if "4821" in spoken(address)]
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not [line for line in ours if "4821" in spoken(line)]


def test_a_long_answer_is_read_page_by_page(ivan: Client, cast: Cast) -> None:
    """The link to older reads carries a time and a read's id, and each page says where it stands."""
    store(a_sighting(cast.camera, "KAB4821", NOW - timedelta(hours=2, minutes=n)) for n in range(60))
    location = ivan.post("/queries/", QUESTION)["Location"]
    first = ivan.get(location).content.decode()
    assert "50 of 60" in first
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link is not None
    second = ivan.get(link[1]).content.decode()
    assert "60 of 60" in second
    assert 'rel="next"' not in second
    assert ivan.get(f"{location}?after=nonsense").status_code == 404


def test_own_searches_of_late_are_listed(ivan: Client, cast: Cast, sign_in: Any) -> None:
    """Each with its case; one's own only."""
    ivan.post("/queries/", QUESTION)
    assert "Open the answer" in ivan.get("/queries/").content.decode()
    assert "You have made no search" in sign_in(cast.alice).get("/queries/").content.decode()


@pytest.mark.parametrize(("text", "rows"), [("2026-11-01T01:30", 2), ("2026-11-01T01:31", 1)])
def test_the_hour_that_comes_twice_is_searched_twice(ivan: Client, cast: Cast, text: str, rows: int) -> None:
    """When clocks go back, a window from 1:30 begins at the first 1:30 and one until then ends at the second."""
    first_half_past_one = NOW.replace(month=11, day=1, hour=5, minute=30)
    store(a_sighting(cast.camera, "KAB4821", first_half_past_one + timedelta(hours=n)) for n in (0, 1))
    location = ivan.post("/queries/", QUESTION | {"seen_from": text, "seen_until": "2026-11-01T12:00"})[
        "Location"
    ]
    assert ivan.get(location).context["page"].total == rows


def test_the_form_says_what_the_agency_has_decided(ivan: Client, cast: Cast) -> None:
    """Limits beside the fields are the ones in force."""
    AdoptedValue.objects.create(
        name="query.camera_window_hours",
        value=6,
        why="narrower",
        in_force_from=NOW,
        proposed_by=cast.ada,
        proposed_at=NOW,
        approved_by=cast.sue,
        approved_at=NOW,
    )
    text = ivan.get("/queries/").content.decode()
    assert "6 hours without a plate or a firm pattern" in text
    assert 'value="2026-11-20T10:15"' in text
    assert "hotlist_patrol" not in text
