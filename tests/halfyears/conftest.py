"""Every test here plays after a half-year of searches."""

from typing import Any

import psycopg
import pytest

from platewarden.ledger.keys import ensure_log_key
from tests.cast import Cast
from tests.halfyears.scenes import half_year


@pytest.fixture
def audited(
    fresh_database: str, cast: Cast, owner_connection: psycopg.Connection[Any], settings: Any
) -> Cast:
    """The cast after a half-year with misuse planted in it, and a ledger that can sign."""
    ensure_log_key(settings.PLATEWARDEN_KEYS, "test.platewarden.invalid/ledger")
    half_year(cast, owner_connection)
    return cast
