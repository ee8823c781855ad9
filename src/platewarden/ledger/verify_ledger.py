"""Check what a Platewarden ledger hands out, without Platewarden: an export, a receipt, checkpoints, their consistency.

    python verify_ledger.py FILE... --key KEY [--witness KEY]... [--quorum N]

One file; it needs Python 3.11 or newer and the package `cryptography`, for Ed25519. KEY is the log's public key as the
agency gave it to you by hand, or a file that holds such keys, one a line. The formats are described in
docs/reference/ledger-format.md. It imports nothing of Platewarden and shares no code with it, on purpose: whoever
doubts the one need not trust the other.

Exit status: 0 everything is proved; 1 something is NOT; 2 a file or key cannot be read; 3 everything fits together,
but no key was given, so that nobody knows whose signature it is.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EXPORT = "platewarden ledger export 1"
CONSISTENCY = "platewarden ledger consistency 1"
PROOF = "c2sp.org/tlog-proof@v1"
SIGNS, COSIGNS = 1, 4
SIGNATURE_BYTES = {SIGNS: 64, COSIGNS: 72}
LEAF = re.compile(
    rb"platewarden ledger leaf 1\nseq (0|[1-9][0-9]*)\nat ([0-9-]{10}T[0-9:]{8}\.[0-9]{6}Z)\n"
    rb"kind ([a-z_]{1,30}\.[a-z_]{1,30})\nbody sha256:([0-9a-f]{64})\n"
)
KEPT = ("bodies.erased", "clock.stepped_back", "ledger.key_rotated", "ledger.key_replaced")


class UnsoundError(Exception):
    """Something does not hold; the message says what, and begins with the first bad entry if it is one."""


class UnreadableError(Exception):
    """A file or a key is not in a known format; the message says which part."""


class Key(NamedTuple):
    """A public Ed25519 key: of a log (type 1) or of a witness (type 4)."""

    name: str
    kind: int
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The four bytes that stand before each signature (C2SP signed-note)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def text(self) -> str:
        """Return the key as one line."""
        blob = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{blob}"

    def check(self, text: str, signature: bytes) -> None:
        """Raise `UnsoundError` unless *signature* is this key's over *text*."""
        signed = text.encode()
        if len(signature) != SIGNATURE_BYTES[self.kind]:
            raise UnsoundError(f"the signature by {self.name} has the wrong length")
        if self.kind == COSIGNS:
            signed = b"cosignature/v1\ntime %d\n" % int.from_bytes(signature[:8]) + signed
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature[-64:], signed)
        except InvalidSignature:
            raise UnsoundError(f"the signature by {self.name} is wrong") from None


class Head(NamedTuple):
    """A checkpoint that was opened: what it says, and which of the known keys signed it."""

    origin: str
    size: int
    root: bytes
    signers: list[Key]
    cosigners: list[tuple[Key, datetime]]


def read_key(text: str) -> Key:
    """Read ``name+hash+base64``."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:  # noqa: PLR2004 - name, hash, key
        raise UnreadableError(f"key: {text.strip()!r} does not read name+hash+base64")
    blob = decode(parts[2], "key")
    if len(blob) != 33 or blob[0] not in SIGNATURE_BYTES:  # noqa: PLR2004 - type and 32 bytes
        raise UnreadableError(f"key: {parts[0]} is no Ed25519 key of a log or witness")
    key = Key(parts[0], blob[0], blob[1:])
    if key.key_hash.hex() != parts[1]:
        raise UnreadableError(f"key: {parts[0]} was not copied whole: its hash does not fit")
    return key


def decode(text: str, what: str, size: int | None = None) -> bytes:
    """Decode canonical base64 of *size* bytes."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableError(f"{what}: not base64") from None
    if base64.b64encode(value).decode() != text or (size is not None and len(value) != size):
        raise UnreadableError(f"{what}: not canonical base64 of {size or 'some'} bytes")
    return value


def number(text: str, what: str) -> int:
    """Read a decimal number without leading zeroes."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text):
        raise UnreadableError(f"{what}: not a decimal number")
    return int(text)


def open_checkpoint(note: str, keys: Sequence[Key]) -> Head:
    """Return what the signed *note* says; each signature by one of *keys* must be right."""
    text, separator, tail = note.rpartition("\n\n")
    lines = f"{text}\n".split("\n")
    if not separator or not tail.endswith("\n") or len(lines) < 4 or not all(lines[:-1]):  # noqa: PLR2004
        raise UnreadableError("checkpoint: needs origin, size, root, an empty line and signatures")
    signers, cosigners = [], []
    for line in tail[:-1].split("\n"):
        found = re.fullmatch(r"— (\S+) (\S+)", line)
        if not found:
            raise UnreadableError("checkpoint: a signature line must read — name base64")
        blob = decode(found[2], "checkpoint: a signature")
        for key in keys:
            if (key.name, key.key_hash) == (found[1], blob[:4]):
                key.check(text + "\n", blob[4:])
                if key.kind == COSIGNS:
                    cosigners.append((key, datetime.fromtimestamp(int.from_bytes(blob[4:12]), UTC)))
                elif key.name == lines[0]:
                    signers.append(key)
    root = decode(lines[2], "checkpoint: the root", 32)
    return Head(lines[0], number(lines[1], "checkpoint: the size"), root, signers, cosigners)


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """Return the largest power of two below *size* (k in RFC 6962, section 2.1)."""
    return 1 << (size - 1).bit_length() - 1


def root_by_path(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """Return the root to which *path* leads from leaf number *index* of *size* (RFC 6962, section 2.1.1)."""
    if not 0 <= index < size:
        raise UnsoundError(f"entry {index} cannot be one of {size}")
    if size == 1:
        if path:
            raise UnsoundError(f"entry {index}: the path is too long")
        return leaf
    if not path:
        raise UnsoundError(f"entry {index}: the path is too short")
    middle = split(size)
    if index < middle:
        return node_hash(root_by_path(index, middle, leaf, path[:-1]), path[-1])
    return node_hash(path[-1], root_by_path(index - middle, size - middle, leaf, path[:-1]))


def roots_by_proof(
    old: int, new: int, old_root: bytes, proof: Sequence[bytes], *, is_known: bool = True
) -> tuple[bytes, bytes]:
    """Return old and new root as the consistency *proof* gives them (SUBPROOF of RFC 6962, section 2.1.2)."""
    if not 1 <= old <= new:
        raise UnsoundError(f"{new} entries cannot go on from {old}")
    if old == new:
        if len(proof) != (0 if is_known else 1):
            raise UnsoundError("the consistency proof has the wrong length")
        return (old_root, old_root) if is_known else (proof[0], proof[0])
    if not proof:
        raise UnsoundError("the consistency proof is too short")
    middle = split(new)
    if old <= middle:
        before, after = roots_by_proof(old, middle, old_root, proof[:-1], is_known=is_known)
        return before, node_hash(after, proof[-1])
    before, after = roots_by_proof(old - middle, new - middle, old_root, proof[:-1], is_known=False)
    return node_hash(proof[-1], before), node_hash(proof[-1], after)


class Trust:
    """The keys that were given by hand; what else a log's own file says only until somebody compares it."""

    def __init__(self, keys: Sequence[Key], witnesses: Sequence[Key], quorum: int | None) -> None:
        self.keys, self.retired, self.witnesses = list(keys), list[Key](), list(witnesses)
        self.quorum = len(witnesses) if quorum is None else quorum
        self.is_given = bool(keys)

    def open(self, note: str) -> Head:
        """Open a checkpoint whose signatures, as far as their keys are known, must be right."""
        return open_checkpoint(note, [*self.keys, *self.retired, *self.witnesses])

    def has(self, head: Head) -> bool:
        """Whether one of the keys in use signed *head*."""
        return any(key in self.keys for key in head.signers)

    def require(self, head: Head) -> None:
        """Raise `UnsoundError` unless one of the keys in use signed *head*."""
        if not self.keys:
            raise UnreadableError("give the log's key with --key: this file does not carry one")
        if not self.has(head):
            retired = " any more" if head.signers else ""
            raise UnsoundError(f"the checkpoint of {head.size} entries is not signed by a known key{retired}")

    def require_witnesses(self, head: Head) -> str:
        """Return in words who co-signed *head*; raise `UnsoundError` if they are too few."""
        names = sorted({f"{key.name} on {at:%Y-%m-%d %H:%M} UTC" for key, at in head.cosigners})
        if len({key for key, _ in head.cosigners}) < self.quorum:
            told = ", ".join(names) or "none"
            raise UnsoundError(
                f"the checkpoint of {head.size} entries needs {self.quorum} co-signatures: {told}"
            )
        return f", co-signed by {' and '.join(names)}" if names else ""

    def follow(self, announced: Sequence[tuple[str, str]]) -> None:
        """Put announced keys in the place of those that announced them."""
        for old, new in announced:
            self.retired += [key for key in self.keys if key.text() == old]
            self.keys = [*(key for key in self.keys if key.text() not in {old, new}), read_key(new)]


def check_receipt(path: Path, text: str, trust: Trust) -> str:
    """Check a C2SP tlog-proof, and the body beside it (NAME.body.json) where there is one."""
    proof, _, note = text.partition("\n\n")
    lines = proof.split("\n")
    if len(lines) < 3 or not lines[1].startswith("extra ") or not lines[2].startswith("index "):  # noqa: PLR2004
        raise UnreadableError("receipt: needs the lines extra and index")
    leaf, index = decode(lines[1][6:], "receipt: the leaf"), number(lines[2][6:], "receipt: the index")
    head = trust.open(note)
    trust.require(head)
    vouched = trust.require_witnesses(head)
    steps = [decode(line, "receipt: the path", 32) for line in lines[3:]]
    if root_by_path(index, head.size, leaf_hash(leaf), steps) != head.root:
        raise UnsoundError(f"entry {index} is not under the checkpoint's root")
    found = LEAF.fullmatch(leaf)
    if not found or int(found[1]) != index:
        raise UnsoundError(f"entry {index}: the leaf is none of this kind of ledger")
    beside = path.with_name(path.name.removesuffix(".tlog-proof") + ".body.json")
    told = ""
    if beside != path and beside.is_file():
        kept = json.loads(beside.read_text(encoding="utf-8"))
        check_body(index, found, kept["salt"], kept["body"])
        told = ", and so is what it says (the body beside it)"
    return (
        f"entry {index} ({found[3].decode()}, {found[2].decode()}) is on {head.origin}, "
        f"one of {head.size} entries{vouched}{told}."
    )


def check_consistency(found: dict[str, Any], trust: Trust) -> str:
    """Check two checkpoints and the proof that the later goes on from the earlier."""
    old, new = trust.open(found["old"]), trust.open(found["new"])
    trust.require(old)
    trust.require(new)
    vouched = trust.require_witnesses(new)
    if old.origin != new.origin:
        raise UnsoundError("the two checkpoints are of different logs")
    steps = [decode(step, "consistency: the proof", 32) for step in found["proof"]]
    if roots_by_proof(old.size, new.size, old.root, steps) != (old.root, new.root):
        raise UnsoundError(f"the {new.size} entries do not begin with the {old.size} of before")
    return f"the {new.size} entries of {new.origin} begin with the {old.size} of the earlier checkpoint{vouched}."


def check_body(seq: int, leaf: re.Match[bytes], salt: str, body: str) -> None:
    """Check that the leaf was made for this body."""
    if hashlib.sha256(bytes.fromhex(salt) + body.encode()).hexdigest() != leaf[4].decode():
        raise UnsoundError(f"entry {seq} was changed: its body is not the one its leaf was made for")


class Export:
    """One pass over an export, line by line, in constant memory; a first pass finds what was erased on record."""

    def __init__(self, path: Path, trust: Trust) -> None:
        self.path, self.trust = path, trust
        self.origin, self.expected, self.has_bodies = "", -1, True
        self.size = self.erased = self.checkpoints = 0
        self.latest, self.witnessed = "", ""
        self.peaks: list[tuple[int, bytes]] = []
        self.newest: Head | None = None
        self.announced: list[tuple[str, str]] = []
        self.erasures: list[tuple[int, str, list[str]]] = []

    def find_erasures(self) -> Iterator[tuple[int, str, list[str]]]:
        """Yield number, moment and kinds of each entry that says that bodies were erased."""
        with self.path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                if "\\nkind bodies.erased\\n" in line:
                    entry = json.loads(line)
                    said = json.loads(entry["body"])["details"]
                    yield entry["seq"], in_utc(said["before"]), said["kinds"]

    def run(self) -> str:
        """Check every line; return the verdict."""
        place = 0
        try:
            self.erasures = list(self.find_erasures())
            with self.path.open("rb") as file:
                digest = hashlib.sha256()
                for place, line in enumerate(file, 1):  # noqa: B007 - named if something is wrong with it
                    said = self.parsed(line)
                    if "end" in said:
                        self.finish(said, digest.hexdigest(), file.read(1))
                        return self.verdict()
                    self.take(said)
                    digest.update(line)
        except (UnreadableError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnsoundError(f"line {place} was changed: {error}") from None
        raise UnsoundError(f"entry {self.size} is missing: the export was cut short")

    @staticmethod
    def parsed(line: bytes) -> dict[str, Any]:
        """Return a line's object, which must be written in the one way there is."""
        said: dict[str, Any] = json.loads(line)
        again = json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"
        if again.encode() != line:
            raise ValueError("it is not written as exports are")
        return said

    def take(self, said: dict[str, Any]) -> None:
        """Take one line: the header, an entry or a checkpoint."""
        if "format" in said:
            if self.expected >= 0:
                raise ValueError("a second header")
            self.has_bodies, self.expected, self.origin = said["bodies"], said["size"], said["origin"]
            if not self.trust.is_given:
                self.trust.keys = [read_key(text) for text in said["keys"]]
        elif "checkpoint" in said:
            self.checkpoint(self.trust.open(said["checkpoint"]))
        else:
            self.entry(said)

    def entry(self, said: dict[str, Any]) -> None:
        """Check one entry and add it to the tree."""
        if said["seq"] != self.size:
            raise UnsoundError(f"entry {self.size} is missing")
        leaf = said["leaf"].encode()
        found = LEAF.fullmatch(leaf)
        if not found or int(found[1]) != self.size:
            raise UnsoundError(f"entry {self.size} was changed: its leaf is not in the ledger's format")
        at, kind = found[2].decode(), found[3].decode()
        if at < self.latest and kind != "clock.stepped_back":
            raise UnsoundError(
                f"entry {self.size} was changed: its time is before that of the entry before it"
            )
        self.body(said, found, at, kind)
        self.latest, level, peak = at, 0, leaf_hash(leaf)
        while self.peaks and self.peaks[-1][0] == level:
            peak, level = node_hash(self.peaks.pop()[1], peak), level + 1
        self.peaks.append((level, peak))
        self.size += 1

    def body(self, said: dict[str, Any], leaf: re.Match[bytes], at: str, kind: str) -> None:
        """Check the body of an entry, or that it may be missing."""
        if "body" in said:
            check_body(self.size, leaf, said["salt"], said["body"])
            if kind == "ledger.key_rotated":
                told = json.loads(said["body"])["details"]
                self.announced.append((told["old"], told["new"]))
        elif self.has_bodies or kind in KEPT:
            is_excused = any(
                self.size < seq and in_utc(at) < before and kind in kinds
                for seq, before, kinds in self.erasures
            )
            if kind in KEPT or not is_excused:
                raise UnsoundError(
                    f"entry {self.size} has lost its body, and no entry says that it was erased"
                )
            self.erased += 1

    def checkpoint(self, head: Head) -> None:
        """Compare the tree so far with a checkpoint of its size."""
        if head.size > self.size:
            raise UnsoundError(
                f"entry {self.size} is missing: a checkpoint of {head.size} entries stands here"
            )
        if head.size != self.size or head.origin != self.origin:
            raise UnsoundError(
                f"a checkpoint of {head.size} entries of {head.origin} stands after {self.size}"
            )
        if head.root != self.root():
            since = self.newest.size if self.newest else 0
            raise UnsoundError(
                f"entry {since} or a later one below {self.size} was changed: the checkpoint has another root"
            )
        self.newest, self.checkpoints = head, self.checkpoints + 1
        if head.cosigners and len({key for key, _ in head.cosigners}) >= self.trust.quorum:
            self.witnessed = f"the first {head.size} of them{self.trust.require_witnesses(head)}".replace(
                ",", " are", 1
            )
        if head.size == self.expected:
            self.trust.require(head)
        if self.announced and self.trust.has(head):
            self.trust.follow(self.announced)
            self.announced = []

    def root(self) -> bytes:
        """Return the root of the entries so far."""
        root = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            root = node_hash(left, root)
        return root

    def finish(self, said: dict[str, Any], digest: str, rest: bytes) -> None:
        """Check the last line, and that all is there that the first one promised."""
        if self.size != self.expected or said["end"] != self.size:
            raise UnsoundError(f"entry {self.size} is missing: the export says that it holds {self.expected}")
        if self.newest is None or self.newest.size != self.size:
            raise UnsoundError(
                f"entry {self.newest.size if self.newest else 0} and later ones lie under no checkpoint"
            )
        if said["sha256"] != digest or rest:
            raise UnsoundError("the file was changed: it has not the digest that its last line states")
        if self.trust.quorum and not self.witnessed:
            raise UnsoundError(
                f"no checkpoint bears {self.trust.quorum} co-signatures by the witnesses given"
            )

    def verdict(self) -> str:
        """Return what was found."""
        assert self.newest
        bodies = f"{self.erased} bodies erased on record" if self.has_bodies else "without bodies"
        signers = " ".join(sorted(key.text() for key in self.newest.signers))
        return (
            f"{self.size} entries of {self.origin} ({bodies}) agree with {self.checkpoints} checkpoints, the newest "
            f"signed with {signers}{'; ' if self.witnessed else ''}{self.witnessed}; root {self.newest.root.hex()}."
        )


def in_utc(moment: str) -> str:
    """Return a moment in one form that can be compared as text."""
    return datetime.fromisoformat(moment).astimezone(UTC).isoformat(timespec="microseconds")


def check(path: Path, trust: Trust) -> str:
    """Check one file of whichever kind; return the verdict."""
    with path.open("rb") as file:
        start = file.readline(65_536)
    if start.startswith(b'{"format":"' + EXPORT.encode()):
        return Export(path, trust).run()
    text = path.read_text(encoding="utf-8")
    if start.startswith(PROOF.encode() + b"\n"):
        return check_receipt(path, text, trust)
    if start.startswith(b"{"):
        found = json.loads(text)
        if found.get("format") != CONSISTENCY:
            raise UnreadableError(f"neither {EXPORT!r} nor {CONSISTENCY!r}")
        return check_consistency(found, trust)
    head = trust.open(text)
    trust.require(head)
    vouched = trust.require_witnesses(head)
    return (
        f"the checkpoint of {head.size} entries is signed by {head.origin}{vouched}; root {head.root.hex()}."
    )


def read_keys(given: Sequence[str], kind: int) -> list[Key]:
    """Read keys given as text or as names of files."""
    texts = [Path(one).read_text(encoding="utf-8") if Path(one).is_file() else one for one in given]
    keys = [read_key(line) for text in texts for line in text.splitlines() if line.strip()]
    if any(key.kind != kind for key in keys):
        raise UnreadableError("key: --key takes a log's key, --witness that of a witness")
    return keys


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files named and print a sentence about each; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="an export, receipt, consistency proof or checkpoint"
    )
    parser.add_argument("--key", action="append", default=[], help="the log's public key, or a file of them")
    parser.add_argument(
        "--witness", action="append", default=[], help="a witness's public key, or a file of them"
    )
    parser.add_argument(
        "--quorum", type=int, help="how many of the witnesses must have co-signed; all by default"
    )
    asked = parser.parse_args(arguments)
    found = {_print_verdict(Path(name), asked) for name in asked.files}
    return next((status for status in (1, 2, 3) if status in found), 0)


def _print_verdict(path: Path, asked: argparse.Namespace) -> int:
    try:
        trust = Trust(read_keys(asked.key, SIGNS), read_keys(asked.witness, COSIGNS), asked.quorum)
        said, status = f"SOUND: {check(path, trust)}", 0
        if not trust.is_given:
            said, status = f"UNKNOWN KEY: {said} Compare the key with the one that the agency gave you.", 3
    except UnsoundError as error:
        said, status = f"NOT SOUND: {error}.", 1
    except (UnreadableError, OSError, ValueError, KeyError, TypeError) as error:
        said, status = f"CANNOT BE READ: {error}", 2
    sys.stdout.write(f"{path}: {said}\n")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
