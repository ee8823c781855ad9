"""Deployments of a portable camera: asked for, authorised by a second person, ended, and where its reads were made."""

from datetime import timedelta
from typing import Any

import pytest

from platewarden.cameras.deployments import ask_deployment, authorise_deployment, end_deployment
from platewarden.cameras.models import Camera, Deployment
from platewarden.cameras.standing import camera_facts, place_at, place_name_at
from platewarden.ledger.models import LedgerLeaf
from platewarden.notices.models import Notice
from platewarden.policy.decision import PolicyRefusal
from tests.cameras.stage import deploy, register
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def ask(cast: Cast, camera: Camera, who: str = "ada", **changes: Any) -> Deployment:
    """A deployment of two days from now on that *who* asks for."""
    said: dict[str, Any] = {
        "place": "Lakeside lot",
        "latitude": 42.442,
        "longitude": -76.515,
        "heading_degrees": 190,
        "starts_at": NOW,
        "ends_at": NOW + 48 * HOUR,
        "reason": "Thefts from cars at the fair",
        **changes,
    }
    return ask_deployment(camera=camera, **said, actor=cast.actor(who), now=NOW)


@pytest.mark.clause("CAP-5")
def test_a_deployment_is_in_force_once_a_second_person_has_authorised_it(cast: Cast) -> None:
    """Supervisors are told that it waits; every step is on the ledger."""
    camera = register(cast)
    deployment = ask(cast, camera)
    assert not camera_facts(camera, now=NOW).deployments
    (told,) = Notice.objects.filter(kind="deployment.waits", handled_at=None)
    assert told.due_at == NOW + HOUR  # asked for at once, and nobody is late yet
    with pytest.raises(PolicyRefusal, match="does not authorise"):
        authorise_deployment(deployment=deployment, actor=cast.actor("ada"), now=NOW)
    later = NOW + HOUR
    authorise_deployment(deployment=deployment, actor=cast.actor("sue"), now=later)
    (facts,) = camera_facts(camera, now=later).deployments
    assert (facts.starts_at, facts.ends_at) == (later, NOW + 48 * HOUR)
    assert not Notice.objects.filter(kind="deployment.waits", handled_at=None).exists()
    kinds = set(LedgerLeaf.objects.values_list("kind", flat=True))
    assert {"deployment.asked", "deployment.authorised"} <= kinds


@pytest.mark.clause("CAP-5")
def test_it_is_at_one_place_at_a_time(cast: Cast) -> None:
    """A request that waits blocks another one too; one that was ended does not."""
    camera = register(cast)
    first = ask(cast, camera)
    with pytest.raises(PolicyRefusal, match="another deployment"):
        ask(cast, camera, starts_at=NOW + 47 * HOUR, ends_at=NOW + 60 * HOUR)
    ask(cast, camera, starts_at=NOW + 48 * HOUR, ends_at=NOW + 60 * HOUR)
    end_deployment(deployment=first, actor=cast.actor("sue"), now=NOW)
    assert ask(cast, camera).pk


@pytest.mark.clause("CAP-5")
def test_an_ended_deployment_is_in_force_no_more(cast: Cast) -> None:
    """At once for what is seen; what was seen before comes in for a day. Ending it again changes nothing."""
    camera = register(cast)
    deployment = deploy(cast, camera, starts_at=NOW - 10 * HOUR, ends_at=NOW + 10 * HOUR)
    end_deployment(deployment=deployment, actor=cast.actor("ada"), now=NOW)
    (facts,) = camera_facts(camera, now=NOW + HOUR).deployments
    assert facts.ends_at == NOW
    assert camera_facts(camera, now=NOW + 24 * HOUR).deployments == ()
    entries = LedgerLeaf.objects.count()
    end_deployment(deployment=deployment, actor=cast.actor("ada"), now=NOW + HOUR)
    assert LedgerLeaf.objects.count() == entries


@pytest.mark.clause("CAP-5")
def test_what_it_saw_was_where_it_was_deployed_then(cast: Cast) -> None:
    """Not where it is kept, and not where it stands now."""
    camera = register(cast, latitude=42.0, longitude=-76.0)
    deploy(cast, camera, starts_at=NOW - 10 * HOUR, ends_at=NOW - 5 * HOUR)
    assert place_at(camera, NOW - 6 * HOUR) == (42.442, -76.515)
    assert place_name_at(camera, NOW - 6 * HOUR) == "Lakeside lot"
    assert place_at(camera, NOW) == (42.0, -76.0)
    assert place_name_at(camera, NOW) == "County garage"


@pytest.mark.clause("CAP-5")
@pytest.mark.parametrize("who", ["alice", "tom", "dee", "eve"])
def test_nobody_else_deploys(cast: Cast, who: str) -> None:
    """Neither asks, authorises nor ends."""
    camera = register(cast)
    deployment = ask(cast, camera)
    for act in (authorise_deployment, end_deployment):
        with pytest.raises(PolicyRefusal):
            act(deployment=deployment, actor=cast.actor(who), now=NOW)
    with pytest.raises(PolicyRefusal):
        ask(cast, camera, who, starts_at=NOW + 90 * HOUR, ends_at=NOW + 91 * HOUR)
