"""An alert in the cast's agency. Models are imported late: this file is read before Django is set up."""

from datetime import datetime
from typing import Any

import pytest

from tests.conftest import NOW


@pytest.fixture(autouse=True)
def at_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the console's clock show the moment at which the tests play."""
    for module in ("alerts.views", "site.middleware", "site.context"):
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)


@pytest.fixture
def alert(cast: Any, now: datetime) -> Any:
    """An alert as it stands when nobody has touched it."""
    from tests.alerts.scenes import list_entry, pass_by

    list_entry(cast, now)
    return pass_by(cast, now)
