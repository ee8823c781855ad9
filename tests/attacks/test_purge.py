"""Attempts to keep what must go, and to destroy what must stay."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from platewarden.accounts.actors import system_actor
from platewarden.adoption import actions as adoption
from platewarden.adoption.models import AdoptedValue
from platewarden.images.store import Shelf, image_store
from platewarden.policy.parameters import ParameterError, defaults
from platewarden.policy.queries import QueryKind, QueryScope
from platewarden.queries.search import search
from platewarden.reads.models import Read
from platewarden.retention import actions
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, store, with_images

PAST = datetime(2026, 10, 20, 12, tzinfo=UTC)
"""A capture time that is past its day at NOW."""


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
@pytest.mark.parametrize("limit", [31, 90, 36500, "30", None, 0, -1])
def test_no_longer_retention_can_be_adopted(cast: Cast, limit: Any) -> None:
    """Neither by proposing it nor by writing it into the table: then nothing is decided at all."""
    facts: dict[str, Any] = {
        "name": "retention.limit_days",
        "value": limit,
        "why": "because",
        "in_force_from": NOW,
    }
    with pytest.raises(ParameterError):
        adoption.propose_value(**facts, actor=cast.actor("ada"), now=NOW)
    if limit is None:
        return
    AdoptedValue.objects.create(
        **facts, proposed_by=cast.ada, proposed_at=NOW, approved_by=cast.sue, approved_at=NOW
    )
    with pytest.raises(ParameterError):
        actions.purge_due(actor=system_actor("purge"), now=NOW)


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_a_purge_that_never_ran_reveals_nothing(cast: Cast) -> None:
    """Whatever is asked for, a read past its day is not found, though it still lies in its table."""
    store([a_sighting(cast.camera, "KAB4821", PAST)])
    window = (PAST - timedelta(hours=1), PAST + timedelta(hours=1))
    for kind, text in (
        ("exact", "KAB4821"),
        ("pattern", "KAB*"),
        ("pattern", "K*"),
        ("near", "KAB4822"),
        ("camera_time", ""),
    ):
        scope = QueryScope(QueryKind(kind), text, (cast.camera.pk,), *window)
        assert search(scope, agency_id=cast.agency.pk, parameters=defaults(NOW), now=NOW).reads == []
    assert Read.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE reads",
        "ALTER TABLE reads DETACH PARTITION reads_20261020",
        "DROP TABLE reads_20261020",
        "TRUNCATE reads",
        "SELECT drop_day('ledger_leaf', '2026-10-20')",
        "SELECT prepare_day('people', '2026-10-20')",
        "SELECT prepare_day('reads; DROP TABLE people', '2026-10-20')",
    ],
)
def test_the_application_drops_nothing_but_days(cast: Cast, statement: str) -> None:
    """Its role may call two functions, which know two tables."""
    store([a_sighting(cast.camera, "KAB4821", PAST)])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Read.objects.count() == 1


@pytest.mark.clause("RET-1")
def test_a_purge_without_its_record_leaves_the_day_whole(
    owner_connection: psycopg.Connection[Any], cast: Cast
) -> None:
    """An application that may not append cannot purge: neither row nor key nor image is lost."""
    (read,) = store([with_images(a_sighting(cast.camera, "KAB4821", PAST))])
    owner_connection.execute("REVOKE EXECUTE ON FUNCTION ledger_append FROM platewarden_app")
    with pytest.raises(actions.PurgeIncompleteError, match="took no record"):
        actions.purge_due(actor=system_actor("purge"), now=NOW)
    owner_connection.execute("GRANT EXECUTE ON FUNCTION ledger_append TO platewarden_app")
    shelf = Shelf.of_day(cast.agency.pk, date(2026, 10, 20))
    assert image_store().open(shelf, f"{read.id}/plate", read.plate_image)
    assert Read.objects.count() == 1
    assert len(actions.purge_due(actor=system_actor("purge"), now=NOW)) == 1
