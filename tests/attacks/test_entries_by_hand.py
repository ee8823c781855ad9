"""Somebody tries to have a plate entered by hand alert past the policy: by form, by action, by SQL, and by a second."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.models import Alert
from platewarden.candidates.models import Candidate
from platewarden.hotlists.actions import approve_entry, enter_manually, renew_entry, withdraw_entry
from platewarden.hotlists.models import Entry
from platewarden.ingest.actions import ingest
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.hotlists import Category
from tests.alerts.scenes import submitted
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import facts

pytestmark = pytest.mark.django_db

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def enter(cast: Cast, who: str = "alice", **changes: Any) -> Entry:
    """Let somebody enter the plate that will pass."""
    return enter_manually(plate="KAB 4821", facts=facts(**changes), actor=cast.actor(who), now=NOW)


def alerts_at(cast: Cast, at: datetime) -> int:
    """How many alerts and candidates a pass at *at* brings about."""
    read = submitted(at, plate="KAB 4821", seen_at=at.isoformat())
    before = Alert.objects.count() + Candidate.objects.count()
    (result,) = ingest(reads=[read], camera=cast.camera, actor=cast.camera_actor, now=at)
    assert result.code == 201
    return Alert.objects.count() + Candidate.objects.count() - before


@pytest.mark.clause("HOT-2")
def test_an_entry_alerts_until_its_last_second_and_not_at_its_end(cast: Cast) -> None:
    """No timer need run: the end counts by itself."""
    end = enter(cast).expires_at
    assert end is not None
    assert [alerts_at(cast, at) for at in (end - SECOND, end)] == [1, 0]


@pytest.mark.clause("HOT-2")
def test_an_exigent_entry_without_its_number_is_dead_at_the_second(cast: Cast) -> None:
    """However long an end was asked for; that of an AMBER alert lives."""
    enter(cast, exigent=True, case_number="")
    assert [alerts_at(cast, at) for at in (NOW + DAY - SECOND, NOW + DAY)] == [1, 0]
    enter(cast, exigent=True, case_number="", category=Category.AMBER_ALERT)
    assert alerts_at(cast, NOW + DAY) == 1


@pytest.mark.clause("HOT-2")
def test_an_entry_that_awaits_approval_brings_about_nothing(cast: Cast) -> None:
    """Neither an alert nor a candidate; from the second of its approval it alerts, until its approval is gone."""
    entry = enter(cast, category=Category.WANTED_PERSON)
    assert alerts_at(cast, NOW) == 0
    approve_entry(entry=entry, actor=cast.actor("sue"), now=NOW)
    assert alerts_at(cast, NOW) == 1
    fresh = facts(category=Category.WANTED_PERSON, reason="Still wanted for the same")
    renew_entry(entry=entry, facts=fresh, actor=cast.actor("alice"), now=NOW + SECOND)
    assert alerts_at(cast, NOW + SECOND) == 0


@pytest.mark.clause("HOT-2")
def test_an_exigent_mark_is_no_way_round_the_approval(cast: Cast) -> None:
    """It goes ahead while its number is missing; once completed it waits for the second person like any other."""
    entry = enter(cast, category=Category.FELONY_VEHICLE, exigent=True, case_number="")
    assert alerts_at(cast, NOW) == 1
    fresh = facts(category=Category.FELONY_VEHICLE, reason="Now with the robbery's number")
    renew_entry(entry=entry, facts=fresh, actor=cast.actor("alice"), now=NOW + SECOND)
    assert alerts_at(cast, NOW + SECOND) == 0


@pytest.mark.clause("HOT-2")
def test_a_withdrawn_entry_brings_about_nothing(cast: Cast) -> None:
    """From the same second."""
    entry = enter(cast)
    withdraw_entry(entry=entry, actor=cast.actor("alice"), now=NOW)
    assert alerts_at(cast, NOW) == 0


@pytest.mark.clause("HOT-2")
@pytest.mark.parametrize(
    "change",
    [
        {"reason": ""},
        {"reason": " \t\n "},
        {"state": ""},
        {"case_number": ""},
        {"expires_at": None},
        {"expires_at": NOW + 31 * DAY},
        {"expires_at": datetime(9999, 12, 31, tzinfo=NOW.tzinfo)},
        {"is_exigent": True, "case_number": "", "expires_at": NOW + DAY + SECOND},
        {"approved_by": "alice", "approved_at": NOW},
        {"approved_by": None, "approved_at": NOW},
    ],
    ids=str,
)
def test_not_even_sql_makes_an_entry_that_lacks_something(cast: Cast, change: dict[str, Any]) -> None:
    """The database itself refuses: no reason, no state, no number, no end, too late an end, one's own approval."""
    entry = enter(cast)
    named = {name: getattr(cast, value) if value == "alice" else value for name, value in change.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(**named)


@pytest.mark.clause("HOT-2")
def test_a_raw_insert_lacks_nothing_either(cast: Cast) -> None:
    """An entry in somebody's name without the rest is refused whatever the program believes."""
    entry = enter(cast)
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute(
            "INSERT INTO hotlist_entries (agency_id, snapshot_id, plate_as_given, plate, skeleton, state, category,"
            " priority, reason, case_number, instructions, vehicle_type, vehicle_make, vehicle_model,"
            " vehicle_colour, entered_by_id, entered_at, is_exigent) SELECT agency_id, snapshot_id, 'X1', 'X1', 'X1',"
            " 'NY', 'manual', 'high', '', '2026-1', '', '', '', '', '', entered_by_id, entered_at, false"
            " FROM hotlist_entries WHERE id = %s",
            [entry.pk],
        )


@pytest.mark.clause("HOT-2")
def test_a_partial_plate_cannot_come_with_a_loaded_list(cast: Cast) -> None:
    """Wildcards are for people who answer for them: a list's entry with an anchor is refused by the database."""
    entry = enter(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(entered_by=None, anchor="KA8", plate="KAB*")


@pytest.mark.clause("HOT-2")
def test_an_entry_is_not_approved_by_a_forged_form(cast: Cast, client: Any) -> None:
    """Neither by its maker, nor by a role without the right, nor by looking."""
    entry = enter(cast, "sue", category=Category.WANTED_PERSON)
    url = reverse("hotlists:approve", args=[entry.pk])
    for name in ("sue", "alice", "ivan", "ada", "tom", "eve"):
        client.force_login(getattr(cast, name))
        assert client.post(url, {"approved_by": cast.max.pk}).status_code == 403
    client.force_login(cast.max)
    assert client.get(url).status_code == 405
    entry.refresh_from_db()
    assert entry.approved_at is None


@pytest.mark.clause("HOT-2")
@pytest.mark.parametrize("lean", [{"reason": ""}, {"case_number": ""}, {"state": ""}, {"expires_at": ""}])
def test_an_exigent_tick_does_not_cover_for_anything_but_the_number(
    cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch, lean: dict[str, str]
) -> None:
    """Reason, state and end are asked for all the same."""
    for module in ("hotlists.entry_views", "hotlists.views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)
    said = {
        "plate": "KAB4821",
        "state": "NY",
        "category": "manual",
        "reason": "Seen leaving a burglary",
        "case_number": "2026-004417",
        "expires_at": "2026-11-27T10:30",
        "exigent": "on",
        **lean,
    }
    status = sign_in(cast.alice).post(reverse("hotlists:enter"), said).status_code
    assert status == (302 if "case_number" in lean else 403)


@pytest.mark.clause("HIT-1", "RET-1")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE candidates SET grade = 'exact_state_agrees'",
        "UPDATE candidates SET entry_plate_as_given = 'X1'",
        "DELETE FROM candidates",
        "TRUNCATE candidates",
    ],
)
def test_a_candidate_is_not_rewritten(cast: Cast, statement: str) -> None:
    """The application's role may say that an alert was raised from it, and nothing else."""
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.clause("HOT-2")
def test_completing_late_does_not_count(cast: Cast) -> None:
    """Without a number an exigent entry is renewed no more once its time is over."""
    entry = enter(cast, exigent=True, case_number="")
    said = facts(exigent=True, case_number="", reason="Number still to come", expires_at=NOW + 2 * DAY)
    with pytest.raises(PolicyRefusal, match="is over"):
        renew_entry(entry=entry, facts=said, actor=cast.actor("alice"), now=NOW + DAY)
    early = facts(exigent=True, case_number="", reason="Number still to come", expires_at=NOW + 9 * DAY)
    renewed = renew_entry(entry=entry, facts=early, actor=cast.actor("alice"), now=NOW + DAY - SECOND)
    assert renewed.expires_at == NOW + DAY
    assert parameters_at(NOW).hours("hotlist.exigent_completion_hours") == DAY
