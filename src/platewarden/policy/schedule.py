"""The state archives' schedule: the least time it asks for, once somebody has verified it, beside the policy's most."""

from datetime import timedelta
from typing import Final

from platewarden.policy.decision import Decision, allow, refuse
from platewarden.policy.parameters import Parameters, Value, definition

READS: Final = "retention.schedule_item_1241"
QUERIES: Final = "retention.schedule_item_1241a"
ITEMS: Final = (READS, QUERIES)
"""The two items. Nought days stand for a period that nobody has verified; adopting another is its verification."""

LIMIT: Final = "retention.limit_days"

QUOTATION: Final = 20
"""Fewest characters in which the source of a verified period can be quoted."""


def is_verified(item: str, *, parameters: Parameters) -> bool:
    """Whether two people have compared *item* with the schedule and adopted what it says.

    > RET-3: Its periods are shown as unverified until a person has verified them
    """
    return parameters.days(item) > timedelta(0)


def conflict(parameters: Parameters) -> str:
    """Say how a verified minimum for reads contradicts the policy's most; empty where it does not.

    > RET-3: a verified minimum above 30 days is a conflict for a person to resolve
    """
    minimum, most = parameters.days(READS).days, definition(LIMIT).ceiling or 0
    if minimum <= most:
        return ""
    return f"The schedule asks for {minimum} days of plate reads; the policy permits {most} at most."


def may_hold(name: str, value: Value, why: str, *, parameters: Parameters) -> Decision:
    """Decide whether *value* may be proposed, or adopted, for the parameter *name*, which *why* gives reasons for.

    > RET-3: Its periods are shown as unverified until a person has verified them, and a verified minimum above
    > 30 days is a conflict for a person to resolve.

    While there is a conflict nothing is adopted but what the schedule says; destruction goes on at the policy's most.
    """
    if name in ITEMS:
        return _quotes_its_source(why)
    if problem := conflict(parameters):
        return refuse(
            "RET-3",
            f"{problem} Until a person has resolved it, no value is adopted.",
            remedy="Correct the verified period, or have the policy amended. Destruction goes on at its most.",
        )
    minimum = parameters.days(READS).days
    if name == LIMIT and isinstance(value, int) and value < minimum:
        return refuse(
            "RET-3",
            f"The schedule's verified minimum is {minimum} days; {value} would be less.",
            remedy=f"Choose at least {minimum} days.",
            field="value",
        )
    return allow("RET-3")


def _quotes_its_source(why: str) -> Decision:
    if len(why.strip()) >= QUOTATION:
        return allow("RET-3")
    return refuse(
        "RET-3",
        "A period of the schedule is verified against its text.",
        remedy="Quote the item, and say in which edition you read it.",
        field="why",
    )
