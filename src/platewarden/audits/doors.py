"""The one way to a week, an item, a question, a measure or a plate: absent and another's look alike."""

from django.db.models import QuerySet
from django.http import Http404

from platewarden.auditing.weeks import Week
from platewarden.audits.models import DeclaredPlate, Mark, PlantedPlate, Remedy, ReviewItem, ReviewWeek
from platewarden.policy.actor import Actor
from platewarden.policy.audits import Verdict, may_plant, may_see_reviews
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may


def weeks_of(actor: Actor) -> QuerySet[ReviewWeek]:
    """Return the weeks under review, the newest first.

    Raises:
        PolicyRefusal: *actor* reviews no searches.
    """
    require(may_see_reviews(actor), action="audit.see")
    return ReviewWeek.objects.filter(agency_id=actor.agency_id).select_related("closing__closed_by")


def get_week_for(actor: Actor, name: str) -> ReviewWeek:
    """Return the review of the week called *name*.

    Raises:
        PolicyRefusal: *actor* reviews no searches.
        Http404: There is none.
    """
    weeks = weeks_of(actor)
    try:
        found = weeks.filter(monday=Week.parse(name).monday).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404("no such week under review")
    return found


def get_item_for(actor: Actor, item_id: int) -> ReviewItem:
    """Return the item *item_id*, without the searches that it is about: reading those is `actions.open_item`'s.

    Raises:
        PolicyRefusal: *actor* reviews no searches.
        Http404: There is none.
    """
    require(may_see_reviews(actor), action="audit.see")
    items = ReviewItem.objects.select_related("week", "person").filter(week__agency_id=actor.agency_id)
    found = items.filter(pk=item_id).first()
    if found is None:
        raise Http404("no such item under review")
    return found


def questions_to(actor: Actor) -> QuerySet[Mark]:
    """Return the questions that auditors have put to *actor*, the newest first; never anybody else's."""
    if not actor.is_person or not actor.id:
        return Mark.objects.none()
    asked = Mark.objects.filter(verdict=Verdict.QUESTION, item__person_id=int(actor.id))
    return asked.select_related("item__week", "explanation").order_by("-pk")


def get_question_for(actor: Actor, mark_id: int) -> Mark:
    """Return the question *mark_id* if it was put to *actor*.

    Raises:
        Http404: There is none, or it was put to somebody else.
    """
    found = questions_to(actor).filter(pk=mark_id).first()
    if found is None:
        raise Http404("no such question to you")
    return found


def remedies_for(actor: Actor) -> QuerySet[Remedy]:
    """Return what was ordered that *actor* may see: auditors and the Undersheriff all of it, a supervisor their talks.

    Nobody sees here what was ordered of themselves.

    Raises:
        PolicyRefusal: *actor* neither reviews, nor talks, nor decides.
    """
    people = ("person", "ordered_by", "done__done_by", "mark__item__week")
    ordered = Remedy.objects.select_related(*people).filter(mark__item__week__agency_id=actor.agency_id)
    ordered = ordered.exclude(person_id=int(actor.id or 0)).order_by("-pk")
    if may_see_reviews(actor).allowed or may(actor, Right.DECIDE_ON_FINDINGS).allowed:
        return ordered
    require(may(actor, Right.TALK_AFTER_FINDING), action="audit.remedies")
    talks = ordered.filter(kind="talk")
    return talks.filter(person__supervisor_id=int(actor.id)) | talks.filter(person__supervisor=None)


def get_remedy_for(actor: Actor, remedy_id: int) -> Remedy:
    """Return the measure *remedy_id* if *actor* may see it; raises as `remedies_for`, and Http404."""
    found = remedies_for(actor).filter(pk=remedy_id).first()
    if found is None:
        raise Http404("no such measure")
    return found


def declared_by(actor: Actor) -> QuerySet[DeclaredPlate]:
    """Return what *actor* has declared and not withdrawn: when and as what, never the plate."""
    if not actor.is_person or not actor.id:
        return DeclaredPlate.objects.none()
    return DeclaredPlate.objects.filter(owner_id=int(actor.id), withdrawn_at=None)


def planted_for(actor: Actor) -> QuerySet[PlantedPlate]:
    """Return the plates that are planted: where and by whom, never the plate.

    Raises:
        PolicyRefusal: *actor* plants none.
    """
    require(may_plant(actor), action="plate.see")
    return PlantedPlate.objects.filter(agency_id=actor.agency_id).select_related("planted_by", "lifted_by")
