"""What several commands take as options."""

from datetime import datetime

import click


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
