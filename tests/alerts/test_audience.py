"""What the database selects for a person is what the policy says of each alert."""

import uuid
from datetime import timedelta
from itertools import product

import pytest

from platewarden.alerts.audience import event_facts, facts_of_event, seen_by, told_to
from platewarden.alerts.hearing import heard
from platewarden.alerts.listeners import Ear, missed_by
from platewarden.alerts.models import Alert
from platewarden.cameras.models import Area
from platewarden.duty.actions import start_shift
from platewarden.policy.actor import Role
from platewarden.policy.audiences import Audience, Duty, may_see_alert, receives
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

NORTH, SOUTH = Duty(frozenset({"north"})), Duty(frozenset({"south"}))


def make_alerts(cast: Cast) -> list[Alert]:
    """One alert for every combination of audience, areas and priority."""
    audiences = (
        Audience(),
        Audience(roles=frozenset({Role.INVESTIGATOR})),
        Audience(roles=frozenset({Role.DISPATCHER}), people=frozenset({str(cast.alice.pk)})),
    )
    areas: tuple[list[str], ...] = ([], ["north"], ["north", "south"], ["west"])
    facts = product(audiences, areas, ("low", "normal", "high"))
    return [
        Alert.objects.create(
            id=uuid.uuid4(),
            agency=cast.agency,
            number=number,
            changed_number=number,
            hit_id=uuid.uuid4(),
            hit_seen_at=NOW,
            raised_at=NOW,
            category="manual",
            grade="exact_state_agrees",
            priority=priority,
            audience=audience.codes,
            areas=held,
        )
        for number, (audience, held, priority) in enumerate(facts, start=1)
    ]


@pytest.mark.clause("USE-1", "HIT-1")
@pytest.mark.parametrize("on_duty", [(), ("north",), ("north", "south")], ids=str)
def test_the_database_decides_as_the_policy_does(cast: Cast, on_duty: tuple[str, ...]) -> None:
    """For every person, duty and alert: what they may see, and what they are told of by itself."""
    for code in on_duty:
        area = Area.objects.create(agency=cast.agency, code=code, name=code)
        ends_at = NOW + timedelta(hours=8)
        start_shift(
            areas=[area], ends_at=ends_at, actor=cast.actor("max" if code == "south" else "sue"), now=NOW
        )
    alerts = make_alerts(cast)
    facts = {alert.number: facts_of_event(event_facts(alert, now=NOW)) for alert in alerts}
    for name, duty in product(("alice", "dee", "ivan", "sue"), (None, Duty(), NORTH, SOUTH)):
        actor = cast.actor(name)
        seen = set(Alert.objects.filter(seen_by(actor)).values_list("number", flat=True))
        told = set(Alert.objects.filter(told_to(actor, duty, now=NOW)).values_list("number", flat=True))
        assert seen == {number for number, one in facts.items() if may_see_alert(actor, one).allowed}
        assert told == {number for number, one in facts.items() if receives(actor, one, duty=duty)}
        assert told <= seen


@pytest.mark.clause("HIT-1")
def test_who_comes_back_is_told_what_concerns_them_and_of_what_changed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alert of another area, or one heard of before, is a quiet change; one for others is nothing at all."""
    monkeypatch.setattr("platewarden.alerts.listeners.close_old_connections", lambda: None)
    monkeypatch.setattr("platewarden.alerts.listeners.utc_now", lambda: NOW)
    make_alerts(cast)
    north = Alert.objects.get(number=5)
    assert (north.areas, north.audience, north.priority) == (["north"], [], "normal")
    start_shift(
        areas=[Area.objects.create(agency=cast.agency, code="north", name="North")],
        ends_at=NOW + timedelta(hours=8),
        actor=cast.actor("sue"),
        now=NOW,
    )
    for ear, kind in (
        (Ear(cast.actor("alice"), NORTH), "alert"),
        (Ear(cast.actor("alice"), SOUTH), "alert-changed"),
    ):
        events, position = missed_by(ear, 4)
        assert [(one["event"], one["position"]) for one in events if one["number"] == 5] == [(kind, 5)]
        assert position == 36
        assert not [one for one in events if one["audience"] == ["role:investigator"]]
    Alert.objects.filter(number=5).update(changed_number=50)
    events, position = missed_by(Ear(cast.actor("alice"), NORTH), 36)
    assert ([one["event"] for one in events], position) == (["alert-changed"], 50)
    Alert.objects.filter(number=5).update(moved_number=50)
    events, _ = missed_by(Ear(cast.actor("alice"), NORTH), 36)
    assert [one["event"] for one in events] == ["alert"]


@pytest.mark.clause("HIT-1")
def test_an_alert_that_moves_is_news_where_it_comes_to(cast: Cast) -> None:
    """Those it did not concern before are told as of a new one; those who have heard of it see it change, quietly."""
    alert = make_alerts(cast)[4]
    before = event_facts(alert, now=NOW) | {"covered": True}
    alert.areas = ["south"]
    moved = event_facts(alert, now=NOW) | {"covered": True, "event": "alert-changed", "before": before}
    kinds = {}
    for place, duty in (("north", NORTH), ("south", SOUTH), ("everywhere", Duty())):
        event = heard(moved, Ear(cast.actor("alice"), duty))
        assert event is not None
        kinds[place] = event["event"]
    assert kinds == {"north": "alert-changed", "south": "alert", "everywhere": "alert-changed"}


@pytest.mark.clause("USE-1")
def test_what_is_for_others_is_not_even_a_change(cast: Cast) -> None:
    """An officer's console hears nothing at all of an alert for investigators; nor of other people's duty."""
    secret = make_alerts(cast)[13]
    assert secret.audience == ["role:investigator"]
    event = event_facts(secret, now=NOW)
    for kind in ("alert", "alert-changed"):
        assert heard(event | {"event": kind}, Ear(cast.actor("alice"))) is None
        assert heard(event | {"event": kind}, Ear(cast.actor("ivan"))) is not None
    duty = {"event": "duty", "agency": cast.agency.pk, "user": str(cast.alice.pk)}
    assert heard(duty, Ear(cast.actor("dee"))) is None
    assert heard(duty, Ear(cast.actor("alice"))) is not None
    notice = {"event": "notice", "agency": cast.agency.pk, "to_role": "supervisor", "to_user": ""}
    assert heard(notice, Ear(cast.actor("alice"))) is None
    assert heard(notice, Ear(cast.actor("sue"))) is not None
