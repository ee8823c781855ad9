"""Two people set an endpoint up; messages reach it once each, or are given up and said to be."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from platewarden.accounts.actors import system_actor
from platewarden.alerts import actions as alerts
from platewarden.alerts.models import Alert, Hit
from platewarden.notices.doors import inbox_of
from platewarden.policy.actor import Role
from platewarden.policy.audiences import Audience
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.hits import Comparison, StatusCheck, Verification
from platewarden.retention.actions import purge_due
from platewarden.webhooks import actions
from platewarden.webhooks.models import Delivery, Endpoint
from platewarden.webhooks.signing import key_path
from tests.alerts.scenes import PLATE, another, entries, list_entry, pass_by
from tests.cast import Cast
from tests.conftest import NOW
from tests.telling import spoken
from tests.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db

URL = "https://dispatch.example.gov/platewarden"


def propose(cast: Cast, url: str = URL) -> Endpoint:
    """Ada proposes an endpoint."""
    endpoint, _ = actions.propose_endpoint(name="Dispatch", url=url, actor=cast.actor("ada"), now=NOW)
    return endpoint


def set_up(cast: Cast, url: str = URL) -> Endpoint:
    """Ada proposes, Sue adopts."""
    endpoint = propose(cast, url)
    actions.adopt_endpoint(endpoint=endpoint, actor=cast.actor("sue"), now=NOW)
    return endpoint


def attempts(delivery: Delivery, *, now: datetime = NOW) -> None:
    """Let the job try until the message is taken or given up."""
    for _ in range(actions.MOST_ATTEMPTS):
        try:
            actions.deliver(delivery.pk, now=now)
        except actions.TryAgainError:
            continue
        return


@pytest.mark.clause("ADM-4")
def test_nothing_is_sent_before_a_second_person_has_adopted_it(cast: Cast) -> None:
    """Whoever proposes it does not; supervisors are told that it waits."""
    endpoint = propose(cast)
    another(cast, NOW)
    assert not Delivery.objects.exists()
    assert [str(notice.kind) for notice in inbox_of(cast.actor("sue"))] == ["webhook.proposed"]
    for name in ("ada", "alice"):
        with pytest.raises(PolicyRefusal, match="ADM-4"):
            actions.adopt_endpoint(endpoint=endpoint, actor=cast.actor(name), now=NOW)
    actions.adopt_endpoint(endpoint=endpoint, actor=cast.actor("sue"), now=NOW)
    assert not inbox_of(cast.actor("sue")).filter(handled_at=None)
    another(cast, NOW)
    assert Delivery.objects.count() == 1
    assert len(entries("webhook.proposed")) == len(entries("webhook.adopted")) == 1


@pytest.mark.clause("ADM-4")
@pytest.mark.parametrize("name", ["sue", "alice", "tom", "eve"])
def test_only_an_administrator_proposes(cast: Cast, name: str) -> None:
    """Nobody else sends anything anywhere."""
    with pytest.raises(PolicyRefusal, match="ADM-4"):
        actions.propose_endpoint(name="Mine", url=URL, actor=cast.actor(name), now=NOW)


def test_the_key_is_in_a_file_of_its_owner_and_in_no_table(cast: Cast) -> None:
    """Mode 0600, outside the database."""
    endpoint, key = actions.propose_endpoint(name="Dispatch", url=URL, actor=cast.actor("ada"), now=NOW)
    assert key.startswith("whsec_")
    assert key_path(endpoint.pk).stat().st_mode & 0o777 == 0o600
    assert key not in str([entries("webhook.proposed"), *Endpoint.objects.values()])


@pytest.mark.clause("HIT-2")
def test_a_message_calls_the_alert_unverified_until_somebody_has_verified_it(cast: Cast) -> None:
    """And then says how that came out; each deed of a person is a message of its own."""
    set_up(cast)
    alert = another(cast, NOW, entry={"priority": "high"})
    alice = cast.actor("alice")
    alerts.acknowledge(alert=alert, actor=alice, now=NOW)
    alerts.open_alert(alert=alert, hit=Hit.objects.get(), actor=alice, now=NOW)
    matched = Verification(Comparison.MATCH, Comparison.MATCH, StatusCheck.CONFIRMED)
    alerts.verify(alert=alert, verification=matched, actor=alice, now=NOW)
    bodies = [json.loads(one.body) for one in Delivery.objects.order_by("created_at", "event")]
    told = sorted((body["type"], body["data"]["status"], body["data"]["taken"]) for body in bodies)
    assert told == [
        ("alert.changed", "unverified", True),
        ("alert.changed", "verified, status confirmed", True),
        ("alert.raised", "unverified", False),
    ]
    for body in bodies:
        assert bool(body["data"]["warning"]) is (body["data"]["status"] == "unverified")
        assert body["data"]["number"] == alert.number


@pytest.mark.clause("RET-1", "USE-1")
def test_a_message_holds_no_plate_no_picture_and_no_place(cast: Cast) -> None:
    """It goes to where nothing is purged after thirty days; its own row goes with the alert's day."""
    set_up(cast)
    list_entry(cast, NOW, reason="Seen at Mill Street", case_number="2026-004417")
    alert = pass_by(cast, NOW)
    body = Delivery.objects.get().body
    secrets: tuple[str, ...] = (PLATE, "KAB4821", "Mill Street", "Route 13", "base64", "2026-004417")
    secrets += (str(alert.hit_id), str(Hit.objects.get().read_id))
    for secret in secrets:
        assert secret not in body
    assert "4821" not in spoken(body)
    purge_due(actor=system_actor("purge timer"), now=NOW + timedelta(days=31))
    assert not Delivery.objects.exists()


@pytest.mark.clause("USE-1")
def test_an_alert_that_is_not_for_dispatchers_is_not_sent(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dispatch system is no way round an audience."""
    set_up(cast)
    for role, sent in ((Role.INVESTIGATOR, 0), (Role.DISPATCHER, 1)):
        audience = Audience(roles=frozenset({role}))
        monkeypatch.setattr("platewarden.alerts.raising._audience_of", lambda _, found=audience: found)
        another(cast, NOW)
        assert Delivery.objects.count() == sent


def test_a_message_leaves_with_its_alert_or_not_at_all(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job is part of the transaction: what is rolled back is not sent."""
    set_up(cast)
    jobs = ProcrastinateJob.objects.filter(task_name="deliver_webhook")
    another(cast, NOW)
    assert jobs.count() == 1
    monkeypatch.setattr("platewarden.alerts.raising.tell_dispatch", _fail)
    with pytest.raises(RuntimeError):
        another(cast, NOW)
    assert (Delivery.objects.count(), jobs.count(), Alert.objects.count()) == (1, 1, 1)


def _fail(*_: Any, **__: Any) -> None:
    raise RuntimeError("the power goes")


def test_a_message_is_taken(cast: Cast, receiver: Receiver) -> None:
    """Over TLS, to the very path, once: a job that runs again finds that it was taken."""
    set_up(cast, receiver.url)
    another(cast, NOW)
    delivery = Delivery.objects.get()
    actions.deliver(delivery.pk, now=NOW)
    actions.deliver(delivery.pk, now=NOW)
    ((headers, body),) = receiver.arrived
    assert body.decode() == delivery.body
    assert headers["webhook-id"] == f"msg_{delivery.pk.hex}"
    assert headers["content-type"] == "application/json"
    delivery.refresh_from_db()
    assert (delivery.delivered_at, delivery.attempts, delivery.problem) == (NOW, 1, "")


def test_a_failure_is_tried_again_under_the_same_id(cast: Cast, receiver: Receiver) -> None:
    """With the same body and a timestamp of its own, so that a receiver can tell a repeat from a recording."""
    set_up(cast, receiver.url)
    another(cast, NOW)
    delivery = Delivery.objects.get()
    receiver.answers += [500, 302, 204]
    for seconds, problem in (
        (0, "It answered 500: no success."),
        (2, "It answered 302: a redirect, which is not followed."),
    ):
        with pytest.raises(actions.TryAgainError):
            actions.deliver(delivery.pk, now=NOW + timedelta(seconds=seconds))
        delivery.refresh_from_db()
        assert delivery.problem == problem
    actions.deliver(delivery.pk, now=NOW + timedelta(seconds=6))
    assert len({headers["webhook-id"] for headers, _ in receiver.arrived}) == 1
    assert len({body for _, body in receiver.arrived}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in receiver.arrived}) == 3


def test_what_is_never_taken_is_given_up_and_said_to_be(cast: Cast, receiver: Receiver) -> None:
    """The administrator is told, once an hour at most; and can send it again."""
    set_up(cast, receiver.url)
    another(cast, NOW)
    another(cast, NOW)
    receiver.answers += [503] * 20
    for delivery in Delivery.objects.all():
        attempts(delivery)
    assert {(one.dead_at, one.attempts) for one in Delivery.objects.all()} == {(NOW, 10)}
    assert [str(notice.kind) for notice in inbox_of(cast.actor("ada"))] == ["webhook.dead"]
    again = Delivery.objects.first()
    assert again is not None
    actions.send_again(delivery=again, actor=cast.actor("ada"), now=NOW)
    attempts(again)
    again.refresh_from_db()
    assert (again.delivered_at, again.dead_at) == (NOW, None)
    with pytest.raises(PolicyRefusal):
        actions.send_again(delivery=again, actor=cast.actor("alice"), now=NOW)


def test_what_a_stopped_worker_left_behind_is_given_up(cast: Cast) -> None:
    """Rather than lie there for ever as if it were on its way."""
    set_up(cast)
    another(cast, NOW)
    assert actions.bury_stuck(now=NOW + timedelta(minutes=59)) == 0
    assert actions.bury_stuck(now=NOW + timedelta(minutes=61)) == 1
    delivery = Delivery.objects.get()
    assert delivery.dead_at == NOW + timedelta(minutes=61)
    assert "stopped" in delivery.problem


@pytest.mark.clause("ADM-4")
def test_a_withdrawn_endpoint_gets_nothing_more(cast: Cast, receiver: Receiver) -> None:
    """Not even what was on its way."""
    endpoint = set_up(cast, receiver.url)
    another(cast, NOW)
    actions.withdraw_endpoint(endpoint=endpoint, actor=cast.actor("ada"), now=NOW)
    another(cast, NOW)
    delivery = Delivery.objects.get()
    actions.deliver(delivery.pk, now=NOW)
    assert not receiver.arrived
    assert delivery.problem == "The endpoint was withdrawn."
