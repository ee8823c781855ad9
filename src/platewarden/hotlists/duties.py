"""What is due about lists: each is loaded anew before it is past its age (HOT-1)."""

from datetime import datetime

from platewarden.accounts.actors import owning_agency_id
from platewarden.adoption.in_force import parameters_at
from platewarden.hotlists.matching import max_age_of
from platewarden.hotlists.models import Hotlist, Snapshot
from platewarden.policy.actor import Role
from platewarden.policy.duties import Duty


def duties_at(now: datetime) -> list[Duty]:
    """Return by when each list is loaded anew; one that never was ought to be since it was set up."""
    parameters = parameters_at(now)
    lists = Hotlist.objects.filter(agency_id=owning_agency_id(), is_manual=False)
    current = {each.hotlist_id: each for each in Snapshot.objects.filter(hotlist__in=lists, is_current=True)}
    found = []
    for hotlist in lists:
        snapshot = current.get(hotlist.pk)
        due = (
            snapshot.effective_at + max_age_of(hotlist, parameters=parameters)
            if snapshot
            else hotlist.created_at
        )
        evidence = f"took effect {snapshot.effective_at:%Y-%m-%d %H:%M} UTC" if snapshot else "never loaded"
        what = f"Load list {hotlist.pk} ({hotlist.name}) anew"
        found.append(Duty(what, "HOT-1", Role.SUPERVISOR, due, evidence, "hotlists:list", is_told=True))
    return found
