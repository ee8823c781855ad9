"""The random sample: drawn from a public seed; whoever doubts it draws it again (docs/reference/audit-sample.md).

A search's ticket is SHA-256 over the seed, 32 bytes, and the number of its entry on the ledger, 8 bytes, big-endian.
The sample is the searches with the smallest tickets. Nothing else decides: not their order, not who draws, not when.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from platewarden.policy.parameters import Parameters

SEED_BYTES: Final = 32
_NUMBER_BYTES: Final = 8


def ticket(seed: bytes, entry: int) -> bytes:
    """Return the ticket of the search whose ledger entry has the number *entry*: 32 bytes, compared as a number.

    Raises:
        ValueError: The seed is not 32 bytes long, or *entry* is negative.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes, this one {len(seed)}")
    if entry < 0:
        raise ValueError(f"entries are numbered from 0, not {entry}")
    return hashlib.sha256(seed + entry.to_bytes(_NUMBER_BYTES, "big")).digest()


def draw(seed: bytes, entries: Iterable[int], count: int) -> list[int]:
    """Return the *count* of *entries* with the smallest tickets, the smallest first; all of them if there are no more.

    Raises as `ticket` does.
    """
    return sorted(set(entries), key=lambda entry: ticket(seed, entry))[:count]


def sample_size(population: int, *, parameters: Parameters) -> int:
    """Return how many of *population* searches are drawn.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.
    """
    share = -(-population * parameters.integer("audit.sample_percent") // 100)
    most = max(parameters.integer("audit.sample_most"), parameters.integer("audit.sample_least"))
    return min(population, most, max(share, parameters.integer("audit.sample_least")))
