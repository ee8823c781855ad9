"""What several commands take as options."""

from datetime import datetime
from pathlib import Path

import click

from platewarden.ledger.checkpoint import NoteError, VerifierKey


class Moment(click.ParamType[datetime]):
    """A time with its zone, in ISO 8601."""

    name = "time"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment that *value* names."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail("is no ISO 8601 time, e.g. 2026-12-31T12:00:00-05:00", param, ctx)
        if moment.tzinfo is None:
            self.fail("has no zone: end it with Z or an offset such as -05:00", param, ctx)
        return moment


def trusted_keys(key: str) -> list[VerifierKey]:
    """Return the public keys in *key*: one itself, or a file that holds them, one a line.

    Raises:
        click.ClickException: It is neither.
    """
    try:
        text = Path(key).read_text(encoding="utf-8") if Path(key).is_file() else key
        return [VerifierKey.parse(line) for line in text.splitlines()]
    except (OSError, UnicodeDecodeError, NoteError) as error:
        raise click.ClickException(f"--key: {error}") from error
