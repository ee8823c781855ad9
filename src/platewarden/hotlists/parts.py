"""Entries that are also compared with plates one character away: by which parts of them they are found.

A read that is one character away from an entry shares with it what is left of its skeleton without the head, without
the middle or without the tail (`matching.edits`). Three indexes hold these of the categories of which few entries are
on a list and much depends on each; a list of millions of stolen plates pays nothing for them.
"""

from typing import Final

from platewarden.policy.hotlists import Category

FOUND_BY_PARTS: Final = (
    Category.AMBER_ALERT,
    Category.FELONY_VEHICLE,
    Category.MISSING_PERSON,
    Category.VULNERABLE_ADULT,
    Category.WANTED_PERSON,
)
"""Categories in the indexes, in the order in which those name them. Entries of others are looked up by whole keys."""

HEADLESS: Final = "SUBSTRING(%(expressions)s, 3)"
ENDS: Final = "(LEFT(%(expressions)s, 2) || RIGHT(%(expressions)s, 3))"
TAILLESS: Final = "LEFT(%(expressions)s, -3)"
"""The parts of a skeleton, as `matching.edits.parts` has them."""
