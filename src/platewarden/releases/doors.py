"""The one way to a request for a release: absent and another agency's look alike."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.releases import ReleaseState
from platewarden.policy.rights import Right, may
from platewarden.releases.models import ReleaseRequest


def releases_for(actor: Actor) -> QuerySet[ReleaseRequest]:
    """Return the requests of *actor*'s agency, the newest first.

    Raises:
        PolicyRefusal: *actor* sees no releases.
    """
    require(may(actor, Right.SEE_RELEASES), action="release.list")
    return ReleaseRequest.objects.filter(agency_id=actor.agency_id).select_related("entered_by")


def get_release_for(actor: Actor, request_id: int) -> ReleaseRequest:
    """Return the request *request_id*; raises as `releases_for` does, or Http404."""
    found = releases_for(actor).filter(pk=request_id).first()
    if found is None:
        raise Http404("no such release")
    return found


def open_releases_for(actor: Actor, *, now: datetime) -> QuerySet[ReleaseRequest]:
    """Return the requests for which *actor* could still prepare a selection, the newest first."""
    waiting = [state for state in ReleaseState if state.is_open]
    return releases_for(actor).filter(state__in=waiting, lapses_at__gt=now)
