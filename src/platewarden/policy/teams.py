"""Who answers for whom, who sees whose use, and what one person's use is put beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.rights import Right, may

FEWEST_PEERS: Final = 3
"""With fewer people to put somebody beside, a range would tell of single colleagues and compare with nobody."""


@dataclass(frozen=True, slots=True)
class Peers:
    """What others in the same roles did in the same time; a range to look at, never a limit.

    Attributes:
        low: The least that one of them did.
        middle: What half of them did not exceed.
        high: The most that one of them did.
        people: How many they are.
    """

    low: int
    middle: float
    high: int
    people: int

    def is_exceeded_by(self, count: int) -> bool:
        """Whether *count* is more than any of them did: a reason to ask, no finding."""
        return count > self.high


def peers_of(counts: Sequence[int]) -> Peers | None:
    """Return the range of *counts*, those of the others alone; None where they are too few to compare with.

    > ADM-4: supervisors answer for the use their people make of it
    """
    if len(counts) < FEWEST_PEERS:
        return None
    return Peers(min(counts), median(counts), max(counts), len(counts))


def may_see_team(actor: Actor) -> Decision:
    """Decide whether *actor* has a team whose use they see.

    > ADM-4: supervisors answer for the use their people make of it
    """
    return may(actor, Right.SEE_TEAM)


def is_of_team(actor: Actor, *, supervisor_id: str) -> bool:
    """Whether somebody for whom the account *supervisor_id* answers is *actor*'s to look at: their own people alone.

    > ADM-4: supervisors answer for the use their people make of it
    """
    return actor.is_person and bool(supervisor_id) and actor.id == supervisor_id


def may_name_supervisor(
    actor: Actor, *, target_id: str, supervisor_id: str, supervisor_roles: frozenset[Role]
) -> Decision:
    """Decide whether *actor* may say that the account *supervisor_id* answers for the account *target_id*.

    > ADM-4: supervisors answer for the use their people make of it
    """
    return first_refusal(
        may(actor, Right.MANAGE_ACCOUNTS), _answers(target_id, supervisor_id, supervisor_roles)
    )


def _answers(target_id: str, supervisor_id: str, roles: frozenset[Role]) -> Decision:
    if target_id == supervisor_id:
        return refuse(
            "ADM-4",
            "Nobody answers for their own use.",
            remedy="Name somebody else.",
            field="supervisor",
        )
    if not roles & {Role.SUPERVISOR, Role.UNDERSHERIFF, Role.SHERIFF}:
        return refuse(
            "ADM-4",
            "This person holds no role that answers for others.",
            remedy="Name a supervisor, the Undersheriff or the Sheriff.",
            field="supervisor",
        )
    return allow("ADM-4")
