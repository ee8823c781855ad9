"""The people, cameras and lists that tests play with."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password

from platewarden.accounts.actions import found_agency
from platewarden.accounts.actors import actor_for
from platewarden.accounts.models import Agency, RoleGrant, User
from platewarden.accounts.second_factor import SecondFactorAdapter
from platewarden.cameras.actions import register_camera
from platewarden.cameras.credentials import issue_credential
from platewarden.cameras.models import Camera, CameraCredential, FieldOfViewStatement
from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import Decision
from platewarden.policy.training import Course
from platewarden.training.models import Attempt

PASSWORD = "long-gravel-otter-window"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""What everybody's authenticator of the cast makes its codes from."""

_PEOPLE = {
    "alice": Role.OFFICER,
    "ivan": Role.INVESTIGATOR,
    "sue": Role.SUPERVISOR,
    "max": Role.SUPERVISOR,
    "ada": Role.ADMINISTRATOR,
    "tom": Role.AUDITOR,
    "dee": Role.DISPATCHER,
    "pam": Role.APPROVER,
    "una": Role.UNDERSHERIFF,
    "sol": Role.SHERIFF,
    "rex": Role.RECORDS_OFFICER,
    "eve": None,
}


@dataclass
class Cast:
    """Everybody and everything, by name: `cast.alice` is a User, `cast.actor("alice")` her as an actor."""

    agency: Agency
    camera: Camera
    credential: str
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            found: User = self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None
        return found

    def actor(self, name: str) -> Actor:
        """Return the named person as an actor with the roles in force."""
        return actor_for(self.people[name])

    @property
    def camera_actor(self) -> Actor:
        """The camera as an actor."""
        return Actor(
            kind=ActorKind.CAMERA, id=str(self.camera.pk), name=self.camera.code, agency_id=self.agency.pk
        )


def make_cast(now: datetime) -> Cast:
    """Enter the agency, its people and one approved camera with a credential."""
    system = Actor(kind=ActorKind.SYSTEM, id="tests", name="tests", agency_id=0)
    agency = found_agency(
        name="Cayuta County Sheriff",
        county="Cayuta",
        time_zone="America/New_York",
        is_demo=False,
        actor=system,
        now=now,
    )
    people = {name: _person(name, role, agency, now) for name, role in _PEOPLE.items()}
    train(*people.values(), now=now)
    give_authenticators(*people.values())
    ada = actor_for(people["ada"])
    camera = register_camera(
        code="route-13",
        name="Route 13 north",
        kind=CameraKind.FIXED,
        place="Route 13 at Mill Street",
        latitude=42.45,
        longitude=-76.5,
        heading_degrees=350,
        actor=ada,
        now=now,
    )
    let_submit(camera, signed_by=people["ada"], approved_by=people["sue"], now=now)
    credential = issue_credential(camera=camera, actor=ada, now=now)
    CameraCredential.objects.update(issued_at=now - timedelta(days=90))  # some tests look back as far
    return Cast(agency, camera, credential, people)


def let_submit(
    camera: Camera,
    *,
    signed_by: User,
    approved_by: User,
    now: datetime,
    text: str = "Sees the public road only.",
) -> FieldOfViewStatement:
    """Let what *camera* sees be signed and approved, as if somebody had taken a still of it and another had looked."""
    camera.approved_at, camera.approved_by, camera.suspended_at = now, approved_by, None
    camera.save()
    return FieldOfViewStatement.objects.create(
        camera=camera,
        text=text,
        still="cast:0:0",
        signed_by=signed_by,
        signed_at=now,
        approved_by=approved_by,
        approved_at=now,
    )


def train(*people: User, now: datetime) -> None:
    """Let *people* have passed every course, as if they had answered its questions."""
    Attempt.objects.bulk_create(
        Attempt(user=user, course=course, edition="cast", right=8, of=8, passed=True, at=now, entry=0)
        for user in people
        for course in Course
    )


def give_authenticators(*people: User) -> None:
    """Let each of *people* have set up an authenticator with the secret of the cast."""
    Authenticator.objects.bulk_create(
        Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": _sealed_once()})
        for user in people
    )


@lru_cache(maxsize=1)
def _sealed_once() -> str:
    return str(SecondFactorAdapter().encrypt(SECRET))


@lru_cache(maxsize=1)
def _hashed_once() -> str:
    return make_password(PASSWORD)


def make_guest(role: Role, now: datetime, monkeypatch: pytest.MonkeyPatch) -> User:
    """Return somebody of another agency, trained and with an authenticator, who has *role*, and for whom it counts.

    By the rules it counts for nothing (SHR-1); here the doors behind that one are tried.
    """

    def _all_of_them(access: Decision, user: User, now: datetime) -> frozenset[Role]:
        return frozenset(Role(grant.role) for grant in user.grants.filter(withdrawn_at=None))

    monkeypatch.setattr("platewarden.accounts.actors._roles_under", _all_of_them)
    guests = Agency.objects.create(name="Guests", county="Elsewhere")
    guest = User.objects.create(agency=guests, username="guest", full_name="Guest", created_at=now)
    guest.grants.create(role=role, granted_at=now, granted_by="tests")
    train(guest, now=now)
    give_authenticators(guest)
    return guest


def _person(name: str, role: Role | None, agency: Agency, now: datetime) -> User:
    user = User(agency=agency, username=name, full_name=name.capitalize() + " Example", created_at=now)
    user.password = _hashed_once()
    user.save()
    if role:
        RoleGrant.objects.create(user=user, role=role, granted_at=now, granted_by="tests")
    return user
