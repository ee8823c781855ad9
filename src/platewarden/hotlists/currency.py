"""A daily duty: whoever loads lists is told of one past its age, until it is loaded."""

from datetime import datetime
from typing import Final

from django.db import transaction

from platewarden.accounts.actors import owning_agency_id, system_actor
from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists.models import Hotlist
from platewarden.hotlists.pages import ListSheet, sheets_of
from platewarden.notices.actions import settle, tell
from platewarden.notices.models import Notice
from platewarden.policy.actor import Actor
from platewarden.policy.notices import NoticeKind
from platewarden.policy.rights import RIGHTS, Right

ABOUT_AGE: Final = (NoticeKind.HOTLIST_STALE,)


def warn_of_stale_lists(*, now: datetime) -> int:
    """Tell everybody who may load lists which of them are past their age; return how many lists that is.

    > HOT-1: one older than its greatest age is shown as stale wherever it matters

    Said again the next day, in place of what was said before.
    """
    hotlists = Hotlist.objects.filter(agency_id=owning_agency_id(), is_manual=False)
    sheets = sheets_of(hotlists, parameters=parameters_at(now), now=now)
    stale = [sheet for sheet in sheets if sheet.is_stale]
    actor = system_actor("hotlist timer")
    for sheet in stale:
        _warn(sheet, actor, now)
    return len(stale)


@transaction.atomic
def _warn(sheet: ListSheet, actor: Actor, now: datetime) -> None:
    subject = f"hotlist:{sheet.hotlist.pk}"
    keys = {role: f"{subject}:stale:{now.date().isoformat()}:{role}" for role in RIGHTS[Right.LOAD_HOTLISTS]}
    if Notice.objects.filter(agency_id=actor.agency_id, once_key__in=keys.values()).exists():
        return
    settle(subject=subject, kinds=ABOUT_AGE, actor=actor, now=now)
    text = (
        f"{sheet.hotlist.name} took effect {sheet.age}; at most {sheet.max_age_hours} hours are allowed. "
        "It still matches, and its alerts say that it is stale. Load the current list."
    )
    for role, key in sorted(keys.items()):
        tell(
            kind=NoticeKind.HOTLIST_STALE,
            subject=subject,
            text=text,
            now=now,
            to_role=role,
            actor=actor,
            once_key=key,
        )
