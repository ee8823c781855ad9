"""The clock of all tests about devices, and brakes that no other test has drawn."""

import pytest

from platewarden.ingest import brakes
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is now, for the server too, and nobody has failed yet."""
    for module in ("api", "senders", "views", "source_views"):
        monkeypatch.setattr(f"platewarden.devices.{module}.utc_now", lambda: NOW)
    for brake in (brakes.UNKNOWN, brakes.UNUSABLE, brakes.CODES, brakes.ALL_CODES):
        monkeypatch.setattr(brake, "_failures", type(brake._failures)())
