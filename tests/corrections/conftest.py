"""The moment at which tests about false hits play."""

import pytest

from tests.conftest import NOW


@pytest.fixture(autouse=True)
def at_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the console's clock show it."""
    modules = ("corrections.views", "corrections.complaint_views", "site.middleware", "site.context")
    for module in modules:
        monkeypatch.setattr(f"platewarden.{module}.utc_now", lambda: NOW)
