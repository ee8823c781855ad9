"""The portal's words in each language, from ``texts.toml``."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("en", "es")
"""The first is what a reader gets who asks for none of them."""


@cache
def texts(language: str) -> dict[str, Any]:
    """Return every text of the portal in *language*, by its key."""
    with Path(__file__).with_name("texts.toml").open("rb") as file:
        found: dict[str, Any] = tomllib.load(file)[language]
    return found


def language_asked(header: str) -> str:
    """Return which of the portal's languages an ``Accept-Language`` header likes best (RFC 9110, 12.5.4)."""
    liked = [_weighted(part) for part in header.split(",")]
    known = [(weight, code) for weight, code in liked if code in LANGUAGES and weight > 0]
    return max(known, key=lambda pair: (pair[0], -LANGUAGES.index(pair[1])), default=(1.0, LANGUAGES[0]))[1]


def _weighted(part: str) -> tuple[float, str]:
    tag, _, weight = part.partition(";q=")
    try:
        return float(weight or 1), tag.strip().lower().partition("-")[0]
    except ValueError:
        return 0.0, ""
