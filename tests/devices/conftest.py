"""The clock of all tests about devices."""

import pytest

from tests.conftest import NOW


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is now, for the server too."""
    for module in ("api", "senders", "views", "source_views"):
        monkeypatch.setattr(f"platewarden.devices.{module}.utc_now", lambda: NOW)
