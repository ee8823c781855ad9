"""What the tests of queries share: a justification in order, and one way of asking."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.policy.use import Purpose
from tests.conftest import NOW

JUSTIFICATION = Justification(Purpose.CRIMINAL_INVESTIGATION, "Car seen leaving the burglary", "2026-004512")


@pytest.fixture
def ask(cast: Any) -> Callable[..., Any]:
    """Ask as Ivan, for everything about one plate in the last week, unless told otherwise."""
    from platewarden.queries import actions

    def _ask(
        plate: str = "KAB4821", *, by: str = "ivan", kind: QueryKind = QueryKind.EXACT, **scope: Any
    ) -> Any:
        until = scope.pop("seen_until", NOW - timedelta(minutes=15))
        since = scope.pop("seen_from", until - timedelta(days=7))
        return actions.ask(
            justification=JUSTIFICATION,
            scope=QueryScope(kind, plate, scope.pop("cameras", ()), since, until),
            actor=cast.actor(by),
            now=NOW,
        )

    return _ask
