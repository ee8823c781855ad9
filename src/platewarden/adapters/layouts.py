"""Which fields of a format are taken, as data: what is not listed does not reach an adapter at all (CAP-2)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from platewarden.policy.capture import KEPT, TRANSPORT, VEHICLE_CHARACTERISTICS

UNLISTED: Final = "other"
"""Under this name fields are counted that our lists do not know: a stranger's field name may be anything."""

USES: Final = frozenset({"kind of event", "cut of the images", "clock", "which read"})
"""What a field may serve for without being kept: its value is gone once the delivery is dealt with."""

MEMBERS: Final = (
    TRANSPORT.union(*KEPT.values()) | USES | {f"vehicle.{name}" for name in VEHICLE_CHARACTERISTICS}
)


class Taken(NamedTuple):
    """One field that is taken: its path in the document (``[]`` for each of a list), and what becomes of it."""

    path: str
    becomes: str
    note: str = ""


_LEAF: Final[dict[str, Any]] = {}
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of one kind of document.

    Attributes:
        taken: Those that are taken; everything else is dropped.
        dropped: Names of those known to be sent besides, each with what it says; they are counted under their names.
    """

    taken: tuple[Taken, ...]
    dropped: Mapping[str, str]
    _tree: Tree = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a layout that takes what may not be kept: the program does not start with it.

        Raises:
            ValueError: A field becomes something that is no member of a read.
        """
        tree: Tree = {}
        for taken in self.taken:
            if taken.becomes not in MEMBERS:
                raise ValueError(f"{taken.path} would become {taken.becomes}, which CAP-2 does not list")
            branch = tree
            *parents, name = taken.path.replace("[]", ".[]").split(".")
            for parent in parents:
                branch = branch.setdefault(parent, {})
            branch[name] = _LEAF
        object.__setattr__(self, "_tree", tree)

    def sift(self, document: Any) -> tuple[Any, Counter[str]]:
        """Return what of *document* is listed, and how often each other field was there.

        Never looks deeper than the layout does, however deep *document* is.
        """
        dropped: Counter[str] = Counter()
        return self._sift(document, self._tree, dropped), dropped

    def name_of(self, field_name: str) -> str:
        """Return under which name of our own a dropped field is counted."""
        return field_name if field_name in self.dropped else UNLISTED

    def _sift(self, value: Any, tree: Tree, dropped: Counter[str]) -> Any:
        if isinstance(value, dict):
            kept = {}
            for name, inner in value.items():
                branch = tree.get(str(name))
                is_listed = branch is not None and isinstance(inner, (dict, list)) != (branch is _LEAF)
                if branch is not None and (is_listed or inner is None):
                    kept[str(name)] = self._sift(inner, branch, dropped)
                else:
                    dropped[self.name_of(str(name))] += 1
            return kept
        if isinstance(value, list):
            return [item for item in self._items(value, tree.get("[]"), dropped) if item is not None]
        return value

    def _items(self, values: list[Any], branch: Tree | None, dropped: Counter[str]) -> list[Any]:
        kept = []
        for inner in values[:MOST_ITEMS]:
            if branch is not None and isinstance(inner, (dict, list)) != (branch is _LEAF):
                kept.append(self._sift(inner, branch, dropped))
            else:
                dropped[UNLISTED] += 1
        if len(values) > MOST_ITEMS:
            dropped[UNLISTED] += len(values) - MOST_ITEMS
        return kept


MOST_ITEMS: Final = 200
"""Of a list no more is looked at: none of the formats has longer ones."""

OCCUPANT: Final = "says something of the people in the vehicle"
WAY: Final = "says where the vehicle was going"
LIST: Final = "the device's own list; hotlists are ours to match"
DEVICE: Final = "says something of the device"
PICTURE: Final = "the size or place of a picture"
OTHER: Final = "none of what the policy lists"
