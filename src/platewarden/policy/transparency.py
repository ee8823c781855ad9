"""What the public is told of the system's use, and which counts are too small to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may

Shown = int | None
"""A count as the public sees it; None where it is withheld."""


@dataclass(frozen=True, slots=True)
class Table:
    """Counts of several things apart, as the public sees them, and all of them together."""

    parts: Mapping[str, Shown]
    total: Shown


def is_small(count: int, *, threshold: int) -> bool:
    """Whether *count* is too small to be told; that nothing happened may be told.

    > TPR-1: with small counts withheld
    """
    return 0 < count < threshold


def table_shown(parts: Mapping[str, int], *, threshold: int) -> Table:
    """Return *parts* as the public sees them; the total goes with the first part that is withheld.

    > TPR-1: with small counts withheld

    What is shown depends on a small count only in that it is small: any other small count in its place gives the
    same answer, so that nothing that is shown, alone or together, tells which it was.
    """
    shown = {name: _told(count, threshold) for name, count in parts.items()}
    is_whole = all(count is not None for count in shown.values())
    return Table(shown, _told(sum(parts.values()), threshold) if is_whole else None)


def steps_shown(counts: Sequence[int], *, threshold: int) -> list[Shown]:
    """Return *counts* as the public sees them, each of which counts some of those before it: alerts, those that ended.

    > TPR-1: with small counts withheld

    A step is withheld if it is small, or if the step shown before it less this one is: the rest would tell it. Of
    every small step and every small rest the public can tell no better than that it is one of several counts, as
    many as there are small ones.

    Raises:
        ValueError: A count exceeds one before it.
    """
    shown: list[Shown] = []
    latest: Shown = None
    for place, count in enumerate(counts):
        if place and count > counts[place - 1]:
            raise ValueError(f"step {place} counts more than the step that it is part of")
        is_told = not is_small(count, threshold=threshold) and (
            latest is None or not is_small(latest - count, threshold=threshold)
        )
        shown.append(count if is_told and (place == 0 or latest is not None) else None)
        latest = count if shown[-1] is not None else latest
    return shown


def _told(count: int, threshold: int) -> Shown:
    return None if is_small(count, threshold=threshold) else count


def next_month(month: date) -> date:
    """Return the first day of the month after the one that begins on *month*."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def closes_at(month: date, *, parameters: Parameters) -> datetime:
    """Return when *month* (its first day, UTC) is measured, once and for all.

    > TPR-1: measured, never typed in

    Some days after its end, so that what people find of its last alerts counts; whatever comes later changes
    nothing, so that no difference between two publications tells of one event.
    """
    return _opens(next_month(month)) + parameters.days("transparency.settle_days")


def publication_due_at(month: date, *, parameters: Parameters) -> datetime:
    """Return by when *month* is to be before the public.

    > TPR-1: Statistics of use are published through a transparency portal
    """
    return _opens(next_month(month)) + parameters.days("transparency.publish_days")


def check_due_at(last_at: datetime, *, parameters: Parameters) -> datetime:
    """Return when somebody looks again whether the portal says what is so.

    > TPR-1: Statistics of use are published through a transparency portal
    """
    return last_at + parameters.days("transparency.check_days")


def _opens(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=UTC)


def may_review_figures(actor: Actor) -> Decision:
    """Decide whether *actor* may say that they have looked at a month's figures before the public does.

    > TPR-1: measured, never typed in, with small counts withheld
    """
    return may(actor, Right.REVIEW_FIGURES)


def may_publish_figures(actor: Actor, *, reviewed_by_id: str) -> Decision:
    """Decide whether *actor* may publish a month's figures that the account *reviewed_by_id* has looked at.

    > TPR-1: Statistics of use are published through a transparency portal

    Empty *reviewed_by_id*: nobody has looked at them.
    """
    right = may(actor, Right.PUBLISH_FIGURES)
    if not reviewed_by_id:
        unseen = refuse(
            "TPR-1",
            "Nobody has looked at these figures.",
            remedy="The administrator looks at them first and says so.",
        )
        return first_refusal(right, unseen)
    if actor.id == reviewed_by_id:
        same = refuse(
            "TPR-1",
            "Whoever looks at the figures does not publish them.",
            remedy="Ask another supervisor or administrator to publish them.",
        )
        return first_refusal(right, same)
    return right


def may_check_portal(actor: Actor) -> Decision:
    """Decide whether *actor* may see figures before they are published, and record the quarterly check.

    > TPR-1: Statistics of use are published through a transparency portal
    """
    return may(actor, Right.CHECK_PORTAL)
