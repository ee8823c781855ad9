"""The standing cast and the standing moment of the policy's tests."""

from datetime import UTC, datetime

import pytest

from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.policy.decision import allow
from platewarden.policy.parameters import Parameters, defaults


class People:
    """One person a role, a camera and the system; each person's id is their role's name."""

    camera = Actor(ActorKind.CAMERA, "camera", "north-bridge", 1)
    system = Actor(ActorKind.SYSTEM, "purge", "purge", 1)

    def __init__(self) -> None:
        people = {role.value: self.person(role) for role in Role}
        self._everyone = {**people, "camera": self.camera, "system": self.system}
        self.officer = people["officer"]
        self.dispatcher = people["dispatcher"]
        self.investigator = people["investigator"]
        self.supervisor = people["supervisor"]
        self.administrator = people["administrator"]
        self.auditor = people["auditor"]

    @staticmethod
    def person(*roles: Role, name: str = "") -> Actor:
        """Return a person with *roles*."""
        name = name or "-".join(roles) or "nobody"
        return Actor(ActorKind.PERSON, name, name, 1, frozenset(roles), training=allow("TRN-1"))

    def __getitem__(self, name: str) -> Actor:
        return self._everyone[name]


@pytest.fixture(scope="session")
def people() -> People:
    """Return one actor of every kind."""
    return People()


@pytest.fixture(scope="session")
def now() -> datetime:
    """Return noon of 1 June 2026."""
    return datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def parameters(now: datetime) -> Parameters:
    """Return the policy's own values."""
    return defaults(now)
