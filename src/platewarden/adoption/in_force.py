"""The parameters in force at a moment: the package's defaults, overlaid with what has been adopted."""

import json
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

from platewarden.policy.parameters import Parameters, defaults
from platewarden.site.looks import shared
from platewarden.site.prepared import fetched

_IN_FORCE: Final = """
SELECT name, value::text FROM adopted_values WHERE approved_at IS NOT NULL AND in_force_from <= %s
ORDER BY in_force_from, id
"""


@shared
def parameters_at(now: datetime) -> Parameters:
    """Return the parameters in force at *now*.

    What is in force is asked of the database every time; only what it comes to, once checked, is remembered.

    Raises:
        ParameterError: An adopted value no longer fits its parameter; nothing is decided on a guess.
    """
    return _overlaid(now.date(), *fetched(_IN_FORCE, [now]))


@lru_cache(maxsize=64)
def _overlaid(day: date, *adopted: tuple[str, str]) -> Parameters:
    """Return the defaults of *day* under values *adopted* one after the other, each a name and its JSON."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return defaults(midnight).adopting({name: json.loads(value) for name, value in adopted})
