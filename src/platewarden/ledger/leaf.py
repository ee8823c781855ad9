"""The bytes of a leaf, version 1: what the tree is built over.

A leaf names no person and no plate: number, time, kind, and the salted digest of the entry's body. So the
body can be erased on its own schedule while the leaf, and every proof over it, stands. The database writes
these bytes (function ``ledger_leaf_bytes``); this module says what they must be.
"""

import hashlib
import re
from datetime import UTC, datetime

_LEAF = re.compile(
    rb"platewarden ledger leaf 1\nseq [0-9]+\nat [0-9T:.-]+Z\nkind [a-z_.]+\nbody sha256:([0-9a-f]{64})\n"
)


def leaf_bytes(seq: int, at: datetime, kind: str, digest: bytes) -> bytes:
    """Return the bytes of the leaf of entry *seq*, made at *at*, whose body has *digest*."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
    return (
        f"platewarden ledger leaf 1\nseq {seq}\nat {moment}Z\nkind {kind}\nbody sha256:{digest.hex()}\n"
    ).encode()


def body_digest(salt: bytes, body: str) -> bytes:
    """Return what the leaf says about its body: SHA-256 of the 32-byte *salt* and the *body* in UTF-8."""
    return hashlib.sha256(salt + body.encode()).digest()


def digest_in(leaf: bytes) -> bytes | None:
    """Return the body's digest that *leaf* states, or None if these are not the bytes of a leaf."""
    found = _LEAF.fullmatch(leaf)
    return bytes.fromhex(found[1].decode()) if found else None
