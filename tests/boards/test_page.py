"""The page on board: what it shows, to whom, and what it has no address for."""

from collections.abc import Iterator

import httpx
import pytest

from platewarden.edge.unit.page.serving import UnitServer, code_of
from platewarden.edge.unit.unit import MobileUnit
from tests.boards.cars import drive_past, unit_of
from tests.boards.test_boards import Lists
from tests.cast import Cast
from tests.devices.boxes import Box
from tests.telling import spoken


@pytest.fixture
def served(car: Box, cast: Cast) -> Iterator[UnitServer]:
    """The page of a car with a list of one stolen vehicle."""
    Lists(cast).load("KRT4821")
    unit = unit_of(car)
    unit.keep_up(car.line, car.identity)
    server = UnitServer(unit, server="https://alpr.example.org", port=0)
    server.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(served: UnitServer) -> Iterator[httpx.Client]:
    """A browser on the box, with nothing opened yet."""
    with httpx.Client(base_url=served.address, trust_env=False) as client:
        yield client


@pytest.fixture
def opened(served: UnitServer, browser: httpx.Client) -> httpx.Client:
    """The car's terminal."""
    answer = browser.post("/open", data={"code": code_of(served.unit.folder)})
    assert answer.status_code == 303
    return browser


def hit(car: Box, unit: MobileUnit, plate: str = "KRT4821", capture_id: str = "two") -> None:
    """Let the car meet the stolen vehicle."""
    assert drive_past(car, unit, plate, capture_id)


@pytest.mark.clause("HIT-1", "HIT-2")
def test_a_hit_is_shown_unverified_with_images_entry_and_three_answers(
    car: Box, served: UnitServer, opened: httpx.Client
) -> None:
    """Until somebody compares them; afterwards it says that nobody is stopped on a hit alone."""
    assert "No hit waits" in opened.get("/").text
    before = opened.get("/state").json()["latest"]
    hit(car, served.unit)
    assert opened.get("/state").json()["latest"] > before
    page = opened.get("/").text
    assert "Unverified: compare characters and state" in page
    assert page.count("<button name") == 3
    assert "Stolen vehicle" in page.split("</h2>")[0]
    number = served.unit.hits.latest()[0].number
    assert opened.get(f"/hits/{number}/plate").headers["content-type"].startswith("image/")
    answer = opened.post(f"/hits/{number}/answer", data={"answer": "match"}, follow_redirects=True)
    assert "Check the status by radio before any stop" in answer.text
    assert "<button name" not in answer.text


@pytest.mark.clause("HOT-1")
def test_the_page_says_how_old_the_list_is_and_what_is_missing(
    car: Box, served: UnitServer, opened: httpx.Client
) -> None:
    """A list past its age, no connection, and no position are said before anything else."""
    assert "1 entry, as of less than a minute ago" in opened.get("/").text
    assert "no connection: the list may have changed since" in opened.get("/").text
    car.running_s += 30 * 3600
    page = opened.get("/").text
    assert "State extract is past its age" in page
    assert "No position" in page


@pytest.mark.clause("CAP-4")
def test_there_is_no_read_and_no_stream_on_the_page(
    car: Box, served: UnitServer, opened: httpx.Client
) -> None:
    """What hit nothing is nowhere; the addresses are those of hits, and no others."""
    drive_past(car, served.unit, "JWC6644", "one")
    assert "JWC6644" not in opened.get("/").text
    for place in (
        "/reads",
        "/live",
        "/stream",
        "/snapshot",
        "/hits",
        "/hits/1",
        "/hits/1/video",
        "/camera/route-13",
    ):
        assert opened.get(place).status_code == 404, place
    for place in ("/../spool.sqlite", "/%2e%2e/edge.key", "/unit.css/../page.code", "//etc/passwd"):
        assert opened.get(place).status_code in {400, 403, 404}, place


@pytest.mark.clause("ADM-4")
def test_nobody_sees_the_page_without_the_code_of_the_box(
    car: Box, served: UnitServer, browser: httpx.Client
) -> None:
    """Guessing opens nothing, and what is shown then names no hit."""
    hit(car, served.unit)
    number = served.unit.hits.latest()[0].number
    for place in ("/", "/state", f"/hits/{number}/plate"):
        answer = browser.get(place)
        assert answer.status_code == 403
        assert "KRT" not in spoken(answer.text)
    for guess in ("", "0" * 16, "../page.code"):
        assert browser.post("/open", data={"code": guess}).status_code == 403
    assert browser.post(f"/hits/{number}/answer", data={"answer": "match"}).status_code == 404
    assert served.unit.hits.latest()[0].answer is None
    assert (served.unit.folder / "page.code").stat().st_mode & 0o077 == 0


@pytest.mark.clause("ADM-4")
def test_a_code_opens_once_and_closes_the_browser_before(served: UnitServer, opened: httpx.Client) -> None:
    """Whoever finds it afterwards has nothing."""
    with httpx.Client(base_url=served.address, trust_env=False) as second:
        fresh = code_of(served.unit.folder)
        assert second.post("/open", data={"code": fresh}).status_code == 303
        assert second.get("/").status_code == 200
        assert opened.get("/").status_code == 403
        assert opened.post("/open", data={"code": fresh}).status_code == 403


@pytest.mark.clause("ADM-4")
def test_a_page_of_another_host_reaches_nothing(car: Box, served: UnitServer, opened: httpx.Client) -> None:
    """Neither under a name that somebody points at this machine, nor by a form on another site."""
    hit(car, served.unit)
    number = served.unit.hits.latest()[0].number
    assert opened.get("/", headers={"Host": "evil.example:8422"}).status_code == 403
    crossed = opened.post(
        f"/hits/{number}/answer", data={"answer": "match"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert crossed.status_code == 403
    assert served.unit.hits.latest()[0].answer is None
    assert served.server_address[0] == "127.0.0.1"


def test_what_an_entry_says_is_no_markup(
    car: Box, served: UnitServer, opened: httpx.Client, cast: Cast
) -> None:
    """A list may hold anything."""
    from platewarden.hotlists.models import Entry

    Entry.objects.update(reason="<script>alert(1)</script>", fingerprint=7)
    Lists(cast).load("KRT4821", "AAA1111")
    Entry.objects.update(reason="<script>alert(1)</script>")
    served.unit.keep_up(car.line, car.identity)
    hit(car, served.unit, capture_id="three")
    page = opened.get("/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
