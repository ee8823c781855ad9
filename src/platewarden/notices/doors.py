"""The one way to a notice: an inbox, and what lies in it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from platewarden.notices.models import Notice
from platewarden.policy.actor import Actor, Role
from platewarden.policy.notices import Addressee, is_addressed


def addressee_of(notice: Notice) -> Addressee:
    """Return to whom *notice* goes."""
    role = Role(notice.to_role) if notice.to_role else None
    return Addressee(notice.agency_id, role, str(notice.to_user_id or ""))


def addressee_of_event(event: Mapping[str, Any]) -> Addressee:
    """Return to whom the notice goes that listening processes are told of."""
    role = Role(event["to_role"]) if event["to_role"] else None
    return Addressee(event["agency"], role, event["to_user"])


def inbox_of(actor: Actor) -> QuerySet[Notice]:
    """Return every notice addressed to *actor*, the newest first."""
    mine = Q(to_role__in=[role.value for role in actor.roles]) | Q(to_user_id=int(actor.id))
    return Notice.objects.filter(mine, agency_id=actor.agency_id).select_related("handled_by")


def unread_of(actor: Actor) -> QuerySet[Notice]:
    """Return the notices in *actor*'s inbox that are neither handled nor read by them."""
    return inbox_of(actor).filter(handled_at__isnull=True).exclude(readings__user_id=int(actor.id))


def get_notice_for(actor: Actor, notice_id: int) -> Notice:
    """Return the notice *notice_id* of *actor*'s inbox.

    Raises:
        Http404: There is none, or it is addressed to others: both look alike.
    """
    found = Notice.objects.filter(pk=notice_id).first()
    if found is None or not is_addressed(actor, addressee_of(found)):
        raise Http404("no such notice")
    return found
