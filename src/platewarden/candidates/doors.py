"""The one way to a candidate: whose it is, whether it may be shown yet, and whether still."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from platewarden.candidates.models import Candidate
from platewarden.policy.actor import Actor, Role
from platewarden.policy.audiences import codes_of
from platewarden.policy.candidates import may_see_candidates, shown_until
from platewarden.policy.parameters import Parameters
from platewarden.policy.retention import visible_since

LOOKED_BACK: Final = timedelta(days=3)
"""How far back the list goes; what is older is found by a search, with its purpose and case number."""


def candidates_for(actor: Actor, *, parameters: Parameters, now: datetime) -> QuerySet[Candidate]:
    """Return the candidates that *actor* may see now, the newest first: neither too fresh nor past their day."""
    since = max(now - LOOKED_BACK, visible_since(parameters=parameters, now=now))
    until = shown_until(parameters=parameters, now=now)
    own = Candidate.objects.filter(agency_id=actor.agency_id, seen_at__gte=since, seen_at__lte=until)
    if not actor.has(Role.SUPERVISOR):
        own = own.filter(Q(audience=[]) | Q(audience__overlap=codes_of(actor)))
    return own.select_related("camera", "promoted_by").order_by("-seen_at", "-id")


def get_candidate_for(
    actor: Actor, candidate_id: UUID, *, parameters: Parameters, now: datetime
) -> Candidate:
    """Return the candidate *candidate_id*.

    Raises:
        Http404: There is none, it is another agency's, meant for others, too fresh or too old, or *actor* may see
            none: all look alike.
    """
    found = candidates_for(actor, parameters=parameters, now=now).filter(id=candidate_id).first()
    if found is None or not may_see_candidates(actor).allowed:
        raise Http404("no such candidate")
    return found
