"""What the tests of sharing share: the edge's clock stands at the moment at which they play."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The time that pages and doors see; a test moves it by replacing the one element."""
    from tests.sharing import scenes

    return scenes.stand_still(monkeypatch)


@pytest.fixture
def partner(cast: Any) -> Any:
    """A partner agency with an agreement in force and one guest, Gus."""
    from tests.sharing import scenes

    return scenes.partner(cast)


@pytest.fixture
def gus(partner: Any, sign_in: Any) -> Any:
    """The guest's browser."""
    return sign_in(partner.guest)
