"""No setting of the policy changes by one person's hand, nor beyond what the policy permits."""

from datetime import timedelta

import pytest

from platewarden.adoption.actions import approve_value, propose_value
from platewarden.adoption.in_force import parameters_at
from platewarden.adoption.models import AdoptedValue
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.parameters import ParameterError
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
NAME = "hotlist.max_age_hours"


def propose(cast: Cast, who: str = "sue", value: object = 12) -> AdoptedValue:
    """A value that Sue proposes, in force from tomorrow."""
    return propose_value(
        name=NAME,
        value=value,  # type: ignore[arg-type]  # wrong types are tried on purpose
        why="The extract comes twice a day.",
        in_force_from=NOW + timedelta(days=1),
        actor=cast.actor(who),
        now=NOW,
    )


@pytest.mark.clause("ADM-4")
def test_a_value_is_in_force_from_its_date_once_a_second_person_approves(cast: Cast) -> None:
    """Until both are there, the policy's own value stands; both acts are on the ledger."""
    proposal = propose(cast)
    later = NOW + timedelta(days=2)
    assert parameters_at(later).hours(NAME) == timedelta(hours=24)
    approve_value(proposal_id=proposal.pk, actor=cast.actor("ada"), now=NOW)
    assert parameters_at(NOW).hours(NAME) == timedelta(hours=24)
    assert parameters_at(later).hours(NAME) == timedelta(hours=12)
    kinds = list(LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds[-2:] == ["parameter.proposed", "parameter.adopted"]


@pytest.mark.clause("ADM-4")
def test_whoever_proposes_does_not_approve(cast: Cast) -> None:
    """The second person is another person, and one of those entitled."""
    proposal = propose(cast)
    for who in ("sue", "alice", "tom"):
        with pytest.raises(PolicyRefusal, match="ADM-4"):
            approve_value(proposal_id=proposal.pk, actor=cast.actor(who), now=NOW)
    assert AdoptedValue.objects.get().approved_at is None


@pytest.mark.clause("ADM-4")
def test_a_late_approval_does_not_reach_back(cast: Cast) -> None:
    """A value is never in force before somebody has approved it."""
    proposal = propose(cast)
    late = NOW + timedelta(days=3)
    approve_value(proposal_id=proposal.pk, actor=cast.actor("max"), now=late)
    assert parameters_at(late - timedelta(seconds=1)).hours(NAME) == timedelta(hours=24)
    assert parameters_at(late).hours(NAME) == timedelta(hours=12)


@pytest.mark.parametrize("value", [0, 169, "12", 1.5, True, None])
def test_a_value_beyond_its_bounds_cannot_even_be_proposed(cast: Cast, value: object) -> None:
    """Floor, ceiling and type are the policy's."""
    with pytest.raises(ParameterError):
        propose(cast, value=value)
    assert not AdoptedValue.objects.exists()
