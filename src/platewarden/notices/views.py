"""The inbox, and what one does about a notice."""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.notices import actions
from platewarden.notices.doors import get_notice_for, inbox_of, unread_of
from platewarden.notices.pages import Line
from platewarden.policy.decision import require
from platewarden.policy.notices import may_read_notices
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

PAGE_LENGTH: Final = 50


@require_GET
def inbox(request: ActorRequest) -> HttpResponse:
    """Show what waits for this person, or what has been handled; what is shown counts as read."""
    require(may_read_notices(request.actor), action="notices.read")
    is_handled = request.GET.get("show") == "handled"
    notices = inbox_of(request.actor).filter(handled_at__isnull=not is_handled)
    page = Paginator(notices, PAGE_LENGTH).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    new = set(unread_of(request.actor).filter(pk__in=[notice.pk for notice in shown]))
    actions.mark_read(new, actor=request.actor, now=utc_now())
    lines = [Line(notice, notice in new) for notice in shown]
    context = {"page": page, "lines": lines, "shows_handled": is_handled}
    return render(request, "notices/inbox.html", context)


@require_POST
def handle(request: ActorRequest, notice_id: int) -> HttpResponse:
    """Record that this person has dealt with a notice."""
    require(may_read_notices(request.actor), action="notices.read")
    notice = get_notice_for(request.actor, notice_id)
    actions.handle(notice=notice, actor=request.actor, now=utc_now())
    return redirect("notices:inbox")
