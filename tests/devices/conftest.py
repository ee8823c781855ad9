"""The clock of all tests about devices."""

import pytest

from tests.conftest import NOW


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is now, for the server too."""
    monkeypatch.setattr("platewarden.devices.api.utc_now", lambda: NOW)
    monkeypatch.setattr("platewarden.devices.views.utc_now", lambda: NOW)
