"""Months with invented counts, for tests of what is made of them."""

from datetime import date
from typing import Any

from platewarden.policy.use import Purpose
from platewarden.transparency.actions import publish_figures, review_figures
from platewarden.transparency.measuring import chapters
from platewarden.transparency.models import MonthlyFigures
from tests.cast import Cast
from tests.conftest import NOW


def counts(
    *, reads: int = 41_212, hits: tuple[int, int, int, int] = (120, 104, 96, 11), **more: Any
) -> dict[str, Any]:
    """Counts of a month in which something of everything happened; `searches` and `refusals` change some."""
    searches = {purpose.value: 9 for purpose in Purpose if purpose.justifies_query}
    refusals = dict.fromkeys(chapters(), 0) | {"QRY": 12}
    return {
        "reads": reads,
        "hits": dict(zip(("raised", "verified", "ended", "false"), hits, strict=True)),
        "searches": searches | more.get("searches", {}),
        "refusals": refusals | more.get("refusals", {}),
    }


def measured(cast: Cast, month: date, **changes: Any) -> MonthlyFigures:
    """Enter *month* as if it had been measured."""
    return MonthlyFigures.objects.create(
        agency=cast.agency, month=month, counts=counts(**changes), measured_at=NOW
    )


def published(cast: Cast, month: date, **changes: Any) -> MonthlyFigures:
    """Enter *month*; Ada looks at it, Sue publishes it."""
    measured(cast, month, **changes)
    review_figures(month=month, actor=cast.actor("ada"), now=NOW)
    return publish_figures(month=month, actor=cast.actor("sue"), now=NOW)
