"""Which entries on board a read fits: the same rules as at the server, on the list that the car carries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from platewarden.edge.board.entries import BoardEntry
from platewarden.edge.board.store import BoardStore
from platewarden.matching.edits import skeletons_near
from platewarden.matching.grades import Match
from platewarden.matching.patterns import anchors_within
from platewarden.matching.plates import skeleton
from platewarden.policy.hits import ReadFacts, weigh
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import Parameters

ANY_STATE = "*"
"""How an entry says that it is for any state."""


@dataclass(frozen=True, slots=True)
class BoardMatch:
    """An entry on board that a read fits.

    Attributes:
        entry: The entry.
        match: How well they fit, and why.
        alerts: Whether that is a hit; if not, it waits for the server, which lists it.
    """

    entry: BoardEntry
    match: Match
    alerts: bool


def matches_on_board(
    read: ReadFacts, store: BoardStore, *, parameters: Parameters, now: datetime
) -> list[BoardMatch]:
    """Return what on board is in force and fits *read*, the best grade first.

    > HIT-1: A hit raises an alert that is seen and heard.

    Only an entry whose plate fits is opened.
    """
    found = []
    for place, plate, state, category in _candidates(read, store, parameters):
        weighed = weigh(read, plate, None if state == ANY_STATE else state, category, parameters=parameters)
        if weighed and (entry := store.entry(place)).is_in_force(now):
            found.append(BoardMatch(entry, *weighed))
    return sorted(found, key=lambda one: (one.match.grade.rank, one.entry.fingerprint))


def _candidates(
    read: ReadFacts, store: BoardStore, parameters: Parameters
) -> Iterator[tuple[int, str, str, Category]]:
    own = {skeleton(read.plate), *map(skeleton, read.weighed_alternates(parameters=parameters))}
    goes_near = bool(parameters.codes("hits.one_character_categories"))
    index = store.index
    for row in index.rows_of(own | skeletons_near(read.plate) if goes_near else own):
        yield index.place(row), index.plate(row), index.state(row), Category(index.category(row))
    anchors = anchors_within(read.plate)
    for anchor, place in store.partials:
        if anchor in anchors:
            entry = store.entry(place)
            yield place, entry.plate, entry.state, Category(entry.category)
