"""What the tests of sharing share: a partner agency, an agreement with it, a guest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from platewarden.accounts.actors import actor_for
from platewarden.accounts.approving import approve_account
from platewarden.accounts.models import Agency, User
from platewarden.cameras.actions import register_camera
from platewarden.cameras.models import Camera
from platewarden.policy.actor import Actor
from platewarden.policy.agencies import AgencyKind
from platewarden.policy.capture import CameraKind
from platewarden.policy.use import Purpose
from platewarden.sharing import agreements, guests, register
from platewarden.sharing.agreements import Prepared
from platewarden.sharing.models import AgreementVersion
from platewarden.sharing.register import Entered
from tests.cast import Cast, give_authenticators, let_submit, train
from tests.conftest import NOW

_CLOCKS = (
    *("sharing.views", "sharing.agreement_views", "sharing.guest_views", "sharing.misuse_views"),
    *("queries.views", "queries.held_views", "queries.taking_views", "notices.views"),
    *("site.middleware", "site.context", "accounts.actors"),
)
TERMS = "1. Searches are made for cases of the village alone.\n2. Nothing is passed on."


def stand_still(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Let the edge's clock stand at the moment at which tests play; a test moves it by replacing the one element."""
    shown = [NOW]
    for module in _CLOCKS:
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: shown[0])
    return shown


@dataclass
class Partner:
    """A partner agency with an agreement in force and one guest."""

    agency: Agency
    version: AgreementVersion
    guest: User

    @property
    def actor(self) -> Actor:
        """The guest as an actor, with what is in force now."""
        return actor_for(User.objects.get(pk=self.guest.pk))


def entered(name: str = "Village of Hector Police", **other: Any) -> Entered:
    """What the register is told of an agency: a village's police unless told otherwise."""
    said = {"kind": AgencyKind.POLICE, "state": "NY", "county": "Hector", "contact": "Chief, 555 0100"}
    return Entered(name, **{**said, **other})


def enter(cast: Cast, name: str = "Village of Hector Police", now: datetime = NOW, **other: Any) -> Agency:
    """Put an agency on the register."""
    return register.enter_agency(entered=entered(name, **other), actor=cast.actor("ada"), now=now)


def prepared(cast: Cast, **other: Any) -> Prepared:
    """What a version says: criminal investigations, the cast's one camera, ten days back, for half a year."""
    said: dict[str, Any] = {
        "purposes": frozenset({Purpose.CRIMINAL_INVESTIGATION}),
        "cameras": frozenset({cast.camera.pk}),
        "reach_days": 10,
        "begins_at": NOW,
        "ends_at": NOW + timedelta(days=180),
        "text": TERMS,
    }
    return Prepared(**{**said, **other})


def agree(
    cast: Cast, agency: Agency, *, now: datetime = NOW, by: str = "una", **other: Any
) -> AgreementVersion:
    """Let Ada prepare a version and somebody else open it."""
    said = prepared(cast, **other)
    version = agreements.prepare(agency=agency, prepared=said, actor=cast.actor("ada"), now=now)
    agreements.open_version(version=version, actor=cast.actor(by), now=now)
    return AgreementVersion.objects.get(pk=version.pk)


def invite(cast: Cast, agency: Agency, username: str = "gus", now: datetime = NOW) -> User:
    """Let Ada invite a guest, Pam approve them; trained and with an authenticator."""
    user, _ = guests.invite_guest(
        agency=agency,
        username=username,
        full_name=f"{username.capitalize()} Example",
        word="Letter of the chief, 2026-11-18",
        actor=cast.actor("ada"),
        now=now,
    )
    approve_account(user=user, actor=cast.actor("pam"), now=now)
    train(user, now=now)
    give_authenticators(user)
    return User.objects.get(pk=user.pk)


def partner(cast: Cast, now: datetime = NOW, **other: Any) -> Partner:
    """A partner agency with an agreement in force and one guest, Gus."""
    agency = enter(cast, now=now)
    version = agree(cast, agency, now=now, **other)
    return Partner(agency, version, invite(cast, agency, now=now))


def second_camera(cast: Cast) -> Camera:
    """Another camera of ours, which no agreement names."""
    camera = register_camera(
        code="route-79",
        name="Route 79 east",
        kind=CameraKind.FIXED,
        place="Route 79 at Hollow Road",
        latitude=42.43,
        longitude=-76.47,
        heading_degrees=85,
        actor=cast.actor("ada"),
        now=NOW,
    )
    let_submit(camera, signed_by=cast.ada, approved_by=cast.sue, now=NOW)
    return camera
