"""Registered terminals, in vehicles and at dispatch: which sessions on them do not lock when left alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import Decision
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


class TerminalKind(StrEnum):
    """Where a terminal stands: nobody but on-duty people sits there (CJIS AC-11)."""

    VEHICLE = "vehicle"
    DISPATCH = "dispatch"

    @property
    def label(self) -> str:
        """The kind in words."""
        return {"vehicle": "In a vehicle", "dispatch": "At dispatch"}[self.value]


EXEMPT: Final = frozenset({Role.OFFICER, Role.DISPATCHER})
"""Roles of which alone a person must be to be exempt: whoever may do more locks like everybody."""

_NEEDED: Final[Mapping[TerminalKind, Role]] = MappingProxyType(
    {TerminalKind.VEHICLE: Role.OFFICER, TerminalKind.DISPATCH: Role.DISPATCHER}
)


@dataclass(frozen=True, slots=True)
class TerminalFacts:
    """A terminal as the rules look at it, from its record and never from what a browser says.

    Attributes:
        kind: Where it stands.
        ends_at: When its registration ends.
        is_revoked: Whether somebody has ended it.
        holds_session: Whether the session in question began on it and is the latest that did.
    """

    kind: TerminalKind
    ends_at: datetime
    is_revoked: bool
    holds_session: bool


def may_manage_terminals(actor: Actor) -> Decision:
    """Decide whether *actor* may register and revoke terminals.

    > ADM-3: A session left alone locks.
    """
    return may(actor, Right.MANAGE_TERMINALS)


def ends_at(registered_at: datetime, *, parameters: Parameters) -> datetime:
    """Return until when a terminal enrolled at *registered_at* counts; then it is registered anew."""
    return registered_at + parameters.days("accounts.terminal_days")


def is_exempt(
    roles: frozenset[Role],
    terminal: TerminalFacts,
    *,
    began_at: datetime,
    parameters: Parameters,
    now: datetime,
) -> bool:
    """Whether a session that *began_at* on *terminal*, of somebody with *roles*, does not lock when left alone.

    > ADM-3: A session left alone locks.

    Exempt is an officer in a vehicle and a dispatcher at dispatch, who are nothing else, for one shift at most.
    """
    if terminal.is_revoked or not terminal.holds_session or now >= terminal.ends_at:
        return False
    if not roles <= EXEMPT or _NEEDED[terminal.kind] not in roles:
        return False
    return now - began_at < parameters.hours("accounts.terminal_session_hours")
