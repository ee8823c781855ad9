"""What is due about lists: each is loaded anew before it is past its age (HOT-1)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists.matching import max_age_of
from platewarden.hotlists.models import Hotlist, Snapshot
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty


def duties_at(now: datetime) -> list[Duty]:
    """Return by when each list is loaded anew; one that never was ought to be since it was set up."""
    parameters, agency = parameters_at(now), owning_agency()
    zone = ZoneInfo(agency.time_zone)
    lists = Hotlist.objects.filter(agency_id=agency.pk, is_manual=False)
    current = {each.hotlist_id: each for each in Snapshot.objects.filter(hotlist__in=lists, is_current=True)}
    found = []
    for hotlist in lists:
        snapshot = current.get(hotlist.pk)
        due = (
            snapshot.effective_at + max_age_of(hotlist, parameters=parameters)
            if snapshot
            else hotlist.created_at
        )
        made = f"took effect {snapshot.effective_at.astimezone(zone):%Y-%m-%d %H:%M %Z}" if snapshot else ""
        what = f"Load list {hotlist.pk} ({hotlist.name}) anew"
        made, page = made or "never loaded", ("hotlists:detail", hotlist.pk)
        found.append(
            Duty(what, "HOT-1", Role.SUPERVISOR, due, made, "hotlists:list", is_told=True, page=page)
        )
    return found
