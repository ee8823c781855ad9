"""What a policy rule answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of one rule, with its grounds.

    Attributes:
        allowed: Whether the request may go ahead.
        clause: Id of the clause the answer rests on, e.g. ``QRY-1``.
        reason: One sentence for the person who asked; never contains a plate.
        remedy: What would satisfy the rule; empty when allowed.
        field: Name of the form field or request member at fault, where one is.
    """

    allowed: bool
    clause: str
    reason: str
    remedy: str = ""
    field: str = ""


def allow(clause: str, reason: str = "") -> Decision:
    """Answer that *clause* permits what was asked."""
    return Decision(allowed=True, clause=clause, reason=reason)


def refuse(clause: str, reason: str, *, remedy: str, field: str = "") -> Decision:
    """Answer that *clause* forbids what was asked, and what would satisfy it."""
    return Decision(allowed=False, clause=clause, reason=reason, remedy=remedy, field=field)


def first_refusal(*decisions: Decision) -> Decision:
    """Return the first refusal among *decisions*, or the last of them when all allow."""
    return next((decision for decision in decisions if not decision.allowed), decisions[-1])


class PolicyRefusal(Exception):  # noqa: N818 - a refusal is an outcome, not an error
    """Raised by `require`; whatever catches it must record the refusal as evidence.

    Attributes:
        decision: The refusing decision.
        refused_action: Short name of what was asked for, e.g. ``query.ask``.
        facts: Plate-free circumstances to keep with the refusal.
    """

    def __init__(
        self, decision: Decision, *, refused_action: str, facts: dict[str, object] | None = None
    ) -> None:
        """Keep the *decision* and what it refused."""
        super().__init__(f"{decision.clause}: {decision.reason}")
        self.decision = decision
        self.refused_action = refused_action
        self.facts = facts or {}


def require(decision: Decision, *, action: str, facts: dict[str, object] | None = None) -> Decision:
    """Return *decision* if it allows *action*.

    Raises:
        PolicyRefusal: It does not.
    """
    if not decision.allowed:
        raise PolicyRefusal(decision, refused_action=action, facts=facts)
    return decision
