"""Statements that every read waits for: plain SQL, which the database plans once a session.

Django writes a query anew each time and the values into its text, so that the database plans it anew as well; of what
is asked a hundred times a second that is most of the work. What is said here runs in the same session and transaction
as everything else. Values are never part of a statement's text; one that takes many takes an array of them, so that
one plan serves any number.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import psycopg
from django.db import connection
from django.db.models import Model

Values = Sequence[object] | Mapping[str, object]


def fetched(statement: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a prepared *statement*.

    Raises:
        DatabaseError: As Django's own cursors do.
    """
    with _cursor() as cursor, connection.wrap_database_errors:
        return cursor.execute(statement, values, prepare=True).fetchall()


def execute(statement: str, values: Values = ()) -> None:
    """Run a prepared *statement* that returns nothing; raises as `fetched`."""
    with _cursor() as cursor, connection.wrap_database_errors:
        cursor.execute(statement, values, prepare=True)


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


def _cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    """Return a cursor on Django's connection, made ready as Django makes it ready for its own."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    return psycopg.Cursor(connection.connection)
