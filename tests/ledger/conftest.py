"""What the ledger's tests share: an actor, a log key, and ways to fill and verify a ledger.

Imports of Django's parts stand in the fixtures: pytest reads this file before Django is set up.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.policy.decision import allow


@pytest.fixture
def actor() -> Actor:
    """Alice, at her desk."""
    return Actor(
        kind=ActorKind.PERSON,
        id="7",
        name="alice",
        agency_id=1,
        roles=frozenset({Role.OFFICER, Role.AUDITOR}),
        address="192.0.2.7",
        session="5e55",
        training=allow("TRN-1"),
    )


@pytest.fixture
def log_key(store_home: Any, settings: Any) -> Any:
    """A log key of the test's own, in a folder of its own."""
    from platewarden.ledger import keys

    return keys.ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)


@pytest.fixture
def fill(actor: Actor) -> Callable[[int], list[Any]]:
    """Append so many entries, five at a time, each batch committed where the test commits."""
    from django.db import transaction

    from platewarden.ledger.actions import append_many
    from platewarden.ledger.bodies import Draft
    from platewarden.ledger.kinds import Kind

    def _fill(count: int) -> list[Any]:
        entries: list[Any] = []
        for start in range(0, count, 5):
            with transaction.atomic():
                entries += append_many(
                    [
                        Draft(kind=Kind.ALERT_OPENED, actor=actor, subject=f"alert:{number}")
                        for number in range(start, min(start + 5, count))
                    ]
                )
        return entries

    return _fill


@pytest.fixture
def verdict(log_key: Any) -> Callable[..., Any]:
    """Verify the ledger against its stored checkpoints and the files given."""
    from django.db import connection

    from platewarden.ledger.verify import verify_ledger

    def _verdict(files: Mapping[str, str] | None = None) -> Any:
        with connection.cursor() as cursor:
            return verify_ledger(cursor, trusted=[log_key], files=files)

    return _verdict
