"""The portal remembers what it has made: not from one test to the next."""

import pytest

from platewarden.transparency import views


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """Nothing of an earlier test is in the portal's memory."""
    views._made.cache_clear()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The edge's clock stands at the moment at which tests play."""
    from tests.conftest import NOW

    for module in ("transparency.views", "transparency.staff_views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)
