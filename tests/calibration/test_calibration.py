"""Our own plates through the whole path: what is recorded, what nobody sees of it, who is told when it breaks."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from platewarden.accounts.actors import system_actor
from platewarden.alerts.models import Alert, Hit
from platewarden.calibration.models import CalibrationAlert, CalibrationRun
from platewarden.calibration.running import run_calibration
from platewarden.calibration.setting_up import OWN_PLATES, set_up, source_of
from platewarden.calibration.tasks import tell_if_late
from platewarden.cameras.actions import suspend_camera
from platewarden.cameras.statements import approve_statement
from platewarden.candidates.models import Candidate
from platewarden.ingest.actions import ingest
from platewarden.ledger.models import LedgerBody
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from tests.alerts.scenes import submitted
from tests.calibration.readers import Reader, right
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, load

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(cast: Cast) -> Cast:
    """The source is set up and approved."""
    camera = set_up(actor=cast.actor("ada"), now=NOW)
    approve_statement(statement=camera.statements.get(), actor=cast.actor("sue"), now=NOW)
    return cast


def run(reader: Reader, *, at: datetime = NOW, told: bool = True) -> CalibrationRun:
    """Run it at *at*, in the timer's name; *told* is whether the alerts reach whoever listens."""
    return run_calibration(
        recogniser=reader,
        hear=lambda _read: told,
        actor=system_actor("calibration timer"),
        clock=lambda: at,
    )


def failures() -> list[str]:
    """What the administrators were told of failures, the oldest first."""
    notices = Notice.objects.filter(kind="calibration.failed", to_role="administrator").order_by("pk")
    return [notice.text for notice in notices]


@pytest.mark.clause("HIT-1")
def test_our_plates_go_through_and_the_run_is_recorded(ready: Cast) -> None:
    """Each plate with what was read of it, its grade and its time; the ledger holds the outcome."""
    done = run(Reader("PWT0417", "PWC7359", "PWK2846"))
    assert (done.has_passed, done.problem, done.finished_at) == (True, "", NOW)
    assert [(one["plate"], one["read"], one["is_right"]) for one in done.plates] == [
        (own.plate, own.plate, True) for own in OWN_PLATES
    ]
    assert done.plates[0]["grade"] == "exact_state_agrees"
    assert all(one["milliseconds"] >= 0 for one in done.plates)
    (body,) = LedgerBody.objects.filter(leaf__kind="calibration.run")
    assert body.content["outcome"] == "passed"
    assert body.content["details"]["read_right"] == 3
    assert failures() == []


@pytest.mark.clause("HIT-1")
def test_nothing_of_it_is_an_alert_a_hit_or_a_candidate(ready: Cast, sign_in: Any) -> None:
    """The table of alerts stays empty: no list, sound, statistic or disposition can find one."""
    run(right())
    assert CalibrationAlert.objects.count() == len(OWN_PLATES)
    assert (Alert.objects.count(), Hit.objects.count(), Candidate.objects.count()) == (0, 0, 0)
    assert b"PWT0417" not in sign_in(ready.alice).get("/alerts/?show=all").content


@pytest.mark.clause("HIT-1")
@pytest.mark.parametrize(
    ("reads", "says"),
    [
        (("PWT0417", "", "PWK2846"), "PA by dusk: No plate was found"),
        (("PWT0417", "ZZZ9999", "PWK2846"), "PA by dusk: Its alert was not told"),
        (("PWTO417", "PWC7359", "PWK2846"), "NY by day: It was read wrongly"),
    ],
)
def test_a_plate_that_does_not_get_through_fails_the_run(
    ready: Cast, reads: Sequence[str], says: str
) -> None:
    """Not found, not matched, or matched only as a look-alike: the administrators are told which and where."""
    raised = {own.plate for own in OWN_PLATES} | {"PWTO417"}
    remaining = iter(read for read in reads if read)
    done = run_calibration(
        recogniser=Reader(*reads),
        hear=lambda _read: next(remaining) in raised,
        actor=system_actor("calibration timer"),
        clock=lambda: NOW,
    )
    assert not done.has_passed
    assert says in done.problem
    (told,) = failures()
    assert says in told


@pytest.mark.clause("HIT-1")
def test_an_alert_that_is_not_told_fails_the_run(ready: Cast) -> None:
    """That it lies in the database is not enough."""
    assert "Its alert was not told" in run(right(), told=False).problem


@pytest.mark.clause("HIT-1", "CAP-1")
def test_without_a_source_in_order_the_run_fails_and_says_so(cast: Cast) -> None:
    """Not set up, not approved, suspended: each is told with what to do."""
    assert "is not set up" in run(right()).problem
    camera = set_up(actor=cast.actor("ada"), now=NOW)
    assert "not approved" in run(right()).problem
    approve_statement(statement=camera.statements.get(), actor=cast.actor("sue"), now=NOW)
    assert run(right()).has_passed
    suspend_camera(camera=camera, actor=cast.actor("ada"), now=NOW)
    assert not run(right()).has_passed
    assert len(failures()) == 3


@pytest.mark.clause("HIT-1")
def test_whatever_breaks_is_a_failed_run(ready: Cast) -> None:
    """A model that fails, say: the run ends, is recorded, and is told."""
    assert "The path broke: StopIteration" in run(Reader("PWT0417")).problem
    assert len(failures()) == 1


@pytest.mark.clause("HOT-3", "HIT-1")
def test_the_source_raises_nothing_about_a_vehicle(ready: Cast) -> None:
    """Should a rendered plate ever be on a list of stolen vehicles: its picture shows no vehicle."""
    load(ready, a_list(ready), "PWT0417,NY,stolen_vehicle,", "PWC7358,PA,wanted_person,")
    assert run(right()).has_passed
    assert (Alert.objects.count(), Candidate.objects.count()) == (0, 0)


@pytest.mark.clause("HOT-3", "HIT-1")
def test_a_calibration_entry_alerts_nobody_whatever_camera_reads_it(ready: Cast) -> None:
    """A list's own test records, and our plates on the road, raise an alert of their own kind and no other."""
    load(ready, a_list(ready), "KAB4821,NY,calibration,")
    for plate in ("KAB 4821", "KA8 4821"):
        ingest(reads=[submitted(NOW, plate=plate)], camera=ready.camera, actor=ready.camera_actor, now=NOW)
    assert (Alert.objects.count(), Hit.objects.count(), Candidate.objects.count()) == (0, 0, 0)
    assert [alert.grade for alert in CalibrationAlert.objects.order_by("number")] == [
        "exact_state_agrees",
        "confusable",
    ]


@pytest.mark.clause("RET-1")
def test_its_alerts_go_with_their_day(ready: Cast) -> None:
    """Like a hit; that a run went through stays on record."""
    from platewarden.retention.actions import purge_due
    from platewarden.retention.models import PurgeClock

    run(right())
    later = NOW + timedelta(days=30)
    PurgeClock.objects.create(id=1, last_seen_at=later - timedelta(hours=1))
    (destroyed,) = purge_due(actor=system_actor("purge timer"), now=later)
    assert destroyed.rows["calibration_alerts"] == len(OWN_PLATES)
    assert CalibrationRun.objects.get().has_passed


@pytest.mark.clause("HIT-1")
def test_lateness_is_told_loudly_once_a_day(ready: Cast) -> None:
    """Twenty-six hours after the last success; not before, and not again the same day."""
    run(right())
    for at, count in (
        (NOW + timedelta(hours=26), 0),
        (NOW + timedelta(hours=27), 1),
        (NOW + timedelta(hours=28), 1),
        (NOW + timedelta(hours=52), 2),
    ):
        tell_if_late(actor=system_actor("calibration timer"), now=at)
        assert len(failures()) == count


@pytest.mark.clause("HIT-1")
def test_the_pages_show_how_the_proof_stands(
    cast: Cast, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the hotlist page and its own: never set up, gone through, and late; in words for everybody."""
    moment = {"now": NOW}
    for module in ("hotlists.views", "calibration.views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: moment["now"])

    def shown(url: str) -> str:
        client.logout()  # a session left alone for a day would be locked
        client.force_login(cast.tom)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(url).content.decode()))

    assert "Nothing proves yet" in shown(reverse("hotlists:list"))
    camera = set_up(actor=cast.actor("ada"), now=NOW)
    assert "second person must approve" in shown(reverse("calibration:runs"))
    approve_statement(statement=camera.statements.get(), actor=cast.actor("sue"), now=NOW)
    run(right())
    for page in (reverse("hotlists:list"), reverse("calibration:runs")):
        assert "From picture to alert in" in shown(page)
    assert "Same characters, same state" in shown(reverse("calibration:runs"))
    moment["now"] = NOW + timedelta(hours=27)
    assert "Nothing proves today that a hit raises an alert" in shown(reverse("hotlists:list"))


@pytest.mark.clause("HIT-1")
def test_only_the_administrator_sets_it_up_and_runs_it(cast: Cast, client: Any) -> None:
    """Everybody else is refused on record; asking twice is one run."""
    for name in ("alice", "sue", "tom", "eve"):
        client.force_login(getattr(cast, name))
        assert client.post(reverse("calibration:set_up")).status_code == 403
        assert client.post(reverse("calibration:run")).status_code == 403
    client.force_login(cast.ada)
    assert client.post(reverse("calibration:set_up")).status_code == 302
    camera = source_of(cast.agency.pk)
    assert camera is not None
    assert (camera.kind, camera.approved_at) == ("rendered", None)
    page = client.post(reverse("calibration:run"), follow=True).content.decode()
    assert "A run has been asked for. Load" in page
    again = client.post(reverse("calibration:run"), follow=True).content.decode()
    assert "asked for already" in again
    assert set_up(actor=cast.actor("ada"), now=NOW) == camera


@pytest.mark.clause("CAP-1")
def test_nobody_approves_the_source_they_have_set_up(cast: Cast) -> None:
    """It is approved like a camera, by a second person."""
    camera = set_up(actor=cast.actor("ada"), now=NOW)
    with pytest.raises(PolicyRefusal, match="does not approve"):
        approve_statement(statement=camera.statements.get(), actor=cast.actor("ada"), now=NOW)
