"""What is searched: five columns beside each other in the order of the keys, 18 bytes an entry.

Everything else of an entry lies sealed on disk and is opened when a read fits. Five million entries take 90 MB; a
change needs the old and the new columns beside each other for a moment, one column at a time.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from platewarden.edge.board.coding import decode, encode
from platewarden.edge.board.entries import BoardEntry, BoardError

COLUMNS: Final = (
    ("keys", np.uint64),
    ("variants", np.uint32),
    ("places", np.uint32),
    ("states", np.uint8),
    ("categories", np.uint8),
)

_MANY: Final = 255


class Index:
    """The columns, and the words that two of them number."""

    def __init__(self, columns: dict[str, NDArray[Any]] | None = None, words: Sequence[str] = ()) -> None:
        """Take *columns*, sorted by key, and the *words* that states and categories point to."""
        self._columns = columns or {name: np.empty(0, kind) for name, kind in COLUMNS}
        self._words = list(words)
        self._numbers = {word: number for number, word in enumerate(self._words)}

    def __len__(self) -> int:
        """How many entries with a whole plate there are."""
        return len(self._columns["keys"])

    @property
    def words(self) -> list[str]:
        """The states and categories that occur, in the order of their numbers."""
        return list(self._words)

    def column(self, name: str) -> NDArray[Any]:
        """Return one column, in the order of the keys."""
        return self._columns[name]

    def rows_of(self, skeletons: Iterable[str]) -> list[int]:
        """Return the rows whose plate has one of *skeletons*."""
        keys = np.unique(encode(list(skeletons))[0])
        own = self._columns["keys"]
        first = np.searchsorted(own, keys)
        first = first[first < len(own)]
        known = first[own[first] == keys[: len(first)]]  # most keys are nobody's: one search each is enough
        last = np.searchsorted(own, own[known], "right")
        return [row for start, stop in zip(known, last, strict=True) for row in range(start, stop)]

    def plate(self, row: int) -> str:
        """Return the canonical plate of *row*."""
        return decode(int(self._columns["keys"][row]), int(self._columns["variants"][row]))

    def state(self, row: int) -> str:
        """Return the state of *row*."""
        return self._words[int(self._columns["states"][row])]

    def category(self, row: int) -> str:
        """Return the category of *row*."""
        return self._words[int(self._columns["categories"][row])]

    def place(self, row: int) -> int:
        """Return where the rest of *row* is kept."""
        return int(self._columns["places"][row])

    def number(self, word: str) -> int:
        """Return the number of a state or category, giving it one.

        Raises:
            BoardError: There are more words than any real list has.
        """
        if word not in self._numbers:
            if len(self._words) >= _MANY:
                raise BoardError("the list names more states and categories than there are")
            self._numbers[word] = len(self._words)
            self._words.append(word)
        return self._numbers[word]

    def changed(self, *, without: Sequence[int], added: "Batch") -> Self:
        """Return the index without the rows *without* and with those of *added*; this one stays as it is."""
        stays = np.ones(len(self), dtype=np.bool_)
        stays[list(without)] = False
        keys = np.concatenate([self._columns["keys"][stays], added.taken("keys")])
        order = np.argsort(keys, kind="stable").astype(np.uint32)
        columns = {"keys": keys[order]}
        del keys
        for name, _ in COLUMNS[1:]:
            columns[name] = np.concatenate([self._columns[name][stays], added.taken(name)])[order]
        return type(self)(columns, self._words)


class Batch:
    """Entries on their way into an index, in any order."""

    def __init__(self) -> None:
        """Begin with none."""
        self._parts: dict[str, list[NDArray[Any]]] = {name: [] for name, _ in COLUMNS}

    def add(self, entries: Sequence[BoardEntry], *, first_place: int, index: Index) -> None:
        """Add *entries*, kept one after the other from *first_place* on; *index* numbers their words."""
        keys, variants = encode([entry.plate for entry in entries])
        values: dict[str, NDArray[Any]] = {
            "keys": keys,
            "variants": variants,
            "places": np.arange(first_place, first_place + len(entries), dtype=np.uint32),
            "states": np.array([index.number(entry.state) for entry in entries], dtype=np.uint8),
            "categories": np.array([index.number(entry.category) for entry in entries], dtype=np.uint8),
        }
        for name, part in values.items():
            self._parts[name].append(part)

    def taken(self, name: str) -> NDArray[Any]:
        """Return one column of everything added, which is let go here."""
        parts = self._parts.pop(name)
        return np.concatenate(parts) if parts else np.empty(0, dict(COLUMNS)[name])
