"""The one way to a records request: absent and another agency's look alike."""

from django.db.models import QuerySet
from django.http import Http404

from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may
from platewarden.records.models import RecordsRequest


def requests_for(actor: Actor) -> QuerySet[RecordsRequest]:
    """Return the requests of *actor*'s agency, the newest first.

    Raises:
        PolicyRefusal: *actor* does not see the register.
    """
    require(may(actor, Right.SEE_RECORDS_REQUESTS), action="records.see")
    people = ("registered_by", "acknowledged_by", "answered_by")
    return RecordsRequest.objects.filter(agency_id=actor.agency_id).select_related(*people)


def get_request_for(actor: Actor, request_id: int) -> RecordsRequest:
    """Return the request *request_id*; raises as `requests_for` does, or Http404."""
    found = requests_for(actor).filter(pk=request_id).first()
    if found is None:
        raise Http404("no such records request")
    return found
