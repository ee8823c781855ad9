"""What the tests of the audit's reckoning share."""

from datetime import UTC, datetime

import pytest

from platewarden.policy.parameters import Parameters, defaults


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    """The policy's own values."""
    return defaults(datetime(2026, 6, 1, tzinfo=UTC))
