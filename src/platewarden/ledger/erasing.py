"""What entries say is erased on its own schedule; that they were made stays on record and provable for ever."""

from datetime import datetime
from typing import Final

from platewarden.adoption.in_force import parameters_at
from platewarden.ledger.actions import erase_bodies
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor

LOOKS: Final = frozenset(
    kind for kind in Kind if kind.value.startswith(("query.", "image.", "candidate", "alerts.listed"))
)
"""Kinds about looks at past reads: the state's schedule has an item of its own for them."""

KEPT: Final = frozenset(
    {
        Kind.KEY_CREATED,
        Kind.KEY_DESTROYED,
        Kind.DAY_CLOSED,
        Kind.DAY_PURGED,
        Kind.PURGE_AUTHORISED,
        Kind.POLICY_ADOPTED,
        Kind.PARAMETER_PROPOSED,
        Kind.PARAMETER_ADOPTED,
        Kind.PARAMETER_REJECTED,
        Kind.KEY_ROTATED,
        Kind.KEY_REPLACED,
        Kind.WITNESS_ADOPTED,
        Kind.WITNESS_WITHDRAWN,
        Kind.WITNESS_CONTRADICTED,
        Kind.BODIES_ERASED,
        Kind.CLOCK_STEPPED_BACK,
    }
)
"""Kinds whose bodies are never erased: proof of destruction, of the policy in force, and of the ledger itself."""


def erase_due_bodies(*, actor: Actor, now: datetime) -> int:
    """Erase the bodies past their time, by the schedule in force; returns how many there were.

    Raises:
        LedgerUnavailable: The database refused or failed; nothing of that group was erased.
    """
    parameters = parameters_at(now)
    groups = (
        ("ledger.query_body_days", LOOKS),
        ("ledger.other_body_days", frozenset(Kind) - LOOKS - KEPT),
    )
    return sum(
        erase_bodies(
            kinds=sorted(kinds), before=now - parameters.days(name), reason=f"RET-3: {name}", actor=actor
        )
        for name, kinds in groups
    )
