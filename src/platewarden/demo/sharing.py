"""The demo's partner agency: on the register, with an agreement that two people opened; nothing of it is anyone's."""

from datetime import datetime, timedelta
from typing import Final

from platewarden.accounts.models import Agency
from platewarden.cameras.models import Camera
from platewarden.policy.actor import Actor
from platewarden.policy.agencies import AgencyKind
from platewarden.policy.use import Purpose
from platewarden.sharing.agreements import Prepared, open_version, prepare
from platewarden.sharing.guests import invite_guest
from platewarden.sharing.register import Entered, enter_agency

PARTNER: Final = Entered(
    "Village of Taughannock Police (invented)",
    AgencyKind.POLICE,
    "NY",
    "Cayuta",
    "Chief Ira Lindqvist, by letter to the village hall",
)
FEDERAL: Final = Entered(
    "Lakeshore Field Office (invented)",
    AgencyKind.FEDERAL,
    "NY",
    "Cayuta",
    "Duty desk, in writing",
)
_TERMS: Final = """\
1. The village's detectives search past reads for criminal investigations of the village, and for missing people.
2. Nothing that is found is passed on to anybody else, or used for anything else.
3. What was taken away is in its case, or destroyed, within thirty days of its capture.
4. Either side ends this at any time; a suspension takes effect at once."""
_CAMERAS: Final = ("route-13-north", "route-79-east")


def make_partner(*, administrator: Actor, undersheriff: Actor, now: datetime) -> Agency:
    """Enter two agencies, of which one can have an agreement, and open it by two."""
    enter_agency(entered=FEDERAL, actor=administrator, now=now)
    partner = enter_agency(entered=PARTNER, actor=administrator, now=now)
    cameras = Camera.objects.filter(code__in=_CAMERAS).values_list("pk", flat=True)
    said = Prepared(
        purposes=frozenset({Purpose.CRIMINAL_INVESTIGATION, Purpose.MISSING_VICTIM_OR_WITNESS}),
        cameras=frozenset(cameras),
        reach_days=14,
        begins_at=now,
        ends_at=now + timedelta(days=300),
        text=_TERMS,
    )
    version = prepare(agency=partner, prepared=said, actor=administrator, now=now)
    open_version(version=version, actor=undersheriff, now=now)
    return partner


def invite(partner: Agency, *, username: str, full_name: str, actor: Actor, now: datetime) -> str:
    """Invite a person of *partner*; return the code that lets them set a password once they are approved."""
    word = "Letter of Chief Lindqvist, received by post (invented)"
    _, code = invite_guest(
        agency=partner, username=username, full_name=full_name, word=word, actor=actor, now=now
    )
    return code
