"""A camera is carried off and goes on submitting, or somebody alone says that it was not moved."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from platewarden.cameras.duties import duties_at
from platewarden.cameras.models import Camera, CameraPosition, FoundBy, MoveFinding
from platewarden.cameras.moves import confirm_unmoved, say_unmoved
from platewarden.cameras.statements import approve_statement, look_at_still, sign_statement
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.notices.models import Notice
from platewarden.policy.actor import Role
from platewarden.policy.capture import CameraKind
from platewarden.reads.models import Read
from tests.cameras.stage import deploy, picture, register
from tests.cast import Cast, let_submit
from tests.conftest import NOW
from tests.ingest.test_ingest import a_read

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HERE = {"latitude": 42.4502, "longitude": -76.5}
"""Some twenty metres from where the camera of the cast is registered."""
FAR = {"latitude": 42.46, "longitude": -76.5}
"""Eleven hundred metres from there."""
BESIDE_FAR = {"latitude": 42.4603, "longitude": -76.5}
ELSEWHERE = {"latitude": 42.40, "longitude": -76.5}


class Clock:
    """The moment at which everything happens; each delivery comes a minute after the one before."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Return it."""
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The device API and the pages play at a moment that the test moves on."""
    clock = Clock()
    for module in ("cameras.move_views", "cameras.showing", "ingest.api", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", clock)
    return clock


def submit(client: Client, credential: str, clock: Clock, *places: dict[str, float] | None) -> list[Any]:
    """Deliveries a minute apart, one read each, that say these *places*; return the answers."""
    answers = []
    for place in places:
        clock.now += MINUTE
        read = a_read(
            capture_id=f"at-{clock.now:%H%M}", seen_at=(clock.now - MINUTE / 6).isoformat(), position=place
        )
        answers.append(
            client.post(
                "/api/v1/reads",
                json.dumps({"reads": [read]}),
                content_type="application/json",
                headers={"Authorization": f"Bearer {credential}"},
            )
        )
    return answers


def codes(answers: list[Any]) -> list[int]:
    """The status of each of *answers*."""
    return [answer.status_code for answer in answers]


@pytest.mark.clause("CAP-1")
def test_a_camera_that_was_carried_off_is_refused_from_its_fifth_delivery_on(
    cast: Cast, client: Client, clock: Clock
) -> None:
    """Nothing from there is stored any more; administrator and supervisor are told, once, and it is a duty."""
    answers = submit(client, cast.credential, clock, *[FAR] * 6)
    assert codes(answers) == [201, 201, 201, 201, 403, 403]
    assert answers[4].json()["clause"] == "CAP-1"
    assert "not at its registered place" in answers[4].json()["message"]
    assert Read.objects.count() == 4
    told = Notice.objects.filter(kind="camera.moved", handled_at=None)
    assert sorted(told.values_list("to_role", flat=True)) == [Role.ADMINISTRATOR, Role.SUPERVISOR]
    assert [duty.what for duty in duties_at(clock.now)] == ["Look whether camera route-13 was moved"]
    entry = LedgerBody.objects.get(leaf__kind=Kind.CAMERA_FOUND_MOVED).content
    assert (entry["details"]["metres"], entry["details"]["deliveries"]) == (1112, 5)
    back = submit(client, cast.credential, clock, HERE)
    assert codes(back) == [403], "saying that it is back brings no statement back"


@pytest.mark.clause("CAP-1")
def test_one_wrong_fix_and_a_camera_that_says_nothing_stop_no_camera(
    cast: Cast, client: Client, clock: Clock
) -> None:
    """Four wrong places, a right one, four more; places that are not said change nothing and count for nothing."""
    submit(client, cast.credential, clock, *[FAR] * 4, HERE, *[FAR] * 4, None, HERE, *[None] * 3)
    assert Read.objects.count() == 14
    position = CameraPosition.objects.get()
    assert (position.metres, position.away, position.away_since) == (22, 0, None)
    assert not MoveFinding.objects.exists()


@pytest.mark.clause("CAP-1")
def test_one_wrong_fix_sent_again_and_again_stops_no_camera(cast: Cast, client: Client, clock: Clock) -> None:
    """A delivery whose answer is lost, or that cannot be stored, comes again for as long as the trouble lasts."""
    (first,) = submit(client, cast.credential, clock, FAR)
    sent = {"reads": [a_read("at-1", seen_at=(clock.now - MINUTE / 6).isoformat(), position=FAR)]}
    for _ in range(8):
        clock.now += MINUTE
        answer = client.post(
            "/api/v1/reads", sent, "application/json", headers={"Authorization": f"Bearer {cast.credential}"}
        )
        assert answer.status_code in {200, 201}
    assert (first.status_code, MoveFinding.objects.count()) == (201, 0)


@pytest.mark.clause("CAP-1")
def test_nobody_alone_says_that_a_camera_did_not_move(cast: Cast, client: Client, clock: Clock) -> None:
    """An administrator may do both, and never both of one camera; a colleague must."""
    submit(client, cast.credential, clock, *[FAR] * 5)
    finding = MoveFinding.objects.get()
    said = reverse("cameras:unmoved", args=[cast.camera.pk, finding.pk])
    confirmed = reverse("cameras:confirm_unmoved", args=[cast.camera.pk, finding.pk])
    client.force_login(cast.sue)
    assert client.post(confirmed).status_code == 403, "nobody has said anything that could be confirmed"
    client.force_login(cast.ada)
    assert client.post(said, {"why": " "}).status_code == 422
    assert client.post(said, {"why": "Its receiver hangs under a tin roof."}).status_code == 302
    answer = client.post(confirmed)
    assert answer.status_code == 403
    assert "does not confirm it" in answer.content.decode()
    assert codes(submit(client, cast.credential, clock, FAR)) == [403]
    client.force_login(cast.sue)
    assert "tin roof" in client.get(reverse("cameras:detail", args=[cast.camera.pk])).content.decode()
    assert client.post(confirmed).status_code == 302
    assert codes(submit(client, cast.credential, clock, *[BESIDE_FAR] * 6)) == [201] * 6, "known to be wrong"
    assert not Notice.objects.filter(kind__startswith="camera.", handled_at=None).exists()
    assert codes(submit(client, cast.credential, clock, *[ELSEWHERE] * 5))[-1] == 403, "another place is not"
    Camera.objects.filter(pk=cast.camera.pk).update(moved_at=clock.now)
    camera = Camera.objects.get(pk=cast.camera.pk)
    let_submit(camera, signed_by=cast.ada, approved_by=cast.sue, now=clock.now + MINUTE / 60)
    assert codes(submit(client, cast.credential, clock, *[FAR] * 5))[-1] == 403, (
        "of where it stands now all is open"
    )


@pytest.mark.clause("CAP-1")
def test_what_it_sees_is_signed_and_approved_anew_and_nothing_from_before_comes_back(
    cast: Cast, client: Client, clock: Clock
) -> None:
    """A statement signed before it was found counts no more, nor one that waited; a new one ends the finding."""
    waiting = sign_statement(
        camera=cast.camera, text="The road.", still=picture(), actor=cast.actor("ada"), now=clock.now
    )
    submit(client, cast.credential, clock, *[FAR] * 5)
    client.force_login(cast.sue)
    look_at_still(statement=waiting, actor=cast.actor("sue"), now=clock.now)
    approve = reverse("cameras:approve", args=[cast.camera.pk, waiting.pk])
    assert client.post(approve).status_code == 403
    clock.now += MINUTE
    anew = sign_statement(
        camera=cast.camera, text="The road.", still=picture(), actor=cast.actor("ada"), now=clock.now
    )
    look_at_still(statement=anew, actor=cast.actor("sue"), now=clock.now)
    approve_statement(statement=anew, actor=cast.actor("sue"), now=clock.now)
    assert MoveFinding.objects.get().settled == "signed"
    assert codes(submit(client, cast.credential, clock, HERE)) == [201]


@pytest.mark.clause("CAP-1")
def test_what_was_signed_or_said_of_something_else_settles_no_finding(
    cast: Cast, client: Client, clock: Clock
) -> None:
    """A statement signed before the view differed; a word on the view, where that on the place waits as well."""
    before = sign_statement(
        camera=cast.camera, text="The road.", still=picture(), actor=cast.actor("ada"), now=clock.now
    )
    seen = MoveFinding.objects.create(camera=cast.camera, found_by=FoundBy.VIEW, found_at=clock.now + MINUTE)
    look_at_still(statement=before, actor=cast.actor("sue"), now=clock.now)
    approve_statement(statement=before, actor=cast.actor("sue"), now=clock.now + 2 * MINUTE)
    submit(client, cast.credential, clock, *[FAR] * 5)
    assert MoveFinding.objects.filter(settled_at=None).count() == 2, "of the view, and now of the place"
    for finding in MoveFinding.objects.all():
        say_unmoved(finding=finding, why="I was there.", actor=cast.actor("ada"), now=clock.now)
    waits = Notice.objects.filter(kind="camera.unmoved_waits", handled_at=None)
    confirm_unmoved(finding=seen, actor=cast.actor("sue"), now=clock.now)
    assert waits.exists()
    confirm_unmoved(finding=MoveFinding.objects.get(settled_at=None), actor=cast.actor("sue"), now=clock.now)
    assert not waits.exists()


@pytest.mark.clause("CAP-1", "CAP-5")
def test_a_trailer_is_compared_with_the_place_of_its_deployment(
    cast: Cast, client: Client, clock: Clock
) -> None:
    """One that is dragged away during it is refused; a camera on a vehicle may be anywhere."""
    from platewarden.cameras.credentials import issue_credential

    trailer = register(cast)
    credential = issue_credential(camera=trailer, actor=cast.actor("ada"), now=NOW)
    deploy(cast, trailer, starts_at=NOW - 60 * MINUTE, ends_at=NOW + 60 * MINUTE)
    there = {"latitude": 42.442, "longitude": -76.515}
    assert codes(submit(client, credential, clock, there, *[FAR] * 5))[-2:] == [201, 403]
    assert Camera.objects.get(pk=trailer.pk).found_moved_at == clock.now
    Camera.objects.filter(pk=cast.camera.pk).update(kind=CameraKind.MOBILE)
    assert codes(submit(client, cast.credential, clock, *[FAR] * 6)) == [201] * 6
