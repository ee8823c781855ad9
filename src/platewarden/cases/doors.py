"""The one way to a case, to a hold, and to a record of a case: absent and not yours look alike."""

from django.http import Http404

from platewarden.cases.models import Case, CaseRead, Hold, PreservedHit
from platewarden.cases.register import workers_of
from platewarden.policy.actor import Actor
from platewarden.policy.cases import CaseFacts, may_see_case, may_see_records
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may


def facts_of(case: Case) -> CaseFacts:
    """Return what decides who may see *case*."""
    kept = PreservedHit.objects.filter(case=case).values_list("preserved_by", flat=True)
    return CaseFacts(case.agency_id, workers_of(case.number) | set(kept))


def get_case_for(actor: Actor, case_id: int) -> Case:
    """Return the case *case_id* if *actor* may see it.

    Raises:
        PolicyRefusal: *actor* sees no cases at all.
        Http404: There is none, or it is not theirs.
    """
    require(may(actor, Right.SEE_CASES), action="case.see")
    case = Case.objects.filter(agency_id=actor.agency_id, pk=case_id).first()
    if case is None or not may_see_case(actor, facts_of(case)):
        raise Http404("no such case")
    return case


def sees_records(actor: Actor, case: Case) -> bool:
    """Whether *actor* sees plates and images of what *case* keeps."""
    return may_see_records(actor, facts_of(case))


def get_records_for(actor: Actor, case_id: int) -> Case:
    """Return the case *case_id* if *actor* may see what it keeps; raises as `get_case_for` does."""
    case = get_case_for(actor, case_id)
    if not sees_records(actor, case):
        raise Http404("not a case of theirs")
    return case


def get_hold_for(actor: Actor, hold_id: int) -> Hold:
    """Return the hold *hold_id* if *actor* may see its case; raises as `get_case_for` does."""
    require(may(actor, Right.SEE_CASES), action="case.see")
    people = ("case", "requested_by", "placed_by")
    hold = Hold.objects.select_related(*people).filter(pk=hold_id, case__agency_id=actor.agency_id).first()
    if hold is None or not may_see_case(actor, facts_of(hold.case)):
        raise Http404("no such hold")
    return hold


def get_read_for(actor: Actor, case_id: int, kept_id: int) -> CaseRead:
    """Return a read that a case keeps if *actor* may see its records; raises as `get_case_for` does."""
    case = get_records_for(actor, case_id)
    kept = CaseRead.objects.select_related("case", "hold").filter(case=case, pk=kept_id).first()
    if kept is None:
        raise Http404("no such read in this case")
    return kept


def get_hit_for(actor: Actor, case_id: int, kept_id: int) -> PreservedHit:
    """Return a hit that a case keeps if *actor* may see its records; raises as `get_case_for` does."""
    case = get_records_for(actor, case_id)
    kept = PreservedHit.objects.select_related("case").filter(case=case, pk=kept_id).first()
    if kept is None:
        raise Http404("no such hit in this case")
    return kept
