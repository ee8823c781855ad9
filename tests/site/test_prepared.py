"""Statements that are planned once do what Django's own would do."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from platewarden.reads.models import Capture
from platewarden.site.prepared import execute, fetched, insert, together
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SEEN = datetime(2026, 11, 27, 12, 30, 15, 123456, tzinfo=UTC)


def capture(cast: Cast, capture_id: str) -> Capture:
    """A capture with a value of every kind that goes through text on its way: bytes, a number, a moment, nothing."""
    return Capture(
        agency_id=cast.agency.pk,
        camera_id=cast.camera.pk,
        capture_id=capture_id,
        digest=bytes(range(32)),
        read_id=uuid.uuid4(),
        seen_at=SEEN,
        clock_offset_seconds=0.1 + 0.2,
        signature='"quoted", \\ and é',
    )


def test_what_is_inserted_is_what_was_given(cast: Cast) -> None:
    """To the last digit, whatever it is."""
    given = [capture(cast, "first"), capture(cast, "second")]
    insert(given)
    names = [field.attname for field in Capture._meta.concrete_fields]
    for one in given:
        kept = Capture.objects.get(capture_id=one.capture_id)
        kept.digest = bytes(kept.digest)
        assert [getattr(kept, name) for name in names] == [getattr(one, name) for name in names]


@transaction.atomic
def three_at_once(cast: Cast) -> None:
    """Insert a new capture, and again one that is there, and change all, in a transaction."""
    with together():
        insert([capture(cast, "new")])
        insert([capture(cast, "there before")])
        execute("UPDATE captures SET signature = %s", ["never"])


def test_of_statements_together_all_or_none(cast: Cast) -> None:
    """One that fails is told as Django tells it, and takes the others of its transaction with it."""
    insert([capture(cast, "there before")])
    with pytest.raises(IntegrityError):
        three_at_once(cast)
    assert set(Capture.objects.values_list("capture_id", "signature")) == {
        ("there before", '"quoted", \\ and é')
    }


def test_a_broken_transaction_asks_nothing(cast: Cast) -> None:
    """Nothing is asked in a transaction that is to be undone, as with Django's own cursors."""
    with transaction.atomic():
        connection.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            fetched("SELECT 1")
        connection.set_rollback(False)
    assert fetched("SELECT %s::bigint", [cast.camera.pk]) == [(cast.camera.pk,)]


@transaction.atomic
def interrupted(cast: Cast) -> None:
    """Insert again what is there, and fail otherwise before the database has said so."""
    with together():
        insert([capture(cast, "there before")])
        raise KeyError


def test_what_a_failing_statement_quotes_reaches_no_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """The driver warns of an error that another came before, and would say the row."""
    insert([capture(cast, "there before")])
    with pytest.raises(KeyError):
        interrupted(cast)
    assert caplog.text == ""
    assert Capture.objects.count() == 1


def test_a_statement_is_planned_once_for_all_values() -> None:
    """It stays in the session under one plan, also while few values are given; Django's own do not."""
    for values in ([1], [2, 3]):
        fetched("SELECT count(*) FROM captures WHERE camera_id = ANY (%s::bigint[])", [values])
    Capture.objects.filter(camera_id=1).count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%FROM%captures%"],
        )
        assert cursor.fetchall() == [(2, 0)]
