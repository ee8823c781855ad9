"""Someone tries to get round HIT-1..3: no look, another's name, no verification, other people's alerts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.accounts.actions import withdraw_role
from platewarden.alerts.models import Alert, AlertOpening, Hit
from platewarden.cases.models import PreservedHit
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.actor import Role
from tests.alerts.scenes import another as pass_by_another
from tests.alerts.scenes import entries, list_entry, pass_by
from tests.cast import Cast, make_guest
from tests.conftest import NOW
from tests.corrections.scenes import ROW, load, passes, suppressed
from tests.telling import spoken

pytestmark = pytest.mark.django_db

MATCHED = {"characters": "match", "state": "match", "status_check": "confirmed"}
STOP = {"finding": "correct_read", "action": "stop", "case_number": "2026-004512"}
HOSTILE = "<script>alert(1)</script>'; DROP TABLE hits; -- \u202e\u0645\U0001f693 {{ 7*7 }} {% url %}"


@pytest.fixture(autouse=True)
def at_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the console's clock show the moment at which the tests play."""
    for module in ("alerts.views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


@pytest.fixture
def alert(cast: Cast) -> Alert:
    """An alert as it stands when nobody has touched it."""
    list_entry(cast, NOW)
    return pass_by(cast, NOW)


@pytest.fixture
def alice(sign_in: Callable[[Any], Client], cast: Cast) -> Client:
    """Alice's console."""
    return sign_in(cast.alice)


def page_of(alert: Alert, verb: str = "detail") -> str:
    """The address of *alert*'s page, or of what one does there."""
    return reverse(f"alerts:{verb}", args=[alert.pk])


def look_and_verify(console: Client, alert: Alert, **said: str) -> None:
    """Open the alert and record a verification."""
    console.get(page_of(alert))
    console.post(page_of(alert, "verify"), MATCHED | said)


@pytest.mark.clause("HIT-2")
def test_nobody_verifies_what_they_have_not_looked_at(alice: Client, alert: Alert, cast: Cast) -> None:
    """Posting the form without opening the alert is refused and recorded; a colleague's look does not help."""
    other = Client()
    other.force_login(cast.dee)
    other.get(page_of(alert))
    response = alice.post(page_of(alert, "verify"), MATCHED)
    assert response.status_code == 403
    assert entries("request.refused")[0]["details"]["clause"] == "HIT-2"
    alert.refresh_from_db()
    assert alert.verified_at is None


@pytest.mark.clause("HIT-2", "HIT-3")
def test_nobody_acts_under_anothers_name(alice: Client, alert: Alert, cast: Cast) -> None:
    """Forged fields of the form change nothing: who acted is who is signed in, and when is now."""
    forged = {
        "verified_by": cast.dee.pk,
        "actor": "dee",
        "disposed_by": cast.dee.pk,
        "disposed_at": "2020-01-01",
    }
    alice.get(page_of(alert))
    alice.post(page_of(alert, "verify"), MATCHED | forged)
    alice.post(page_of(alert, "dispose"), STOP | forged | {"alert": "1", "agency_id": "99"})
    alert.refresh_from_db()
    assert (alert.verified_by, alert.disposed_by, alert.disposed_at) == (cast.alice, cast.alice, NOW)
    assert entries("alert.disposed")[0]["actor"]["name"] == "alice"


@pytest.mark.clause("HIT-2", "HIT-3")
def test_nobody_ends_an_alert_that_is_unverified(alice: Client, alert: Alert) -> None:
    """Not even with a look and a case number."""
    alice.get(page_of(alert))
    response = alice.post(page_of(alert, "dispose"), STOP)
    assert response.status_code == 403
    assert b"unverified" in response.content
    assert entries("request.refused")[0]["details"]["action"] == "alert.dispose"
    assert not entries("alert.disposed")


@pytest.mark.clause("HIT-2")
@pytest.mark.parametrize(
    "said",
    [
        {"state": "differ"},
        {"state": "unreadable"},
        {"characters": "differ"},
        {"status_check": "contradicted"},
    ],
)
def test_nobody_is_stopped_on_half_a_match(alice: Client, alert: Alert, said: dict[str, str]) -> None:
    """Another state, a doubtful plate or a contradicted status carry no stop; nothing is preserved."""
    look_and_verify(alice, alert, **said)
    response = alice.post(page_of(alert, "dispose"), STOP | {"finding": "wrong_entry"})
    assert response.status_code == 403
    assert not entries("alert.disposed")
    assert not PreservedHit.objects.exists()


@pytest.mark.clause("USE-1")
def test_an_alert_of_another_agency_looks_absent(
    cast: Cast, alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    """404 for every verb, the same as for an alert that never was, and each attempt is recorded."""
    guest = make_guest(Role.OFFICER, NOW, monkeypatch)
    console = Client()
    console.force_login(guest)
    absent = Alert(pk="00000000-0000-4000-8000-000000000000")
    answers = [console.get(page_of(each)) for each in (alert, absent)]
    answers += [console.get(page_of(alert, "row")), console.get(page_of(absent, "row"))]
    answers += [
        console.post(page_of(each, verb))
        for each in (alert, absent)
        for verb in ("verify", "dispose", "acknowledge")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert _plain(answers[0]) == _plain(answers[1])
    assert len(entries("object.missing")) == len(answers)
    assert str(alert.pk).encode() not in console.get("/alerts/?show=all").content


def _plain(response: Any) -> str:
    """The page without the tokens that differ every time."""
    return re.sub(r'value="\w{64}"', "", response.content.decode())


@pytest.mark.clause("USE-1")
@pytest.mark.parametrize("name", ["tom", "ada", "eve"])
def test_who_has_no_duty_with_alerts_sees_none(cast: Cast, alert: Alert, name: str) -> None:
    """Auditor, administrator and whoever has no role: refused with the clause, recorded, and no plate shown."""
    console = Client()
    console.force_login(getattr(cast, name))
    answers = [console.get(address) for address in ("/alerts/", page_of(alert), page_of(alert, "row"))]
    answers += [
        console.post(page_of(alert, verb), MATCHED | STOP) for verb in ("verify", "dispose", "acknowledge")
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert not any("4821" in spoken(answer.content) for answer in answers)
    assert len(entries("request.refused")) == len(answers)
    assert not AlertOpening.objects.exists()


def test_looking_changes_nothing(alice: Client, alert: Alert) -> None:
    """What changes something is posted, with the form's token; what shows something is fetched."""
    for verb in ("verify", "dispose", "acknowledge"):
        assert alice.get(page_of(alert, verb), MATCHED | STOP).status_code == 405
    for verb in ("detail", "row"):
        assert alice.post(page_of(alert, verb)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.cookies
    assert strict.post(page_of(alert, "acknowledge")).status_code == 403
    alert.refresh_from_db()
    assert (alert.acknowledged_at, alert.verified_at, alert.disposed_at) == (None, None, None)


def test_hostile_text_is_kept_as_it_is_and_shown_as_text(alice: Client, cast: Cast) -> None:
    """Markup, SQL, template code and writing from the right, in every text of the entry and the forms."""
    texts = ("reason", "instructions", "vehicle_colour", "vehicle_make", "vehicle_model")
    hostile: dict[str, Any] = {name: HOSTILE[: 24 if "vehicle" in name else 500] for name in texts}
    list_entry(cast, NOW, **hostile)
    alert = pass_by(cast, NOW, vehicle={"colour": "<b>red</b>", "make": "'\"><img src=x>"})
    look_and_verify(alice, alert, status_note=HOSTILE)
    ending = {"finding": "correct_read", "action": "no_action", "note": HOSTILE}
    alice.post(page_of(alert, "dispose"), ending)
    hit = Hit.objects.get()
    assert (hit.status_check_note, hit.disposition_note, hit.entry_reason) == (HOSTILE,) * 3
    for address in (page_of(alert), "/alerts/?show=all"):
        page = alice.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
        assert "<b>red" not in page
    assert "&lt;script&gt;alert(1)" in alice.get(page_of(alert)).content.decode()


@pytest.mark.parametrize("hostile", [HOSTILE, "2026-004512\n", "2026-004512'--", "٢٠٢٦-٠٠٤٥١٢"])
@pytest.mark.clause("HIT-3")
def test_a_hostile_case_number_is_no_case_number(alice: Client, alert: Alert, hostile: str) -> None:
    """It is refused by form or by policy unless blanks around it were all that was wrong."""
    look_and_verify(alice, alert)
    status = alice.post(page_of(alert, "dispose"), STOP | {"case_number": hostile}).status_code
    assert status == (302 if hostile.strip() == "2026-004512" else status)
    assert status in {302, 403, 422}
    assert [hit.case.number for hit in PreservedHit.objects.all()] in ([], ["2026-004512"])


def test_a_null_character_is_refused(alice: Client, alert: Alert) -> None:
    """PostgreSQL cannot keep it: no form takes it."""
    alice.get(page_of(alert))
    assert alice.post(page_of(alert, "verify"), MATCHED | {"status_note": "a\0b"}).status_code == 400


@pytest.mark.clause("HIT-2", "AUD-1")
def test_without_the_ledger_nothing_is_shown_and_nothing_done(
    alice: Client, alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, no image, no opening, no verification."""
    look_and_verify(alice, alert)
    before = (LedgerLeaf.objects.count(), AlertOpening.objects.count())

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise LedgerUnavailable("the ledger did not take an entry")

    monkeypatch.setattr("platewarden.ledger.actions.append", fail)
    shown = alice.get(page_of(alert))
    assert shown.status_code == 503
    assert b"data:image" not in shown.content
    assert "4821" not in spoken(shown.content)
    for verb in ("verify", "dispose", "acknowledge"):
        assert alice.post(page_of(alert, verb), MATCHED | {"state": "differ"} | STOP).status_code == 503
    alert.refresh_from_db()
    assert (alert.state, alert.disposed_at, alert.acknowledged_at) == ("match", None, None)
    assert (LedgerLeaf.objects.count(), AlertOpening.objects.count()) == before
    assert not PreservedHit.objects.exists()


@pytest.mark.clause("HIT-1")
def test_no_alert_without_its_entry(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the ledger does not take the hit, neither read nor hit nor alert is kept."""
    from platewarden.reads.models import Read

    list_entry(cast, NOW)

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise LedgerUnavailable("the ledger did not take an entry")

    monkeypatch.setattr("platewarden.ledger.actions.append_many", fail)
    with pytest.raises(LedgerUnavailable):
        pass_by(cast, NOW)
    assert Read.objects.count() == Hit.objects.count() == Alert.objects.count() == 0


@pytest.mark.clause("HIT-3")
def test_an_entry_found_wrong_does_not_come_back_unseen_on_another_list(alice: Client, cast: Cast) -> None:
    """Loaded under another name it alerts, for its owner may know better; and the page says that one was wrong."""
    suppressed(cast, NOW)
    load(cast, NOW, ROW)
    assert passes(cast, NOW) is None
    load(cast, NOW, ROW, name="County list")
    again = passes(cast, NOW)
    assert again
    page = alice.get(page_of(again)).content.decode()
    assert "Somebody was wrong about this plate before" in page
    assert "An entry of State extract was found wrong for it" in page
    other = pass_by_another(cast, NOW)
    assert "was wrong about this plate" not in alice.get(page_of(other)).content.decode()


@pytest.mark.clause("USE-1", "HIT-2", "HIT-3")
def test_a_page_left_open_is_worth_nothing_once_the_role_is_gone(
    alice: Client, alert: Alert, cast: Cast
) -> None:
    """Every button of it is refused, the row and the count are told no more, and nothing is recorded but refusals."""
    look_and_verify(alice, alert)
    withdraw_role(user=cast.alice, role=Role.OFFICER, actor=cast.actor("ada"), now=NOW)
    cast.alice.refresh_from_db()
    before = LedgerLeaf.objects.exclude(kind="request.refused").count()
    for verb, said in (("acknowledge", {}), ("verify", MATCHED), ("dispose", STOP)):
        assert alice.post(page_of(alert, verb), said).status_code in {403, 404}
    assert alice.post(reverse("car:press", args=[alert.pk]), {"answer": "located"}).status_code in {403, 404}
    for url in (page_of(alert), page_of(alert, "row"), reverse("alerts:count"), reverse("car:show")):
        assert alice.get(url).status_code in {403, 404}
    alert.refresh_from_db()
    assert (alert.acknowledged_at, alert.disposed_at) == (None, None)
    assert LedgerLeaf.objects.exclude(kind="request.refused").count() == before
