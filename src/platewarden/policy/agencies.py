"""Which agencies may have people who sign in here, and which receive copies at most."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, allow, refuse
from platewarden.policy.rights import Right, may

STATE: Final = "NY"
"""The state whose agencies the clause means."""


class AgencyKind(StrEnum):
    """What an agency on the register is."""

    SHERIFF = "sheriff"
    POLICE = "police"
    STATE_POLICE = "state_police"
    OTHER_POLICE = "other_police"
    PROSECUTOR = "prosecutor"
    FEDERAL = "federal"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _LABELS[self]


_LABELS: Final = {
    AgencyKind.SHERIFF: "sheriff's office",
    AgencyKind.POLICE: "city, town or village police",
    AgencyKind.STATE_POLICE: "state police",
    AgencyKind.OTHER_POLICE: "other law enforcement of the state",
    AgencyKind.PROSECUTOR: "prosecutor's office",
    AgencyKind.FEDERAL: "federal office",
    AgencyKind.OTHER: "anything else",
}
LAW_ENFORCEMENT: Final = frozenset(
    {AgencyKind.SHERIFF, AgencyKind.POLICE, AgencyKind.STATE_POLICE, AgencyKind.OTHER_POLICE}
)


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """An agency as the rules look at it.

    Attributes:
        kind: What it is.
        state: Postal code of the state it belongs to, or is located in.
        has_express_access: Whether a recorded decision gives a prosecutor access all the same.
        is_ended: Whether its access was ended.
    """

    kind: AgencyKind
    state: str
    has_express_access: bool = False
    is_ended: bool = False


def may_have_users(agency: AgencyFacts) -> Decision:
    """Decide whether people of *agency* may sign in here.

    > USE-2: Only law-enforcement agencies within New York State have access to the system. Everyone else receives
    > copies, if anything, by a release.

    A federal office never has users, wherever it is; a prosecutor only where an agreement was opened with it.
    """
    remedy = "They receive copies, if anything, by a release."
    if agency.is_ended:
        return refuse("USE-2", "The access of this agency was ended.", remedy=remedy)
    if agency.state != STATE:
        return refuse("USE-2", f"The agency is not within {STATE}.", remedy=remedy, field="agency")
    expressly = agency.kind is AgencyKind.PROSECUTOR and agency.has_express_access
    if agency.kind in LAW_ENFORCEMENT or expressly:
        return allow("USE-2")
    return refuse("USE-2", f"A {agency.kind.label} has no users here.", remedy=remedy, field="agency")


def may_keep_agencies(actor: Actor) -> Decision:
    """Decide whether *actor* may put an agency on the register, or end its access.

    > USE-2: Only law-enforcement agencies within New York State have access to the system.
    """
    return may(actor, Right.KEEP_AGENCIES)
