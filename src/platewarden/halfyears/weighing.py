"""Which signals come first, and which person: by what was looked for before by how, and never by a score of people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from platewarden.auditing.signals import Signal, SignalKind

_FIRST: Final = frozenset({SignalKind.REPEATED, SignalKind.DECLARED, SignalKind.CANARY})
"""Whose vehicle was looked for: attention that somebody may suffer from."""

_SECOND: Final = frozenset(
    {
        SignalKind.CASE_REUSED,
        SignalKind.CROWD,
        SignalKind.OTHER_BODY,
        SignalKind.GROUND,
        SignalKind.VOLUME,
        SignalKind.COPIES,
    }
)
"""How much was looked for, under whose number, for whom and on what ground."""

LAST_TIER: Final = 3
TIERS: Final[Mapping[SignalKind, int]] = MappingProxyType(
    {kind: 1 if kind in _FIRST else 2 if kind in _SECOND else LAST_TIER for kind in SignalKind}
)
"""1 to 3: in which order a reader with a minute looks at signals."""


def by_person(signals: Iterable[Signal]) -> list[tuple[str, list[Signal]]]:
    """Return *signals* by person, the one to look at first in front, the signals of each by tier and size."""
    groups: dict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        groups[signal.person].append(signal)
    ordered = [(person, sorted(own, key=_place)) for person, own in groups.items()]
    return sorted(ordered, key=lambda item: (_weight(item[1]), item[0]))


def in_order(signals: Iterable[Signal]) -> list[Signal]:
    """Return *signals* as the report lists them: those of one person together, in the order of `by_person`."""
    return [signal for _, own in by_person(signals) for signal in own]


def _place(signal: Signal) -> tuple[int, int, str]:
    return TIERS[signal.kind], -len(signal.entries), signal.kind.value


def _weight(own: Sequence[Signal]) -> tuple[int, ...]:
    """Order by how many searches signals of the first tier point at, and how many those are; then by the next tier."""
    weight: list[int] = []
    for tier in range(1, LAST_TIER + 1):
        of_tier = [signal for signal in own if TIERS[signal.kind] == tier]
        weight += [-len({entry for signal in of_tier for entry in signal.entries}), -len(of_tier)]
    return tuple(weight)
