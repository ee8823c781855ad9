"""The one way to a team and to one of its people: their own supervisor's."""

from django.db.models import QuerySet
from django.http import Http404

from platewarden.accounts.models import User
from platewarden.policy import teams as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import require


def team_of(actor: Actor) -> QuerySet[User]:
    """Return the people with an open account for whom *actor* answers.

    Raises:
        PolicyRefusal: *actor* sees no team at all.
    """
    require(policy.may_see_team(actor), action="team.see")
    people = User.objects.filter(agency_id=actor.agency_id, supervisor_id=int(actor.id), is_active=True)
    return people.order_by("full_name")


def get_member_for(actor: Actor, user_id: int) -> User:
    """Return one of *actor*'s people, whose account may have been closed since.

    Raises:
        PolicyRefusal: *actor* sees no team at all.
        Http404: There is nobody, or somebody else answers for them: both look alike.
    """
    require(policy.may_see_team(actor), action="team.see")
    found = User.objects.filter(pk=user_id, agency_id=actor.agency_id).first()
    if found is None or not policy.is_of_team(actor, supervisor_id=str(found.supervisor_id or "")):
        raise Http404("nobody of this team")
    return found


def unanswered_for(agency_id: int) -> QuerySet[User]:
    """Return the people with a role in force for whom nobody answers; above the Sheriff there is nobody."""
    people = User.objects.holding().filter(agency_id=agency_id, supervisor=None)
    return people.exclude(pk__in=User.objects.holding(Role.SHERIFF)).order_by("full_name")
