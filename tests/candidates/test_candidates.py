"""Weaker matches: how they are kept, who sees them and when, and the alert that a person raises from one."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.accounts.actors import system_actor
from platewarden.alerts.models import Alert, Hit
from platewarden.candidates.actions import open_candidate, promote, reads_of
from platewarden.candidates.doors import candidates_for
from platewarden.candidates.models import Candidate
from platewarden.hotlists.actions import enter_manually, withdraw_entry
from platewarden.hotlists.models import Entry
from platewarden.ingest.actions import ingest
from platewarden.ledger.models import LedgerBody
from platewarden.policy.audiences import Audience
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.parameters import defaults
from platewarden.retention.actions import purge_due
from tests.alerts.scenes import list_entry, submitted
from tests.cast import Cast
from tests.conftest import NOW
from tests.corrections.scenes import ends
from tests.hotlists.lists import facts, load
from tests.telling import spoken

pytestmark = pytest.mark.django_db

SEEN = timedelta(hours=1)
WHY = "The image shows the entry's plate; the camera misread the B."


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages play at the tests' moment."""
    for module in ("candidates.views", "site.middleware", "site.context", "alerts.views"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


def drive_by(cast: Cast, plate: str = "KA84821", *, ago: timedelta = SEEN, **changes: Any) -> None:
    """Let a vehicle pass, so long ago."""
    read = submitted(NOW, plate=plate, seen_at=(NOW - ago).isoformat(), **changes)
    (result,) = ingest(reads=[read], camera=cast.camera, actor=cast.camera_actor, now=NOW)
    assert result.code == 201


@pytest.fixture
def candidate(cast: Cast) -> Candidate:
    """A look-alike of a stolen vehicle's plate, seen an hour ago."""
    list_entry(cast, NOW, vehicle_colour="BLK", vehicle_make="CHEV")
    drive_by(cast, vehicle={"colour": "white", "make": "Chevrolet"})
    return Candidate.objects.get()


def look(candidate: Candidate, cast: Cast, who: str) -> None:
    """Let somebody open *candidate*."""
    read = reads_of([candidate])[candidate.read_id]
    open_candidate(candidate=candidate, read=read, actor=cast.actor(who))
    candidate.refresh_from_db()


def bodies(kind: str) -> list[dict[str, Any]]:
    """The ledger's entries of *kind*."""
    return [body.content for body in LedgerBody.objects.filter(leaf__kind=kind).order_by("leaf_id")]


def text_of(response: Any) -> str:
    """The page without markup, blanks folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.clause("HIT-1")
def test_a_weaker_match_is_kept_and_raises_no_alert(candidate: Candidate) -> None:
    """No alert, no hit, nothing told; why it is a candidate is kept, with what disagrees about the vehicle."""
    assert (Alert.objects.count(), Hit.objects.count()) == (0, 0)
    assert candidate.grade == "confusable"
    assert (
        "Character 3 was read as 8 (62 % sure); the entry has B, which looks alike."
        in (candidate.comparison["reasons"])
    )
    assert candidate.comparison["vehicle"] == [{"part": "colour", "read": "white", "entry": "black"}]
    assert candidate.entry_vehicle == "BLK CHEV"


def test_a_match_that_alerts_is_no_candidate(cast: Cast) -> None:
    """It is a hit, and that alone."""
    list_entry(cast, NOW)
    drive_by(cast, "KAB4821")
    assert (Candidate.objects.count(), Alert.objects.count()) == (0, 1)


@pytest.mark.clause("CAP-4")
def test_candidates_are_shown_as_late_as_a_search_would_find_their_reads(
    cast: Cast, candidate: Candidate
) -> None:
    """Fifteen minutes after the capture, and for three days: the list is neither a live view nor an archive."""
    parameters, ivan = defaults(NOW), cast.actor("ivan")
    fresh = candidate.seen_at + timedelta(minutes=15)
    for at, count in (
        (fresh - timedelta(seconds=1), 0),
        (fresh, 1),
        (candidate.seen_at + timedelta(days=3), 1),
        (candidate.seen_at + timedelta(days=3, seconds=1), 0),
    ):
        assert candidates_for(ivan, parameters=parameters, now=at).count() == count


@pytest.mark.clause("RET-1")
def test_candidates_go_with_their_day(cast: Cast, candidate: Candidate) -> None:
    """The purge removes them with their reads, and counts them in its record."""
    purge_due(actor=system_actor("purge timer"), now=NOW)
    later = NOW + timedelta(days=30)
    from platewarden.retention.models import PurgeClock

    PurgeClock.objects.update(last_seen_at=later - timedelta(hours=1))
    (destroyed,) = purge_due(actor=system_actor("purge timer"), now=later)
    assert Candidate.objects.count() == 0
    assert destroyed.rows["candidates"] == 1


@pytest.mark.clause("USE-1")
@pytest.mark.parametrize(
    ("name", "status"),
    [("ivan", 200), ("sue", 200), ("alice", 403), ("dee", 403), ("tom", 403), ("ada", 403), ("eve", 403)],
)
def test_only_those_who_may_see_candidates(
    cast: Cast, candidate: Candidate, sign_in: Any, name: str, status: int
) -> None:
    """Investigators and supervisors; to everybody else neither the list nor a candidate is shown."""
    client = sign_in(getattr(cast, name))
    for url in (reverse("candidates:list"), reverse("candidates:detail", args=[candidate.id])):
        answer = client.get(url)
        assert answer.status_code == status
        assert ("KAB 4821" in text_of(answer)) is (status == 200)


@pytest.mark.clause("QRY-2", "USE-1")
def test_every_look_is_logged_with_its_purpose_and_without_a_plate(
    cast: Cast, candidate: Candidate, sign_in: Any
) -> None:
    """The list and each opening, by read id, before anything is shown."""
    client = sign_in(cast.ivan)
    client.get(reverse("candidates:list"))
    client.get(reverse("candidates:detail", args=[candidate.id]))
    (listed,), (opened,) = bodies("candidates.listed"), bodies("candidate.opened")
    assert listed["details"] == {"purpose": "hotlist_patrol", "reads": [str(candidate.read_id)]}
    assert opened["details"] == {
        "purpose": "hotlist_patrol",
        "read": str(candidate.read_id),
        "images": ["plate", "vehicle"],
    }
    assert "4821" not in spoken(str(listed) + str(opened))


def test_the_page_says_what_is_alike_and_what_is_not(cast: Cast, candidate: Candidate, sign_in: Any) -> None:
    """Images, reasons, the vehicle's disagreement, and that it is no alert."""
    shown = sign_in(cast.ivan).get(reverse("candidates:detail", args=[candidate.id]))
    for words in (
        "Candidate, no alert",
        "which looks alike",
        "The vehicle seen is not the one described",
        "Colour: seen white , described black",
    ):
        assert words in text_of(shown)
    assert shown.content.count(b"data:image/jpeg") == 2


def test_the_list_is_narrowed_by_grade(cast: Cast, candidate: Candidate, sign_in: Any) -> None:
    """An unknown grade shows all."""
    client = sign_in(cast.ivan)
    for grade, count in (("confusable", 1), ("partial", 0), ("perfect", 1)):
        page = client.get(reverse("candidates:list"), {"grade": grade})
        assert page.content.decode().count("Open the candidate of") == count


@pytest.mark.clause("HIT-1", "HIT-2")
def test_a_person_raises_an_alert_with_a_reason(cast: Cast, candidate: Candidate, sign_in: Any) -> None:
    """It is unverified like any other, the ledger knows who raised it and why, and it is raised once."""
    client: Client = sign_in(cast.ivan)
    client.get(reverse("candidates:detail", args=[candidate.id]))
    url = reverse("candidates:promote", args=[candidate.id])
    done = client.post(url, {"reason": WHY})
    alert = Alert.objects.get()
    assert done["Location"] == reverse("alerts:detail", args=[alert.pk])
    assert (alert.grade, alert.verified_at, alert.category) == ("confusable", None, "stolen_vehicle")
    assert Hit.objects.get().plate == "KA84821"
    (promoted,) = bodies("candidate.promoted")
    assert promoted["actor"]["name"] == "ivan"
    assert promoted["details"]["reason"] == WHY
    page = client.get(reverse("candidates:detail", args=[candidate.id]))
    assert "Ivan Example raised an alert from it" in text_of(page)
    again = client.post(url, {"reason": WHY})
    assert again.status_code == 403
    assert Alert.objects.count() == 1


@pytest.mark.clause("HIT-1")
@pytest.mark.parametrize("reason", ["", "   ", "looks right", "Driver is undocumented, hold for ICE"])
def test_no_alert_without_a_proper_reason(
    cast: Cast, candidate: Candidate, sign_in: Any, reason: str
) -> None:
    """The refusal names its clause and is on the ledger; no alert is raised."""
    client = sign_in(cast.ivan)
    client.get(reverse("candidates:detail", args=[candidate.id]))
    answer = client.post(reverse("candidates:promote", args=[candidate.id]), {"reason": reason})
    assert answer.status_code == 403
    assert len(bodies("request.refused")) == 1
    assert Alert.objects.count() == 0


@pytest.mark.clause("HIT-1")
def test_no_alert_by_somebody_who_has_not_looked(cast: Cast, candidate: Candidate) -> None:
    """A colleague's look is not one's own."""
    look(candidate, cast, "sue")
    with pytest.raises(PolicyRefusal, match="not opened"):
        promote(candidate=candidate, reason=WHY, actor=cast.actor("ivan"), now=NOW)
    promote(candidate=candidate, reason=WHY, actor=cast.actor("sue"), now=NOW)


@pytest.mark.clause("HOT-1", "HOT-2")
@pytest.mark.parametrize("change", ["superseded", "expired", "withdrawn", "corrected"])
def test_no_alert_from_an_entry_that_is_no_longer_in_force(
    cast: Cast, candidate: Candidate, change: str
) -> None:
    """Whatever it was when the vehicle passed: the list as it stands now decides."""
    entry = Entry.objects.get()
    if change == "superseded":
        entry.snapshot.is_current = False
        entry.snapshot.save()
    changes: dict[str, dict[str, Any]] = {
        "expired": {"expires_at": NOW},
        "withdrawn": {"withdrawn_at": NOW},
        "corrected": {"plate": "ZZZ9999", "skeleton": "222999"},
    }
    Entry.objects.filter(pk=entry.pk).update(**changes.get(change, {"reason": "as before"}))
    look(candidate, cast, "ivan")
    with pytest.raises(PolicyRefusal, match="no longer in force"):
        promote(candidate=candidate, reason=WHY, actor=cast.actor("ivan"), now=NOW)
    assert Alert.objects.count() == 0


@pytest.mark.clause("HOT-1")
def test_an_entry_is_known_again_in_a_newer_snapshot_of_its_list(
    cast: Cast, candidate: Candidate, sign_in: Any
) -> None:
    """Loading the list anew does not end what stands on it as before; taken off it, the candidate is over."""
    hotlist = Entry.objects.get().snapshot.hotlist
    load(cast, hotlist, "KAB 4821,NY,stolen_vehicle,again", "KBB1234,NY,stolen_vehicle,")
    client = sign_in(cast.ivan)
    url = reverse("candidates:detail", args=[candidate.id])
    assert "Why this match deserves an alert" in text_of(client.get(url))
    load(cast, hotlist, "KBB1234,NY,stolen_vehicle,")
    assert "Entry no longer in force" in text_of(client.get(reverse("candidates:list")))
    page = text_of(client.get(url))
    assert "The entry is no longer in force" in page
    assert "Why this match deserves an alert" not in page
    load(cast, hotlist, "KAB 4821,NY,stolen_vehicle,once more")
    alert = promote(candidate=candidate, reason=WHY, actor=cast.actor("ivan"), now=NOW)
    assert alert.category == "stolen_vehicle"


@pytest.mark.clause("HIT-3")
def test_an_entry_found_wrong_for_a_plate_is_no_candidate_for_it_any_more(
    cast: Cast, candidate: Candidate, sign_in: Any
) -> None:
    """What stands on the list says so and offers no alert, what passes again is not listed; another plate's is."""
    drive_by(cast, ago=2 * SEEN)
    client = sign_in(cast.ivan)
    look(candidate, cast, "ivan")
    alert = promote(candidate=candidate, reason=WHY, actor=cast.actor("ivan"), now=NOW)
    ends(alert, cast, NOW, by="ivan")
    other = Candidate.objects.exclude(id=candidate.id).get()
    assert "Entry found wrong" in text_of(client.get(reverse("candidates:list")))
    shown = text_of(client.get(reverse("candidates:detail", args=[other.id])))
    assert "was found wrong for this plate and is suppressed" in shown
    assert "Why this match deserves an alert" not in shown
    answer = client.post(reverse("candidates:promote", args=[other.id]), {"reason": WHY})
    assert (answer.status_code, Alert.objects.count()) == (403, 1)
    assert bodies("request.refused")[-1]["details"]["clause"] == "HIT-3"
    drive_by(cast, ago=SEEN / 2)
    assert Candidate.objects.count() == 2
    drive_by(cast, "KAB48Z1", ago=SEEN / 2)
    assert Candidate.objects.count() == 3


@pytest.mark.clause("HOT-2")
def test_a_withdrawn_partial_entry_raises_nothing(cast: Cast) -> None:
    """Its candidates stay for their days; no alert comes of them."""
    alice = cast.actor("alice")
    entry = enter_manually(plate="KAB*", facts=facts(), actor=alice, now=NOW - 2 * SEEN)
    drive_by(cast, "KAB 4821")
    withdraw_entry(entry=entry, actor=alice, now=NOW)
    found = Candidate.objects.get()
    assert found.grade == "partial"
    look(found, cast, "sue")
    with pytest.raises(PolicyRefusal, match="no longer in force"):
        promote(candidate=found, reason=WHY, actor=cast.actor("sue"), now=NOW)


@pytest.mark.clause("USE-1")
def test_a_candidate_meant_for_others_looks_absent(cast: Cast, sign_in: Any) -> None:
    """An entry for one person is not read off the candidates of its vehicle; supervisors see all."""
    only_dee = facts(audience=Audience(people=frozenset({str(cast.dee.pk)})))
    enter_manually(plate="KAB*", facts=only_dee, actor=cast.actor("sue"), now=NOW - 2 * SEEN)
    drive_by(cast, "KAB 4821")
    url = reverse("candidates:detail", args=[Candidate.objects.get().id])
    assert sign_in(cast.ivan).get(url).status_code == 404
    assert sign_in(cast.sue).get(url).status_code == 200


def test_what_does_not_exist_looks_absent(cast: Cast, sign_in: Any) -> None:
    """An id of nothing, of another agency's, or of a read that is gone."""
    url = reverse("candidates:detail", args=[uuid4()])
    assert sign_in(cast.ivan).get(url).status_code == 404
