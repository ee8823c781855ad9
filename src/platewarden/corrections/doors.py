"""The one way to a suppression, a correction notice and a complaint: absent and another agency's look alike."""

from django.http import Http404

from platewarden.corrections.models import Complaint, CorrectionNotice, Suppression
from platewarden.policy.actor import Actor
from platewarden.policy.corrections import may_see_register
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may


def get_suppression_for(actor: Actor, suppression_id: int) -> Suppression:
    """Return a suppression of *actor*'s agency.

    Raises:
        PolicyRefusal: *actor* may not see the register.
        Http404: There is none, or it is another agency's.
    """
    require(may_see_register(actor), action="suppression.see")
    people = ("placed_by", "confirmed_by", "lifted_by", "hotlist")
    found = (
        Suppression.objects.select_related(*people)
        .filter(agency_id=actor.agency_id, pk=suppression_id)
        .first()
    )
    if found is None:
        raise Http404("no such suppression")
    return found


def get_notice_for(actor: Actor, notice_id: int) -> CorrectionNotice:
    """Return a correction notice of *actor*'s agency; raises as `get_suppression_for` does."""
    require(may_see_register(actor), action="correction.see")
    notices = CorrectionNotice.objects.select_related("suppression")
    found = notices.filter(suppression__agency_id=actor.agency_id, pk=notice_id).first()
    if found is None:
        raise Http404("no such correction notice")
    return found


def get_complaint_for(actor: Actor, complaint_id: int) -> Complaint:
    """Return a complaint of *actor*'s agency, without what the resident told.

    Raises:
        PolicyRefusal: *actor* neither keeps complaints nor looks behind them.
        Http404: There is none, or it is another agency's.
    """
    decision = may(actor, Right.KEEP_COMPLAINTS)
    require(
        decision if decision.allowed else may(actor, Right.LOOK_BEHIND_COMPLAINTS), action="complaint.see"
    )
    complaints = Complaint.objects.select_related("recorded_by", "answered_by")
    found = complaints.filter(agency_id=actor.agency_id, pk=complaint_id).first()
    if found is None:
        raise Http404("no such complaint")
    return found
