"""Attempts of partner agencies to see more than their agreement says, or after it is suspended or over."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from platewarden.ledger import keys
from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.doors import DOORS, Open, roles_for
from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.policy.use import Purpose
from platewarden.queries import actions as queries
from platewarden.queries import taking
from platewarden.queries.models import Query
from platewarden.reads.models import Read
from platewarden.sharing import suspending
from platewarden.sharing.models import AgreementVersion, Suspension
from tests.cast import Cast
from tests.conftest import NOW
from tests.sharing import scenes
from tests.sharing.scenes import Partner
from tests.sightings import a_sighting, store, with_images
from tests.site.test_doors import views

PLATE = "WLK9027"
QUESTION = {
    "kind": "exact",
    "plate_text": PLATE,
    "seen_from": "2026-11-13T10:00",
    "seen_until": "2026-11-20T10:15",
    "purpose": "criminal_investigation",
    "reason": "Car seen leaving the burglary on Green Street",
    "case_number": "2026-004512",
    "requested_by": "",
}
PICTURE = b"data:image"


def a_read(cast: Cast) -> Read:
    """Store one read with images."""
    (read,) = store([with_images(a_sighting(cast.camera, PLATE, NOW - timedelta(hours=2)))])
    return read


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The time that pages and doors see; a test moves it by replacing the one element."""
    return scenes.stand_still(monkeypatch)


@pytest.fixture
def partner(cast: Cast) -> Partner:
    """A partner agency with an agreement in force and one guest, Gus."""
    return scenes.partner(cast)


@pytest.fixture(autouse=True)
def log_key(store_home: Any) -> None:
    """The ledger has its key: receipts can be given."""
    keys.ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)


@pytest.fixture
def gus(partner: Partner, sign_in: Any) -> Client:
    """The guest's browser."""
    browser: Client = sign_in(partner.guest)
    return browser


def everything_open(browser: Client, answer: str, read: Read) -> dict[str, Any]:
    """Go on with everything that a guest may have open, and return what each answered."""
    return {
        "form": browser.get("/queries/"),
        "half-typed search": browser.post("/queries/", QUESTION),
        "answer": browser.get(answer),
        "by plate": browser.get(f"{answer}?view=plates"),
        "image": browser.post(f"{answer}reads/{read.id}/"),
        "file": browser.post(f"{answer}export/", {"form": "csv"}),
        "paper": browser.post(f"{answer}print/"),
        "use": browser.get(reverse("sharing:use")),
        "receipts": browser.post(reverse("sharing:take")),
        "inbox": browser.get(reverse("notices:inbox")),
    }


@pytest.mark.django_db
@pytest.mark.clause("SHR-4", "SHR-1")
class TestSuspended:
    """A guest of an agency that was suspended a moment ago, with everything still open."""

    @pytest.mark.parametrize("by", ["ada", "una", "sol"])
    def test_one_act_closes_all_that_is_open_with_the_next_request(
        self, cast: Cast, partner: Partner, gus: Client, by: str
    ) -> None:
        """Form, half-typed search, answer, image, file, paper, receipts: refused, with the reason, and recorded."""
        read = a_read(cast)
        answer = gus.post("/queries/", QUESTION)["Location"]
        before = everything_open(gus, answer, read)
        assert {
            name: got.status_code for name, got in before.items() if got.status_code not in {200, 303}
        } == {}
        suspending.suspend(agency=partner.agency, because="Misuse.", actor=cast.actor(by), now=NOW)
        asked = Query.objects.count()
        after = everything_open(gus, answer, read)
        assert {name: got.status_code for name, got in after.items()} == dict.fromkeys(after, 403)
        for got in after.values():
            assert PICTURE not in got.content
            assert PLATE.encode() not in got.content
            assert b"suspended" in got.content
        assert Query.objects.count() == asked, "the half-typed search was not made"
        assert LedgerLeaf.objects.filter(kind="request.refused").count() == len(after)

    def test_the_guest_is_told_and_still_reports(self, cast: Cast, partner: Partner, gus: Client) -> None:
        """Their own page says why nothing is open, and a report of misuse is taken even now."""
        suspending.suspend(agency=partner.agency, because="Misuse.", actor=cast.actor("una"), now=NOW)
        page = gus.get(reverse("home"), follow=True)
        assert page.status_code == 200
        assert b"Sharing with your agency is suspended" in page.content
        assert Notice.objects.filter(to_user=partner.guest, kind="sharing.suspended").exists()
        said = {"agency": cast.agency.pk, "concern": "people", "whom": "", "account": "They hid something."}
        assert gus.post(reverse("sharing:report"), said).status_code == 302

    def test_nobody_lifts_alone(self, cast: Cast, partner: Partner, gus: Client) -> None:
        """Not even whoever suspended, and not the Sheriff; two do, and then it goes on."""
        placed = suspending.suspend(
            agency=partner.agency, because="Misuse.", actor=cast.actor("una"), now=NOW
        )
        with pytest.raises(PolicyRefusal, match="SHR-1"):
            suspending.lift(suspension=placed, actor=cast.actor("sol"), now=NOW)
        suspending.ask_to_lift(suspension=placed, because="Cleared up.", actor=cast.actor("sol"), now=NOW)
        with pytest.raises(PolicyRefusal, match="SHR-1"):
            suspending.lift(suspension=placed, actor=cast.actor("sol"), now=NOW)
        assert gus.get("/queries/").status_code == 403
        suspending.lift(suspension=placed, actor=cast.actor("ada"), now=NOW)
        assert gus.get("/queries/").status_code == 200

    def test_the_database_wants_two_as_well(self, cast: Cast, partner: Partner) -> None:
        """Past every rule, a row with one person for both steps is refused."""
        placed = suspending.suspend(
            agency=partner.agency, because="Misuse.", actor=cast.actor("una"), now=NOW
        )
        once = {"lift_asked_by": cast.una, "lifted_by": cast.una, "lifted_at": NOW}
        with pytest.raises(DatabaseError, match="two_let_sharing_go_on"), transaction.atomic():
            Suspension.objects.filter(pk=placed.pk).update(**once)

    @pytest.mark.parametrize("by", ["sue", "tom", "alice", "pam", "eve"])
    def test_others_do_not_suspend(self, cast: Cast, partner: Partner, sign_in: Any, by: str) -> None:
        """Only administrator, Undersheriff and Sheriff."""
        address = reverse("sharing:suspend", args=[partner.agency.pk])
        assert sign_in(getattr(cast, by)).post(address, {"because": "x"}).status_code == 403
        assert not Suspension.objects.exists()


@pytest.mark.django_db
@pytest.mark.clause("SHR-1")
class TestOutsideTheAgreement:
    """A guest who asks for more than the agreement says."""

    @pytest.mark.parametrize(
        "more",
        [
            {"purpose": "public_safety_threat"},
            {"purpose": "hotlist_patrol"},
            {"seen_from": "2026-11-09T10:00"},
            {"case_number": ""},
            {"reason": ""},
            {"plate_text": ""},
        ],
    )
    def test_more_is_refused(self, gus: Client, more: dict[str, str]) -> None:
        """Another purpose, further back, or without what everybody must say: no search is made."""
        assert gus.post("/queries/", QUESTION | more).status_code in {403, 422}
        assert not Query.objects.exists()

    def test_another_camera_is_neither_offered_nor_searched(
        self, cast: Cast, partner: Partner, gus: Client
    ) -> None:
        """Not by ticking it, not by naming it past the form, and not by naming none."""
        other = scenes.second_camera(cast)
        store([with_images(a_sighting(other, PLATE, NOW - timedelta(hours=3)))])
        assert other.name.encode() not in gus.get("/queries/").content
        assert gus.post("/queries/", QUESTION | {"cameras": [other.pk]}).status_code == 422
        with pytest.raises(PolicyRefusal, match="SHR-1"):
            asked(partner, cameras=(other.pk,))
        page = gus.get(gus.post("/queries/", QUESTION)["Location"])
        assert PICTURE not in page.content
        assert Query.objects.get().camera_ids == [cast.camera.pk]

    def test_after_its_end_nothing_opens(self, cast: Cast, partner: Partner, clock: list[Any]) -> None:
        """It ends by itself, to the second: no new search, and no look at what was found while it was in force."""
        a_read(cast)
        query, end = asked(partner), partner.version.ends_at
        Query.objects.update(expires_at=end + timedelta(days=1))
        query.refresh_from_db()
        assert queries.answer(query, actor=partner.actor, now=NOW).total == 1
        clock[0] = end - timedelta(seconds=1)
        assert partner.actor.roles == {Role.GUEST}
        clock[0] = end
        assert partner.actor.roles == frozenset()
        late: dict[str, Any] = {"actor": partner.actor, "now": end}
        with pytest.raises(PolicyRefusal, match="SHR-1"):
            queries.answer(query, **late)
        with pytest.raises(PolicyRefusal, match="SHR-1"):
            taking.export(query, form="csv", **late)
        with pytest.raises(PolicyRefusal, match="SHR-1"):
            asked(partner)

    def test_a_narrower_version_narrows_what_is_open(self, cast: Cast, partner: Partner, gus: Client) -> None:
        """An answer to a purpose that is no longer covered does not open again; a camera taken out shows nothing."""
        other, read = scenes.second_camera(cast), a_read(cast)
        answer = gus.post("/queries/", QUESTION)["Location"]
        assert PICTURE in gus.get(answer).content
        scenes.agree(cast, partner.agency, cameras=frozenset({other.pk}))
        assert PICTURE not in gus.get(answer).content
        assert gus.post(f"{answer}reads/{read.id}/").status_code == 404
        scenes.agree(cast, partner.agency, purposes=frozenset({Purpose.OFFENDER}))
        assert gus.get(answer).status_code == 403

    def test_no_door_but_the_search_and_their_own_pages_opens(self, gus: Client) -> None:
        """A guest goes to every address there is: alerts, cases, lists, people, the log are refused."""
        opened = set()
        for name, arguments in views():
            door = DOORS[name]
            if isinstance(door, Open):
                continue
            url = reverse(name, kwargs=arguments)
            if not {gus.get(url).status_code, gus.post(url).status_code} <= {403, 404, 405}:
                opened.add(name)
        mine = {
            name
            for name, door in DOORS.items()
            if not isinstance(door, Open) and Role.GUEST in roles_for(door)
        }
        assert opened <= mine
        assert mine == {
            *("queries:ask", "queries:held", "queries:review", "queries:settle", "queries:answer"),
            *("queries:complete", "queries:export", "queries:print", "queries:image"),
            *("sharing:use", "sharing:take", "notices:inbox", "notices:handle"),
        }

    def test_a_role_granted_past_the_rules_counts_for_nothing(self, cast: Cast, partner: Partner) -> None:
        """Even with every role in the table, somebody of a partner agency is a guest; nobody of ours is one."""
        for role in set(Role) - {Role.GUEST}:
            partner.guest.grants.create(role=role, granted_at=NOW, granted_by="x")
        assert partner.actor.roles == {Role.GUEST}
        cast.eve.grants.create(role=Role.GUEST, granted_at=NOW, granted_by="x")
        assert cast.actor("eve").roles == frozenset()

    def test_a_guest_decides_on_nothing(self, cast: Cast, partner: Partner, gus: Client) -> None:
        """A held search of anybody's is not theirs to see; their own goes to our supervisors."""
        held = asked(partner, reason="He is a Muslim, and the burglar fled in this car", held=True)
        assert gus.get(reverse("queries:review", args=[held.pk])).status_code == 404
        assert Notice.objects.get(kind="query.held").to_role == Role.SUPERVISOR
        from platewarden.queries.doors import held_searches

        assert [one.pk for one in held_searches(cast.actor("sue"), now=NOW)] == [held.pk]
        assert held_searches(partner.actor, now=NOW) == []

    def test_one_guest_does_not_see_what_another_found(
        self, cast: Cast, partner: Partner, gus: Client, sign_in: Any
    ) -> None:
        """An answer belongs to whoever asked, within the partner agency too."""
        a_read(cast)
        answer = gus.post("/queries/", QUESTION)["Location"]
        colleague = scenes.invite(cast, partner.agency, "gil")
        assert sign_in(colleague).get(answer).status_code == 404


def asked(partner: Partner, *, held: bool = False, **scope: Any) -> Query:
    """Let the guest ask past the form."""
    justification = Justification(
        scope.pop("purpose", Purpose.CRIMINAL_INVESTIGATION),
        scope.pop("reason", QUESTION["reason"]),
        QUESTION["case_number"],
    )
    until = scope.pop("seen_until", NOW - timedelta(minutes=15))
    return queries.ask(
        justification=justification,
        scope=QueryScope(
            scope.pop("kind", QueryKind.EXACT),
            scope.pop("plate", PLATE),
            scope.pop("cameras", ()),
            scope.pop("seen_from", until - timedelta(days=7)),
            until,
        ),
        actor=partner.actor,
        now=NOW,
        for_decision=held,
    )


@pytest.mark.django_db(transaction=False)
@pytest.mark.clause("SHR-1")
@bounds(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_search_of_a_guest_finds_a_read_outside_the_agreement(
    cast: Cast, partner: Partner, data: st.DataObject
) -> None:
    """Whatever is asked, by whatever kind, of whatever cameras and window, and whatever the agreement says by then."""
    cameras = _cameras_with_reads(cast)
    ids = [camera.pk for camera in cameras]
    AgreementVersion.objects.filter(pk=partner.version.pk).update(ended_at=None)
    _set(partner, data.draw(st.sets(st.sampled_from(ids))), data.draw(st.integers(1, 30)))
    query = Query(
        agency=partner.agency,
        asked_by=partner.guest,
        kind=data.draw(st.sampled_from(list(QueryKind))),
        plate_text="",
        camera_ids=data.draw(st.lists(st.sampled_from(ids), unique=True)),
        seen_from=NOW - timedelta(days=data.draw(st.integers(1, 30))),
        seen_until=NOW - timedelta(hours=data.draw(st.integers(0, 48))),
        most=500,
    )
    if query.kind != QueryKind.CAMERA_TIME:
        patterns = [PLATE] if query.kind != QueryKind.PATTERN else [PLATE, "WLK*", "*", "?LK9*"]
        query.plate_text = data.draw(st.sampled_from(patterns))
    terms = partner.actor.terms
    found = queries.found_by(query, now=NOW).reads
    if terms is None:
        assert found == []
        return
    assert {read.camera_id for read in found} <= terms.cameras
    assert all(read.seen_at >= NOW - terms.reach for read in found)
    wanted = set(query.camera_ids) or set(ids)
    assert {read.camera_id for read in found} <= wanted


def _cameras_with_reads(cast: Cast) -> list[Any]:
    """Return two cameras of ours, each with a read of one plate every day."""
    from platewarden.cameras.models import Camera

    if not Camera.objects.filter(code="route-79").exists():
        cameras = [cast.camera, scenes.second_camera(cast)]
        store(
            a_sighting(camera, PLATE, NOW - timedelta(days=day, hours=1))
            for camera in cameras
            for day in range(29)
        )
    return list(Camera.objects.order_by("pk"))


def _set(partner: Partner, cameras: set[int], days: int) -> None:
    """Let another version be in force, past the rules."""
    latest = AgreementVersion.objects.filter(agency=partner.agency).order_by("-number")[0]
    AgreementVersion.objects.create(
        agency=partner.agency,
        number=latest.number + 1,
        purposes=latest.purposes,
        camera_ids=sorted(cameras),
        reach_days=days,
        begins_at=latest.begins_at,
        ends_at=latest.ends_at,
        text="",
        prepared_by=latest.prepared_by,
        prepared_at=NOW,
        decided_by=latest.decided_by,
        decided_at=NOW,
        is_opened=True,
    )


@pytest.mark.django_db
@pytest.mark.clause("SHR-1")
def test_a_query_takes_one_plate_and_ends(cast: Cast, partner: Partner, gus: Client) -> None:
    """Several plates in one field are refused, and an answer has a fixed end: nothing goes on by itself."""
    assert gus.post("/queries/", QUESTION | {"plate_text": "WLK9027, KAB4821"}).status_code == 422
    query = asked(partner)
    assert query.expires_at <= NOW + timedelta(days=1)
