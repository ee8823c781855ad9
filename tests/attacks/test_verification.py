"""Someone tries to get round the blind look, to call an unverified alert verified, or to take a report not theirs."""

import os
import re
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import reverse

from platewarden.accounts.models import User
from platewarden.alerts.models import Alert
from platewarden.cases.models import CaseReport
from platewarden.corrections.models import Complaint, Suppression
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.keys import ensure_log_key
from platewarden.policy.actor import Role
from platewarden.policy.hits import ActionTaken, Finding
from platewarden.site.channel import CHANNEL
from tests.alerts.scenes import PLATE, adopted, entries, list_entry, pass_by
from tests.cast import Cast, make_guest
from tests.conftest import NOW
from tests.corrections.scenes import ROW, ends, load, suppressed
from tests.reports.scenes import MATCHED as SEEN
from tests.reports.scenes import reported, text_of
from tests.telling import spoken

MATCHED = {"characters": "match", "state": "match", "status_check": "confirmed"}
AS_ENTRY = {"characters": "KAB4821", "state": "NY"}
CASE = {"case_number": "2026-004512"}
SECRETS = (PLATE, "KAB4821", "4821", "Reported stolen", "State extract", "Stolen vehicle", "same characters")
HOSTILE = '#read("/etc/passwd") *x* $y$ <script>alert(1)</script> {{ 7*7 }} \u202e\U0001f693 = \\u{41}'


@pytest.fixture(autouse=True)
def at_the_moment(monkeypatch: pytest.MonkeyPatch, store_home: Path) -> None:
    """Let the console's clock show the moment at which the tests play; the ledger can be signed."""
    ensure_log_key(store_home / "keys", "test.platewarden.invalid/ledger")
    for module in ("alerts.views", "reports.views", "corrections.views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


def console_of(user: User) -> Client:
    """A console at which *user* is signed in."""
    console = Client()
    console.force_login(user)
    return console


def page_of(alert: Alert, verb: str = "alerts:detail") -> str:
    """The address of *alert*'s page, or of what one does there."""
    return reverse(verb, args=[alert.pk])


def blind_alert(cast: Cast) -> Alert:
    """An alert of an agency that asks for a blind first look."""
    adopted(cast, NOW, "hits.blind_first_look", value=True)
    list_entry(cast, NOW)
    return pass_by(cast, NOW)


@pytest.mark.django_db
@pytest.mark.clause("HIT-2")
def test_nobody_verifies_past_the_blind_look(cast: Cast) -> None:
    """The images were before their eyes, but they have not said what they saw: refused and recorded."""
    alert, console = blind_alert(cast), console_of(cast.alice)
    console.get(page_of(alert))
    assert console.post(page_of(alert, "alerts:verify"), MATCHED | {"looked_again": "on"}).status_code == 403
    assert entries("request.refused")[0]["details"]["clause"] == "HIT-2"
    alert.refresh_from_db()
    assert alert.verified_at is None


@pytest.mark.django_db
@pytest.mark.clause("HIT-2")
def test_a_look_that_was_not_taken_is_not_recorded(cast: Cast) -> None:
    """Posting the form without opening the alert; a colleague's opening and look do not help."""
    alert = blind_alert(cast)
    other, console = console_of(cast.dee), console_of(cast.alice)
    other.get(page_of(alert))
    other.post(page_of(alert, "alerts:look"), AS_ENTRY)
    assert console.post(page_of(alert, "alerts:look"), AS_ENTRY).status_code == 403
    assert console.post(page_of(alert, "alerts:verify"), MATCHED).status_code == 403
    assert [entry["actor"]["name"] for entry in entries("alert.first_look")] == ["dee"]


@pytest.mark.django_db
@pytest.mark.clause("HIT-2")
def test_a_look_is_not_taken_twice(cast: Cast) -> None:
    """Sending the form again once the entry is known changes nothing of what was typed first."""
    alert, console = blind_alert(cast), console_of(cast.alice)
    console.get(page_of(alert))
    console.post(page_of(alert, "alerts:look"), AS_ENTRY | {"characters": "XXX"})
    assert console.post(page_of(alert, "alerts:look"), AS_ENTRY).status_code == 403
    assert [entry["details"]["characters"] for entry in entries("alert.first_look")] == ["differ"]
    assert "XXX" in text_of_page(console.get(page_of(alert)))


def text_of_page(response: Any) -> str:
    """A page without markup and blanks."""
    return re.sub(r"\s+|<[^>]+>", "", response.content.decode())


@pytest.mark.django_db
@pytest.mark.clause("HIT-2")
def test_nothing_is_said_of_an_alert_that_has_ended(cast: Cast) -> None:
    """Neither a look nor a verification nor a second ending, however the forms are sent again."""
    alert, console = blind_alert(cast), console_of(cast.alice)
    console.get(page_of(alert))
    console.post(page_of(alert, "alerts:look"), AS_ENTRY)
    console.post(page_of(alert, "alerts:verify"), MATCHED)
    ending = {"finding": "correct_read", "action": "no_action"}
    console.post(page_of(alert, "alerts:dispose"), ending)
    other = console_of(cast.dee)
    other.get(page_of(alert))
    for person in (console, other):
        assert person.post(page_of(alert, "alerts:look"), AS_ENTRY).status_code == 403
        said = MATCHED | {"characters": "differ"}
        assert person.post(page_of(alert, "alerts:verify"), said).status_code == 403
        assert person.post(page_of(alert, "alerts:dispose"), ending).status_code == 403
    alert.refresh_from_db()
    assert (alert.characters, len(entries("alert.verified")), len(entries("alert.disposed"))) == (
        "match",
        1,
        1,
    )


@pytest.fixture
def heard(fresh_database: str) -> Iterator[Callable[[], list[str]]]:
    """What the database tells listening processes, from now on."""
    address = psycopg.conninfo.make_conninfo(os.environ["PLATEWARDEN_TEST_APP_URL"], dbname=fresh_database)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")

        def heard_so_far() -> list[str]:
            with psycopg.connect(address, autocommit=True) as other:
                other.execute(f"NOTIFY {CHANNEL}, 'so far'")
            told = (notice.payload for notice in connection.notifies(timeout=60))
            return list(takewhile(lambda payload: payload != "so far", told))

        yield heard_so_far


@pytest.mark.clause("HIT-2")
def test_nothing_betrays_a_covered_alert(
    fresh_database: str, cast: Cast, heard: Callable[[], list[str]]
) -> None:
    """Page, list, row, refusals, events and the report: no address says what was read or what is wanted."""
    alert, console = blind_alert(cast), console_of(cast.alice)
    assert console.post(page_of(alert, "alerts:acknowledge")).status_code == 302
    answers = [
        console.get(page_of(alert)),
        console.get("/alerts/"),
        console.get("/alerts/?show=all"),
        console.get("/alerts/?show=mine"),
        console.get(page_of(alert, "alerts:row")),
        console.get("/inbox/"),
        console.get("/car/"),
        console.post(page_of(alert, "alerts:look"), {}),
        console.post(page_of(alert, "alerts:verify"), {}),
        console.post(page_of(alert, "alerts:verify"), MATCHED),
        console.post(page_of(alert, "alerts:dispose"), {}),
        console.post(page_of(alert, "alerts:dispose"), {"finding": "correct_read", "action": "no_action"}),
        console.post(page_of(alert, "reports:make"), CASE),
    ]
    assert [answer.status_code for answer in answers] == [200] * 6 + [302, 422, 422, 403, 422, 403, 403]
    told = [answer.content.decode() for answer in answers] + heard()
    assert [payload for payload in told if '"event": "alert"' in payload]
    for text in told:
        assert not [secret for secret in SECRETS if secret.lower() in spoken(text).lower()], text[:200]
    assert not entries("report.made")


@pytest.mark.clause("HIT-2")
def test_until_verified_nothing_calls_an_alert_anything_else(
    fresh_database: str, cast: Cast, heard: Callable[[], list[str]]
) -> None:
    """List, row, page, event, inbox and report of an alert that was opened and taken, and no more."""
    list_entry(cast, NOW)
    alert, console = pass_by(cast, NOW), console_of(cast.ivan)
    console.get(page_of(alert))
    console.post(page_of(alert, "alerts:acknowledge"))
    pages = [console.get(address).content.decode() for address in (page_of(alert), "/alerts/", "/inbox/")]
    pages.append(console.get(page_of(alert, "alerts:row")).content.decode())
    report = text_of(console.post(page_of(alert, "reports:make"), CASE).content)
    assert "UNVERIFIED" in report
    for page in (pages[0], pages[1], pages[3]):
        assert "Unverified" in page
    for said in [*pages, report, *heard()]:
        claims = re.sub(r"unverified|verify|verification|verifies", "", said, flags=re.IGNORECASE)
        claims = claims.replace("taken, verified or ended", "").replace("Who verified what, and when", "")
        assert "verified" not in claims.lower(), re.findall(r".{40}verified.{40}", claims)


@pytest.mark.django_db
@pytest.mark.clause("RPT-1", "USE-1")
def test_a_report_of_an_alert_that_is_not_ones_own_looks_absent(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A colleague's for an officer, another agency's for anyone: 404, as for one that never was."""
    list_entry(cast, NOW)
    alert, absent = pass_by(cast, NOW), Alert(pk="00000000-0000-4000-8000-000000000000")
    guest = make_guest(Role.SUPERVISOR, NOW, monkeypatch)
    for user in (cast.alice, guest):
        console = console_of(user)
        answers = [console.post(page_of(each, "reports:make"), CASE) for each in (alert, absent)]
        assert {answer.status_code for answer in answers} == {404}
    assert not entries("report.made")
    own = console_of(cast.alice)
    own.post(page_of(alert, "alerts:acknowledge"))
    assert own.post(page_of(alert, "reports:make"), CASE).status_code == 200
    assert own.get(reverse("reports:fetch", args=[alert.pk, 1])).status_code == 404


@pytest.mark.django_db
@pytest.mark.clause("RPT-1")
@pytest.mark.parametrize("name", ["dee", "ada", "tom", "eve"])
def test_who_makes_no_reports_is_refused(cast: Cast, name: str) -> None:
    """Dispatcher, administrator, auditor and whoever has no role."""
    list_entry(cast, NOW)
    alert = pass_by(cast, NOW)
    answer = console_of(getattr(cast, name)).post(page_of(alert, "reports:make"), CASE)
    assert answer.status_code == 403
    assert "4821" not in spoken(answer.content)
    assert not entries("report.made")


@pytest.mark.django_db
@pytest.mark.clause("RPT-1")
def test_a_report_names_who_had_it_made_whatever_the_form_says(cast: Cast) -> None:
    """Forged fields change neither maker nor time nor number."""
    list_entry(cast, NOW)
    alert = pass_by(cast, NOW)
    forged = CASE | {"made_by": "dee", "actor": "dee", "made_at": "2020-01-01", "reconstructed": "false"}
    text = text_of(console_of(cast.ivan).post(page_of(alert, "reports:make"), forged).content)
    assert "made 2026-11-20 10:30:00 EST by Ivan Example (ivan), investigator" in text
    assert "2020-01" not in text
    assert "Template reconstructed" in text


@pytest.mark.django_db
@pytest.mark.clause("RPT-1", "AUD-1")
def test_without_the_ledger_there_is_no_report(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, no document, nothing kept: neither made anew nor fetched from the case."""
    list_entry(cast, NOW)
    alert = pass_by(cast, NOW)
    ends(alert, cast, NOW, finding=Finding.CORRECT_READ, action=ActionTaken.STOP, verification=SEEN)
    alert.refresh_from_db()
    kept = reported(alert, cast, NOW).kept
    assert kept
    before = CaseReport.objects.count()

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise LedgerUnavailable("the ledger did not take an entry")

    monkeypatch.setattr("platewarden.ledger.actions.append", fail)
    console = console_of(cast.alice)
    made = console.post(page_of(alert, "reports:make"))
    fetched = console.get(reverse("reports:fetch", args=[alert.pk, kept.pk]))
    for answer in (made, fetched):
        assert answer.status_code == 503
        assert b"%PDF" not in answer.content
    assert CaseReport.objects.count() == before


@pytest.mark.django_db
@pytest.mark.clause("RPT-1")
def test_what_lists_and_people_write_is_text_in_a_report(cast: Cast) -> None:
    """Typst markup, HTML and writing from the right in every text of entry, vehicle and note."""
    texts = ("reason", "instructions", "vehicle_colour", "vehicle_make", "vehicle_model")
    hostile: dict[str, Any] = {name: HOSTILE[: 24 if "vehicle" in name else 500] for name in texts}
    list_entry(cast, NOW, **hostile)
    alert = pass_by(cast, NOW, vehicle={"colour": "#panic()", "make": "*bold*"})
    console = console_of(cast.ivan)
    console.get(page_of(alert))
    console.post(page_of(alert, "alerts:verify"), MATCHED | {"status_note": HOSTILE})
    console.post(
        page_of(alert, "alerts:dispose"),
        {"finding": "correct_read", "action": "no_action", "note": HOSTILE},
    )
    text = text_of(console.post(page_of(alert, "reports:make"), CASE).content).replace(" ", "")
    shown = HOSTILE.replace("\u202e", "[U+202E]").replace("\U0001f693", "[U+1F693]").replace(" ", "")
    assert text.count(shown) == 4  # reason, instructions, what was said, the note
    assert "#panic()*bold*" in text
    assert "root:" not in text


@pytest.mark.django_db
@pytest.mark.clause("HIT-3", "USE-1")
def test_another_agencys_register_looks_absent(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Suppressions and complaints of ours are not there for its supervisor."""
    suppression = suppressed(cast, NOW)
    guest = make_guest(Role.SUPERVISOR, NOW, monkeypatch)
    console = console_of(guest)
    here = f"/false-hits/suppressions/{suppression.pk}/"
    answers = [console.get(here), console.get("/false-hits/suppressions/9999/")]
    answers += [console.post(f"{here}{verb}/", {"reason": "x" * 20}) for verb in ("confirm", "lift", "write")]
    assert {answer.status_code for answer in answers} == {404}
    assert "State extract" not in console.get("/false-hits/suppressions/").content.decode()
    suppression.refresh_from_db()
    assert (suppression.confirmed_at, suppression.lifted_at) == (None, None)


@pytest.mark.django_db
@pytest.mark.clause("HIT-3")
def test_no_one_silences_an_entry_through_a_complaint_of_their_own(cast: Cast) -> None:
    """An officer neither takes complaints in nor traces them; the administrator suppresses nothing."""
    load(cast, NOW, ROW)
    said = {"received_at": "2026-11-20T09:00", "channel": "letter", "concern": "other", "name": "N"}
    said |= {"plate": "KAB4821", "state": "NY", "account": "What happened"}
    assert console_of(cast.alice).post("/false-hits/complaints/new/", said).status_code == 403
    keeper = console_of(cast.ada)
    assert keeper.post("/false-hits/complaints/new/", said).status_code == 302
    here = f"/false-hits/complaints/{Complaint.objects.get().pk}/"
    for verb in ("trace", "suppress"):
        answer = keeper.post(f"{here}{verb}/", {"entry": 1, "finding": "wrong_entry"})
        assert answer.status_code == 403
        assert b"Reported stolen" not in answer.content
    assert not Suppression.objects.exists()
