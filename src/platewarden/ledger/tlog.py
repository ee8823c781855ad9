"""Merkle tree hashes and proofs as RFC 6962 section 2.1 defines them.

Pure arithmetic over `hashlib`; stored hashes are reached through `HashReader` alone. A tree is kept as its
complete subtrees: node ``(level, idx)`` is the hash of the ``2 ** level`` leaves from ``idx << level`` on,
so level 0 holds the leaf hashes. A node, once complete, never changes.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, Protocol

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves: SHA-256 of nothing (RFC 6962 section 2.1)."""


class ProofError(Exception):
    """A proof does not show what it claims; the message says which part."""


class Node(NamedTuple):
    """The place of a complete subtree: it covers ``2 ** level`` leaves from leaf ``idx << level`` on."""

    level: int
    idx: int


class HashReader(Protocol):
    """Reads the hashes of complete subtrees."""

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        """Return the hash of each of *nodes*, in their order.

        Raises:
            LookupError: One of them is not stored.
        """
        ...


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one leaf: SHA-256 of 0x00 and its bytes (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 of 0x01 and its children's hashes (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(reader: HashReader, size: int) -> bytes:
    """Return the root of the tree of the first *size* leaves (MTH in RFC 6962 section 2.1)."""
    return _hash_ranges(reader, [(0, size)])[0] if size else EMPTY_ROOT


def prove_inclusion(reader: HashReader, index: int, size: int) -> list[bytes]:
    """Return the audit path of leaf *index* in the tree of *size* leaves, sibling of the leaf first.

    Source: PATH in RFC 6962 section 2.1.1.

    Raises:
        ValueError: There is no such leaf in that tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size} leaves")
    ranges, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return _hash_ranges(reader, ranges[::-1])


def check_inclusion(proof: Sequence[bytes], *, index: int, size: int, leaf: bytes, root: bytes) -> None:
    """Check that the leaf whose hash is *leaf* is number *index* of the *size* leaves under *root*.

    Source: RFC 9162 section 2.1.3.2, which spells out the check that RFC 6962 leaves to the reader.

    Raises:
        ProofError: It is not shown.
    """
    if not 0 <= index < size:
        raise ProofError(f"index: leaf {index} cannot be in a tree of {size} leaves")
    position, last, running = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("proof: longer than the path from leaf to root")
        if position & 1 or position == last:
            running = node_hash(sibling, running)
            while not position & 1 and position:  # this subtree has no right sibling on these levels
                position, last = position >> 1, last >> 1
        else:
            running = node_hash(running, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ProofError("proof: shorter than the path from leaf to root")
    if running != root:
        raise ProofError("root: leaf and path do not hash to it")


def prove_consistency(reader: HashReader, old_size: int, new_size: int) -> list[bytes]:
    """Return the proof that the first *old_size* of *new_size* leaves are unchanged (RFC 6962 section 2.1.2).

    The proof is empty when the sizes are equal.

    Raises:
        ValueError: *old_size* is not between 1 and *new_size*.
    """
    if not 1 <= old_size <= new_size:
        raise ValueError(f"no proof leads from {old_size} to {new_size} leaves")
    ranges, start, end = [], 0, new_size
    while end != old_size:
        middle = start + _split(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # the old tree's own root is known to the checker; any other last subtree is not
        ranges.append((start, end))
    return _hash_ranges(reader, ranges[::-1])


def check_consistency(
    proof: Sequence[bytes], *, old_size: int, new_size: int, old_root: bytes, new_root: bytes
) -> None:
    """Check that the tree of *new_size* leaves begins with the *old_size* leaves under *old_root*.

    Source: RFC 9162 section 2.1.4.2.

    Raises:
        ProofError: It is not shown.
    """
    if not 1 <= old_size <= new_size:
        raise ProofError(f"sizes: no proof leads from {old_size} to {new_size} leaves")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise ProofError("root: trees of one size must have one root and need no proof")
        return
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        raise ProofError("proof: empty")
    _check_consistency_path(path, old_size - 1, new_size - 1, old_root, new_root)


def _check_consistency_path(path: list[bytes], old: int, new: int, old_root: bytes, new_root: bytes) -> None:
    """Rebuild both roots from *path*; *old* and *new* are the positions of the trees' last leaves."""
    while old & 1:
        old, new = old >> 1, new >> 1
    running_old = running_new = path[0]
    for sibling in path[1:]:
        if new == 0:
            raise ProofError("proof: longer than the path from subtree to root")
        if old & 1 or old == new:
            running_old, running_new = node_hash(sibling, running_old), node_hash(sibling, running_new)
            while not old & 1 and old:
                old, new = old >> 1, new >> 1
        else:
            running_new = node_hash(running_new, sibling)
        old, new = old >> 1, new >> 1
    if new:
        raise ProofError("proof: shorter than the path from subtree to root")
    if running_old != old_root:
        raise ProofError("old_root: the proof does not hash to it")
    if running_new != new_root:
        raise ProofError("new_root: the proof does not hash to it")


class Frontier:
    """The right edge of a growing tree: the hashes of its largest complete subtrees, widest first.

    Holds one hash a set bit of `size`, so a tree of any length is followed in constant memory.
    """

    def __init__(self) -> None:
        """Start with no leaves."""
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Add the leaf with hash *leaf*; return every node that it completes, the leaf's own first."""
        node = Node(0, self.size)
        completed = [(node, leaf)]
        while node.idx & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            node = Node(node.level + 1, node.idx >> 1)
            completed.append((node, leaf))
        self._peaks.append(leaf)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the root of the leaves so far."""
        return _fold(self._peaks) if self._peaks else EMPTY_ROOT


def _split(size: int) -> int:
    """Return the largest power of two below *size* (k in RFC 6962 section 2.1); *size* is at least 2."""
    return 1 << (size - 1).bit_length() - 1


def _fold(hashes: Sequence[bytes]) -> bytes:
    """Join neighbouring subtrees, widest first, into the hash of the range they cover together."""
    running = hashes[-1]
    for left in reversed(hashes[:-1]):
        running = node_hash(left, running)
    return running


def _cover(start: int, end: int) -> list[Node]:
    """Return the complete subtrees that make up leaves [start, end), widest first.

    *start* is a multiple of the widest one's width, as it is for every range of the RFC's recursion.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


def _hash_ranges(reader: HashReader, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
    """Return the tree hash of each range of leaves, reading all stored hashes in one call."""
    covers = [_cover(start, end) for start, end in ranges]
    hashes = iter(reader.read_hashes([node for cover in covers for node in cover]))
    return [_fold([next(hashes) for _ in cover]) for cover in covers]
