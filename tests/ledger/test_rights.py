"""What the application role may do with the ledger, and what stops even the owner's slips."""

import importlib
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

COLUMNS = {"ledger_leaf": "canon", "ledger_node": "hash", "ledger_body": "salt", "ledger_checkpoint": "root"}
CHANGES = ["update {table} set {column} = {column}", "delete from {table}", "truncate {table} cascade"]
INSERTS = {
    "ledger_leaf": "insert into ledger_leaf values (99, now(), 'a.b', '')",
    "ledger_node": "insert into ledger_node values (0, 99, sha256(''))",
    "ledger_body": "insert into ledger_body values (0, sha256(''), '{}')",
}


def refused_to_application(statement: str) -> str:
    """Return the database's reason for refusing *statement* to the role the product runs as."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(caught.value)


def test_the_product_runs_as_the_application_role(db: None) -> None:
    """These tests prove something only if Django is connected as the role the product uses."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user, (select rolsuper from pg_roles where rolname = current_user)")
        assert cursor.fetchone() == ("platewarden_app", False)


@pytest.mark.parametrize("table", COLUMNS)
@pytest.mark.parametrize(
    "statement",
    [
        *CHANGES,
        "alter table {table} disable trigger all",
        "drop table {table} cascade",
        "create trigger t before insert on {table} execute function suppress_redundant_updates_trigger()",
    ],
)
def test_the_application_cannot_touch_what_is_written(db: None, table: str, statement: str) -> None:
    """The application can neither change nor remove an entry, nor the guards on it."""
    reason = refused_to_application(statement.format(table=table, column=COLUMNS[table]))
    assert "permission denied" in reason or "must be owner" in reason


@pytest.mark.parametrize("table", INSERTS)
def test_the_application_cannot_write_around_the_functions(db: None, table: str) -> None:
    """Leaves, hashes and bodies come from the append function alone."""
    assert "permission denied" in refused_to_application(INSERTS[table])


@pytest.mark.parametrize(
    "call",
    [
        "ledger_append_at(array['a.b'], array['{}'], now())",
        "ledger_grow(0, 1)",
        "ledger_leaf_bytes(0, now(), 'a.b', '')",
    ],
)
def test_the_application_cannot_call_the_inner_functions(db: None, call: str) -> None:
    """Only appending now, by the database's clock, is open to the application."""
    assert "permission denied for function" in refused_to_application(f"select {call}")


def test_the_application_cannot_become_the_owner_or_stop_triggers(db: None) -> None:
    """No change of role or of trigger settings gets around the guards."""
    assert refused_to_application("set role platewarden_owner")
    assert refused_to_application("set session_replication_role = replica")
    assert refused_to_application("create function public.sha256(bytea) returns bytea return ''::bytea")


@pytest.mark.parametrize("table", COLUMNS)
@pytest.mark.parametrize("statement", CHANGES)
def test_the_owner_s_slips_are_stopped(
    owner_connection: psycopg.Connection[Any], table: str, statement: str
) -> None:
    """Even the owner is refused, on an empty table and during replication too, until it removes the guard."""
    owner_connection.execute("set session_replication_role = replica")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        owner_connection.execute(statement.format(table=table, column=COLUMNS[table]))


@pytest.mark.parametrize(
    ("kinds", "bodies"),
    [
        ("'{}'", "'{}'"),
        ("null", "null"),
        ("array['a.b', 'a.b']", "array['{}']"),
        ("array['a']", "array['{}']"),
    ],
)
def test_malformed_calls_write_nothing(db: None, kinds: str, bodies: str) -> None:
    """As many kinds as bodies, at least one, and each of the form thing.event."""
    assert refused_to_application(f"select ledger_append({kinds}, {bodies})")


@pytest.mark.parametrize("kind", ["a.b\nbody sha256:00", "a.b\n", "A.b", "a.b.c", ".b", "a" * 31 + ".b"])
def test_a_kind_cannot_forge_lines_of_the_leaf(db: None, kind: str) -> None:
    """The leaf is text of one line a fact, so a kind may hold nothing that could look like another."""
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select ledger_append(array[%s], array['{}'])", [kind])


def test_migrating_without_the_application_role_says_what_to_do(
    owner_connection: psycopg.Connection[Any],
) -> None:
    """The guards' migration fails loudly where the role they guard against does not exist."""
    guards = importlib.import_module("platewarden.ledger.migrations.0003_guards")
    with pytest.raises(psycopg.Error, match="does not exist") as caught:
        owner_connection.execute(guards.REQUIRE_ROLE.replace(guards.APP_ROLE, "nobody_at_all"))
    assert caught.value.diag.message_hint == "Create it before migrating: CREATE ROLE nobody_at_all LOGIN"
