"""Statements that every read waits for: plain SQL, which the database plans once a session.

Django writes a query anew each time and the values into its text, so that the database plans it anew as well; of what
is asked a hundred times a second that is most of the work. What is said here runs in the same session and transaction
as everything else. Values are never part of a statement's text; one that takes many takes an array of them, so that
one plan serves any number.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

Values = Sequence[object] | Mapping[str, object]


def fetched(statement: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a prepared *statement*.

    Raises:
        DatabaseError: As Django's own cursors do.
    """
    database = connections[DEFAULT_DB_ALIAS]
    with database.wrap_database_errors, _cursor(database) as cursor:
        return cursor.execute(statement, values, prepare=True).fetchall()


def execute(statement: str, values: Values = ()) -> None:
    """Run a prepared *statement* that returns nothing; raises as `fetched`."""
    database = connections[DEFAULT_DB_ALIAS]
    with database.wrap_database_errors, _cursor(database) as cursor:
        cursor.execute(statement, values, prepare=True)


@contextmanager
def together() -> Iterator[None]:
    """Wait for the database once, at the end of the block or where rows are fetched, and not after each statement.

    They run one after the other all the same, each seeing what the ones before it did; after one that fails none does.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors, database.connection.pipeline():
        yield


def insert(rows: Sequence[Model]) -> None:
    """Insert *rows*, all of one model and with every value set; raises as `fetched`."""
    if rows:
        names = _columns(type(rows[0]))
        values = [{name: getattr(row, name) for name in names} for row in rows]
        execute(_insert_into(type(rows[0])), [json.dumps(values, default=_in_text)])


@cache
def _insert_into(model: type[Model]) -> str:
    table, columns = model._meta.db_table, ", ".join(_columns(model))  # noqa: SLF001 - Django's own way to ask
    return (
        f"INSERT INTO {table} ({columns})"  # noqa: S608 - names of our own tables and columns
        f" SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)"
    )


@cache
def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)  # noqa: SLF001 - Django's own way to ask


def _in_text(value: object) -> str:
    """Return *value* as the database writes it."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


def _cursor(database: BaseDatabaseWrapper) -> psycopg.Cursor[tuple[Any, ...]]:
    """Return a cursor on Django's connection, made ready as Django makes it ready for its own."""
    database.close_if_health_check_failed()
    database.ensure_connection()
    database.validate_no_broken_transaction()
    return psycopg.Cursor(database.connection)
