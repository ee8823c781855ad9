"""The state's schedule: unverified until two people have adopted it with its text; a conflict blocks all but itself."""

from datetime import timedelta
from typing import Any

import pytest

from platewarden.accounts.actors import system_actor
from platewarden.adoption.in_force import parameters_at
from platewarden.compliance.figures import Scene
from platewarden.compliance.retained import schedule
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.schedule import QUERIES, READS
from platewarden.reads.models import Read
from platewarden.retention.actions import purge_due
from tests.adoption.scenes import adopt
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, store

pytestmark = pytest.mark.django_db

TEXT = "LGS-1 item 1241, edition of 2022: RETENTION: 14 days."


def measured(cast: Cast) -> list[tuple[str, str]]:
    """Return what the policy page says of the schedule, with its tones."""
    return [(one.value, one.tone) for one in schedule(Scene(cast.agency.pk, parameters_at(NOW), NOW))]


@pytest.mark.clause("RET-3")
def test_a_period_is_unverified_until_two_people_have_quoted_it(cast: Cast) -> None:
    """Then it is shown with who verified it, when, and what the source says."""
    assert measured(cast) == [("not known", "warning")] * 2
    with pytest.raises(PolicyRefusal, match="RET-3"):
        adopt(cast, READS, 14, why="I read it")
    adopt(cast, READS, 14, why=TEXT)
    reads, queries = schedule(Scene(cast.agency.pk, parameters_at(NOW), NOW))
    assert (reads.value, reads.tone, queries.value) == ("14 days", "good", "not known")
    assert reads.note == f"Verified by Sue Example, adopted 2026-11-20: {TEXT}"


@pytest.mark.clause("RET-3")
def test_a_verified_minimum_above_the_most_blocks_every_other_adoption(cast: Cast, sign_in: Any) -> None:
    """Proposals and adoptions are refused, it is said in red, and the schedule itself can be corrected."""
    adopt(cast, READS, 90, why=TEXT)
    assert measured(cast)[0] == ("yes", "danger")
    for name, value in (("query.max_rows", 100), ("retention.limit_days", 20)):
        with pytest.raises(PolicyRefusal, match="no value is adopted"):
            adopt(cast, name, value)
    page = sign_in(cast.sue).get("/policy/parameters/").content.decode()
    assert "The schedule asks for 90 days of plate reads; the policy permits 30 at most." in page
    adopt(cast, READS, 30, why=TEXT)
    adopt(cast, "query.max_rows", 100)
    assert measured(cast)[0] == ("30 days", "good")


@pytest.mark.clause("RET-3")
def test_purging_goes_on_at_the_most_whatever_the_schedule_says(cast: Cast) -> None:
    """A conflict is resolved by people; data are not kept for it."""
    adopt(cast, READS, 3650, why=TEXT)
    store([a_sighting(cast.camera, "KAB4821", NOW - timedelta(days=31))])
    assert len(purge_due(actor=system_actor("purge timer"), now=NOW)) == 1
    assert not Read.objects.exists()


@pytest.mark.clause("RET-3")
def test_no_limit_below_a_verified_minimum_is_adopted(cast: Cast) -> None:
    """Fourteen days asked for, thirteen are too few, fourteen will do; query logs have no most of their own."""
    adopt(cast, READS, 14, why=TEXT)
    adopt(cast, QUERIES, 1095, why=TEXT)
    with pytest.raises(PolicyRefusal, match="verified minimum is 14 days"):
        adopt(cast, "retention.limit_days", 13)
    adopt(cast, "retention.limit_days", 14)


@pytest.mark.clause("RET-3")
def test_what_was_proposed_before_the_conflict_is_not_adopted_after(cast: Cast) -> None:
    """The check stands at the adoption as well."""
    from platewarden.adoption.actions import approve_value, propose_value

    proposal = propose_value(
        name="query.max_rows", value=100, why="Fewer", in_force_from=NOW, actor=cast.actor("sue"), now=NOW
    )
    adopt(cast, READS, 90, why=TEXT)
    with pytest.raises(PolicyRefusal, match="RET-3"):
        approve_value(proposal_id=proposal.pk, actor=cast.actor("max"), now=NOW)
