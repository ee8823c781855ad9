"""Who acts: the facts about a person, a camera or the system itself that rules may look at."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from platewarden.policy.decision import Decision, allow, refuse

UNKNOWN_TRAINING: Final = refuse(
    "TRN-1", "Nothing is known of your training.", remedy="Open the page Training: it says what is missing."
)
"""What holds of a person of whom nothing was looked up: plate data is closed to them."""


OUR_OWN: Final = allow("USE-2")
"""What holds of the agency of our own people, and of whoever is no person."""


class Role(StrEnum):
    """What a person has been granted to do; grants are dated and recorded."""

    OFFICER = "officer"
    DISPATCHER = "dispatcher"
    INVESTIGATOR = "investigator"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    APPROVER = "approver"
    VENDOR = "vendor"
    SHERIFF = "sheriff"
    UNDERSHERIFF = "undersheriff"
    RECORDS_OFFICER = "records officer"
    GUEST = "guest"


class ActorKind(StrEnum):
    """A person with an account, a camera with a credential, a device with a key, or Platewarden itself."""

    PERSON = "person"
    CAMERA = "camera"
    DEVICE = "device"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class GuestTerms:
    """What the sharing agreement in force lets the guests of a partner agency do; whatever it does not name is shut.

    Attributes:
        agency_id: The partner.
        version: Number of the version in force.
        purposes: Codes of the purposes they may search for.
        cameras: Ids of the cameras whose reads they may search.
        reach: How far back a search of theirs reaches.
        ends_at: When it ends by itself.
    """

    agency_id: int
    version: int
    purposes: frozenset[str]
    cameras: frozenset[int]
    reach: timedelta
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks for something, as known at the moment of asking.

    Attributes:
        kind: Person, camera or system.
        id: Stable identifier within its kind: account id, camera id, or the name of the timer or command.
        name: Unique sign-in name, camera name or command.
        agency_id: The agency the actor belongs to.
        roles: Roles in force now; empty for cameras and the system.
        address: Network address the request came from; empty for local commands.
        session: Digest of the session key; empty outside sessions.
        supervisor_id: Account id of the person's supervisor, if any.
        training: What the rules say of the person's training at this moment; refused where nobody has looked.
        access: What the rules say of the person's agency at this moment; of our own it is allowed.
        terms: Of a guest of a partner agency, what its agreement allows; None of everybody else.
    """

    kind: ActorKind
    id: str
    name: str
    agency_id: int
    roles: frozenset[Role] = field(default_factory=frozenset)
    address: str = ""
    session: str = ""
    supervisor_id: str = ""
    training: Decision = UNKNOWN_TRAINING
    access: Decision = OUR_OWN
    terms: GuestTerms | None = None

    def has(self, *roles: Role) -> bool:
        """Whether at least one of *roles* is in force."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_guest(self) -> bool:
        """Whether somebody of a partner agency is asking."""
        return self.has(Role.GUEST)

    @property
    def is_person(self) -> bool:
        """Whether a human being is asking."""
        return self.kind is ActorKind.PERSON
