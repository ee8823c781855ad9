"""Where a PostgreSQL is, who connects to it, and the two roles every installation has."""

from dataclasses import dataclass
from urllib.parse import quote

import psycopg
from psycopg import sql

OWNER_ROLE = "platewarden_owner"
"""Owns the tables; used by migrations and nothing else."""

APP_ROLE = "platewarden_app"
"""Everything else; has no right to alter the ledger."""

DATABASE_NAME = "platewarden"

SILENT_LOG = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",  # an error's text may quote a value: it goes to the client alone
    "log_error_verbosity": "terse",  # DETAIL may quote a row, or the statement of a session that crashed
}
"""Server settings under which no statement and no value, so no plate, reaches PostgreSQL's log."""

_APP_ATTRIBUTES = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


@dataclass(frozen=True, kw_only=True)
class Address:
    """One database of one server, reached through a Unix socket.

    Attributes:
        host: absolute path of the folder that holds the socket.
        port: the number in the socket's file name; no TCP port is open.
        database: the database's name.
    """

    host: str
    port: int = 5432
    database: str = DATABASE_NAME

    def url(self, role: str = APP_ROLE, *, database: str | None = None) -> str:
        """Return a `postgresql:` URL for psycopg and `DATABASE_URL`; it holds no secret."""
        name = quote(database or self.database, safe="")
        return f"postgresql://{quote(role)}@/{name}?host={quote(self.host, safe='')}&port={self.port}"

    def django_settings(self, role: str = APP_ROLE) -> dict[str, object]:
        """Return this address as one entry of Django's `DATABASES`."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": str(self.port),
            "NAME": self.database,
            "USER": role,
        }


def ensure_database(address: Address, name: str) -> Address:
    """Create the database `name`, owned by the owner role, unless it exists; return its address.

    The session is the owner role's, which may create databases in the embedded PostgreSQL. Nobody but the two
    roles may connect to the new database.

    Raises:
        psycopg.Error: the server cannot be reached, or the owner role may not create databases.
    """
    with psycopg.connect(address.url(OWNER_ROLE, database="postgres"), autocommit=True) as connection:
        # Two starters of one test run may ask at once: CREATE DATABASE has no IF NOT EXISTS.
        connection.execute("SELECT pg_advisory_lock(hashtext('platewarden.ensure_database'))")
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if found is None:
            for statement in _create_database(name):
                connection.execute(statement)
    return Address(host=address.host, port=address.port, database=name)


def ensure_app_role(address: Address) -> None:
    """Create the application role unless it exists, and strip it of every right to administer the server."""
    with psycopg.connect(address.url(OWNER_ROLE, database="postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APP_ROLE,)).fetchone()
        verb = "CREATE" if found is None else "ALTER"
        statement = f"{verb} ROLE {{}} {_APP_ATTRIBUTES}"
        connection.execute(sql.SQL(statement).format(sql.Identifier(APP_ROLE)))


def _create_database(name: str) -> list[sql.Composed]:
    database, owner, app = sql.Identifier(name), sql.Identifier(OWNER_ROLE), sql.Identifier(APP_ROLE)
    return [
        sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner),
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, app),
    ]


def create_roles_sql(database: str = DATABASE_NAME) -> str:
    """Return the SQL an administrator runs once, as superuser, on a PostgreSQL (15 or newer) of their own.

    Both roles are without passwords: peer authentication or a certificate says who they are, and a password
    is the administrator's to set. Their sessions log no statement and no value.
    """
    silence = "".join(
        f"ALTER ROLE {role} SET {setting} = '{value}';\n"
        for role in (OWNER_ROLE, APP_ROLE)
        for setting, value in SILENT_LOG.items()
    )
    name = '"' + database.replace('"', '""') + '"'
    return f"""\
CREATE ROLE {OWNER_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE ROLE {APP_ROLE} {_APP_ATTRIBUTES};
CREATE DATABASE {name} OWNER {OWNER_ROLE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE {name} FROM PUBLIC;
GRANT CONNECT ON DATABASE {name} TO {APP_ROLE};
{silence}"""
