"""A resident's complaint: sealed, read by few and on record, traced by a supervisor, and never deleted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from platewarden.corrections import complaints
from platewarden.corrections.complaints import Told
from platewarden.corrections.models import Complaint, Suppression
from platewarden.notices.models import Notice
from platewarden.policy.corrections import Channel, Concern, Outcome
from platewarden.policy.decision import PolicyRefusal
from tests.alerts.scenes import entries
from tests.cast import Cast
from tests.conftest import NOW
from tests.corrections.scenes import ROW, later, load, passes, suppressed
from tests.telling import spoken

TOLD = Told(
    "Rosa Marchetti",
    "607 555 0143",
    "kab 4821",
    "NY",
    "Stopped for the third time; they say 0 was written for O.",
)


def complained(cast: Cast, now: datetime, told: Told = TOLD) -> Complaint:
    """Ada takes a complaint in."""
    return complaints.record_complaint(
        told=told,
        concern=Concern.STOPPED_AGAIN,
        channel=Channel.TELEPHONE,
        received_at=now - timedelta(hours=2),
        actor=cast.actor("ada"),
        now=now,
    )


@pytest.mark.django_db
@pytest.mark.clause("HIT-3")
def test_what_a_resident_told_is_sealed_and_each_reading_is_an_entry(cast: Cast, now: datetime) -> None:
    """Nothing of it lies in the database or on the ledger; who keeps complaints can open it."""
    complaint = complained(cast, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM complaints c")
        row = cursor.fetchone()[0]
    for secret in (
        "Rosa",
        TOLD.plate,
        "KAB4821",
        "555 0143",
        "third time",
    ):  # none that sealed bytes in hexadecimal could spell
        assert secret not in row
        assert secret not in str(entries("complaint.recorded"))
    assert complaints.open_complaint(complaint=complaint, actor=cast.actor("ada")) == TOLD
    assert entries("complaint.opened")[0]["actor"]["name"] == "ada"
    for name in ("sue", "tom", "alice"):
        with pytest.raises(PolicyRefusal):
            complaints.open_complaint(complaint=complaint, actor=cast.actor(name))


@pytest.mark.django_db
@pytest.mark.clause("HIT-3")
def test_it_is_linked_to_what_is_suppressed_already(cast: Cast, now: datetime) -> None:
    """The plate is known again by its digest."""
    suppression = suppressed(cast, now)
    complaint = complained(cast, now)
    assert list(complaint.suppressions.all()) == [suppression]
    assert entries("complaint.recorded")[0]["details"]["suppressions"] == [suppression.pk]


@pytest.mark.django_db
@pytest.mark.clause("HIT-3")
def test_a_supervisor_finds_and_suppresses_the_entry_behind_it(cast: Cast, now: datetime) -> None:
    """On record; the driver is left alone from then on, and the complaint leads to the suppression."""
    from platewarden.corrections.suppressing import suppress_entry
    from platewarden.policy.hits import Finding

    load(cast, now, ROW)
    complaint = complained(cast, now)
    notice = Notice.objects.get()
    assert (notice.kind, notice.to_role) == ("complaint.recorded", "supervisor")
    with pytest.raises(PolicyRefusal, match="do not allow"):
        complaints.look_behind(complaint=complaint, actor=cast.actor("ada"), now=now)
    (matched,) = complaints.look_behind(complaint=complaint, actor=cast.actor("sue"), now=now)
    assert entries("complaint.traced")[0]["details"]["entries"] == [matched.entry.pk]
    placed = suppress_entry(
        complaint=complaint,
        entry=matched.entry,
        plate=complaints.plate_of(complaint),
        finding=Finding.WRONG_ENTRY,
        actor=cast.actor("sue"),
        now=now,
    )
    assert list(complaint.suppressions.all()) == [placed]
    assert passes(cast, later(now)) is None


@pytest.mark.django_db
@pytest.mark.clause("HIT-3")
def test_a_letter_can_be_written_from_a_complaint(cast: Cast, now: datetime) -> None:
    """It says that a resident complained, and not who."""
    from platewarden.corrections import noticing
    from platewarden.corrections.suppressing import suppress_entry
    from platewarden.policy.hits import Finding

    load(cast, now, ROW)
    complaint = complained(cast, now)
    (matched,) = complaints.look_behind(complaint=complaint, actor=cast.actor("sue"), now=now)
    placed = suppress_entry(
        complaint=complaint,
        entry=matched.entry,
        plate="KAB4821",
        finding=Finding.WRONG_ENTRY,
        actor=cast.actor("sue"),
        now=now,
    )
    assert placed
    letter = noticing.write_letter(
        suppression=placed, addressed_to="State", is_text=True, actor=cast.actor("sue"), now=now
    )
    text = letter.content.decode()
    assert "KAB4821" in text
    assert "A resident has complained of it (stopped again and again)." in text
    assert "Rosa" not in text


@pytest.mark.django_db
@pytest.mark.clause("HIT-3")
def test_the_personal_part_goes_on_its_schedule_and_the_complaint_stays(cast: Cast, now: datetime) -> None:
    """A year after its answer the key is destroyed; an unanswered one waits for its answer."""
    complaint, waiting = complained(cast, now), complained(cast, now)
    complaints.answer_complaint(
        complaint=complaint, outcome=Outcome.SUPPRESSED, actor=cast.actor("ada"), now=now
    )
    day_before = now + timedelta(days=364)
    assert complaints.erase_due(actor=cast.actor("ada"), now=day_before) == []
    assert complaints.erase_due(actor=cast.actor("ada"), now=now + timedelta(days=365)) == [complaint]
    complaint.refresh_from_db()
    assert (complaint.sealed, complaint.outcome) == ("", "suppressed")
    assert complaints.open_complaint(complaint=complaint, actor=cast.actor("ada")) is None
    assert complaints.open_complaint(complaint=waiting, actor=cast.actor("ada")) == TOLD
    assert entries("complaint.erased")[0]["details"]["key"]


@pytest.mark.django_db
@pytest.mark.clause("HIT-3")
def test_the_application_cannot_delete_or_rewrite_a_complaint(cast: Cast, now: datetime) -> None:
    """Nor a suppression or a notice: its database role has no right to."""
    complained(cast, now)
    suppressed(cast, now)
    for statement in (
        "DELETE FROM complaints",
        "DELETE FROM suppressions",
        "DELETE FROM correction_notices",
        "TRUNCATE complaints CASCADE",
        "UPDATE complaints SET received_at = now()",
        "UPDATE suppressions SET placed_by_id = placed_by_id",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.clause("HIT-3")
def test_not_even_the_owner_deletes_one_by_accident(
    owner_connection: psycopg.Connection[Any], cast: Cast, now: datetime
) -> None:
    """A trigger refuses it and names the clause."""
    complained(cast, now)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="HIT-3"):
        owner_connection.execute("DELETE FROM complaints")


@pytest.mark.django_db
@pytest.mark.clause("HIT-3")
def test_the_pages_take_a_complaint_from_intake_to_answer(
    cast: Cast, sign_in: Callable[[Any], Client]
) -> None:
    """The administrator takes it in, a supervisor traces and suppresses, the administrator answers."""
    load(cast, NOW, ROW)
    console = sign_in(cast.ada)
    said = {
        "received_at": "2026-11-20T09:00",
        "channel": "telephone",
        "concern": "stopped_again",
        "name": TOLD.name,
        "contact": TOLD.contact,
        "plate": TOLD.plate,
        "state": "ny",
        "account": TOLD.account,
    }
    page = console.post("/false-hits/complaints/new/", said, follow=True).content.decode()
    complaint = Complaint.objects.get()
    here = f"/false-hits/complaints/{complaint.pk}/"
    assert "Rosa Marchetti" in page
    assert "Reported stolen" not in page
    assert console.post(f"{here}trace/").status_code == 403
    console.force_login(cast.sue)
    page = console.get(here).content.decode()
    assert "Rosa" not in page
    assert "4821" not in spoken(page)
    page = console.post(f"{here}trace/").content.decode()
    assert "Reported stolen" in page
    entry = entries("complaint.traced")[0]["details"]["entries"][0]
    assert console.post(f"{here}suppress/", {"entry": 99999, "finding": "wrong_entry"}).status_code == 404
    answer = console.post(f"{here}suppress/", {"entry": entry, "finding": "wrong_entry"}, follow=True)
    assert f"No. {Suppression.objects.get().pk}" in answer.content.decode()
    console.force_login(cast.ada)
    page = console.post(f"{here}answer/", {"outcome": "suppressed"}, follow=True).content.decode()
    assert "The entry no longer alerts for this plate" in page
    console.force_login(cast.tom)
    assert console.get(here).status_code == 403
    assert "Rosa" not in console.get("/false-hits/complaints/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"plate": "---"}, {"plate": "X" * 20}, {"received_at": "2027-01-01T00:00"}, {"name": ""}]
)
def test_an_incomplete_intake_is_shown_again(
    cast: Cast, sign_in: Callable[[Any], Client], wrong: dict[str, str]
) -> None:
    """Nothing is recorded, and the form says what is missing."""
    said = {
        "received_at": "2026-11-20T09:00",
        "channel": "letter",
        "concern": "other",
        "name": "N",
        "plate": "KAB4821",
        "state": "NY",
        "account": "What happened",
    }
    assert sign_in(cast.ada).post("/false-hits/complaints/new/", said | wrong).status_code == 422
    assert not Complaint.objects.exists()
