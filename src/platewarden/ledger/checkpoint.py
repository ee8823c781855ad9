"""Signed tree heads in the C2SP formats tlog-checkpoint, signed-note and tlog-proof.

A checkpoint is three lines of text (whose log, how many entries, which root) and the signatures below them.
Signatures by unknown keys are ignored, so witnesses can add theirs. Pure, apart from `cryptography`.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from platewarden.ledger import tlog

_KEY_BYTES = 32
_HASH_BYTES = 4
_MOST_SIGNATURES = 64
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE_LINE = re.compile(r"— (\S+) (\S+)")
_PROOF_HEADER = "c2sp.org/tlog-proof@v1"


class NoteError(ValueError):
    """A note, key, checkpoint or receipt is malformed or wrongly signed; the message says which part."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public Ed25519 key with the name that signs with it.

    Attributes:
        KIND: The type of its signatures (C2SP signed-note).
        name: Key name, without spaces and plus signs; for a log its origin line.
        public: 32 bytes (RFC 8032).
    """

    KIND: ClassVar[bytes] = b"\x01"
    name: str
    public: bytes

    def __post_init__(self) -> None:
        """Refuse names that the formats cannot carry."""
        _check_name(self.name)

    @property
    def key_hash(self) -> bytes:
        """The 4 bytes that tell keys of one name apart (C2SP signed-note, key ID)."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.KIND + self.public).digest()[:_HASH_BYTES]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``name+hash+base64``.

        Raises:
            NoteError: It is none, its hash does not fit, or it is not an Ed25519 key.
        """
        name, key_hash, blob = _split_key(text)
        if blob[:1] != cls.KIND or len(blob) != 1 + _KEY_BYTES:
            raise NoteError(f"verifier key: not an Ed25519 key (type {cls.KIND[0]}, 32 bytes)")
        key = cls(name, blob[1:])
        if key.key_hash.hex() != key_hash:
            raise NoteError("verifier key: its hash does not fit its name and key; copy it again, whole")
        return key

    def encode(self) -> str:
        """Return the key as one line of text, ``name+hash+base64``."""
        return f"{self.name}+{self.key_hash.hex()}+{_encode(self.KIND + self.public)}"

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Whether *signature* is this key's over *text*."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


Verifier = TypeVar("Verifier", bound=VerifierKey)


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A private Ed25519 key with its name; only `encode` shows the secret."""

    KIND: ClassVar[bytes] = VerifierKey.KIND
    name: str
    _private: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> Self:
        """Make a fresh key for *name*."""
        _check_name(name)
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``PRIVATE+KEY+name+hash+base64``, the form `encode` writes.

        Raises:
            NoteError: It is none; the message does not repeat any of it.
        """
        if not text.startswith("PRIVATE+KEY+"):
            raise NoteError("signer key: must start with PRIVATE+KEY+")
        name, key_hash, blob = _split_key(text.removeprefix("PRIVATE+KEY+"))
        if blob[:1] != cls.KIND or len(blob) != 1 + _KEY_BYTES:
            raise NoteError(f"signer key: not an Ed25519 key (type {cls.KIND[0]}, 32 bytes)")
        signer = cls(name, Ed25519PrivateKey.from_private_bytes(blob[1:]))
        if signer.verifier.key_hash.hex() != key_hash:
            raise NoteError("signer key: its hash does not fit its name and key")
        return signer

    def encode(self) -> str:
        """Return the secret as one line of text."""
        blob = _encode(self.KIND + self._private.private_bytes_raw())
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_hash.hex()}+{blob}"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self._private.public_key().public_bytes_raw())

    def sign(self, text: str) -> "Signature":
        """Sign *text*."""
        return Signature(self.name, self.verifier.key_hash, self._private.sign(text.encode()))


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, which of their keys, and the signature bytes."""

    name: str
    key_hash: bytes
    value: bytes

    def encode(self) -> str:
        """Return the signature as a line of a note."""
        return f"— {self.name} {_encode(self.key_hash + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, ending in a newline, with its signatures (C2SP signed-note)."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def sign(cls, text: str, *signers: SignerKey) -> Self:
        """Sign *text* with each of *signers*."""
        _check_text(text)
        return cls(text, tuple(signer.sign(text) for signer in signers))

    @classmethod
    def parse(cls, note: str) -> Self:
        """Read a note; its text means nothing before `verify`.

        Raises:
            NoteError: It breaks the format.
        """
        text, separator, tail = note.rpartition("\n\n")
        if not separator or not tail.endswith("\n"):
            raise NoteError("note: needs a text, an empty line, and signature lines that end in a newline")
        lines = tail[:-1].split("\n")
        if len(lines) > _MOST_SIGNATURES:
            raise NoteError(f"note: more than {_MOST_SIGNATURES} signatures")
        _check_text(text + "\n")
        return cls(text + "\n", tuple(_parse_signature(line) for line in lines))

    def encode(self) -> str:
        """Return the note as text."""
        return self.text + "\n" + "".join(signature.encode() for signature in self.signatures)

    def verify(self, keys: Iterable[Verifier]) -> list[Verifier]:
        """Return those of *keys* that signed, at least one.

        Raises:
            NoteError: A known key's signature is wrong, or none of *keys* signed.
        """
        known = {(key.name, key.key_hash): key for key in keys}
        signed = []
        for signature in self.signatures:
            key = known.pop((signature.name, signature.key_hash), None)
            if key is None:
                continue
            if not key.has_signed(self.text, signature.value):
                raise NoteError(f"signature: the one by {key.name} is wrong")
            signed.append(key)
        if not signed:
            raise NoteError("signature: none by a known key")
        return signed


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says.

    Attributes:
        origin: Name of the log.
        size: Number of its entries.
        root: RFC 6962 root over them, 32 bytes.
    """

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text to sign (C2SP tlog-checkpoint)."""
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a checkpoint; extension lines are allowed and ignored.

        Raises:
            NoteError: It breaks the format.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):  # noqa: PLR2004 - three lines and what follows the last
            raise NoteError("checkpoint: needs three or more non-empty lines, each ending in a newline")
        origin, size, root = lines[:3]
        return cls(origin, _decimal(size, "checkpoint: the tree size"), _hash(root, "checkpoint: the root"))


def open_checkpoint(note: str, keys: Iterable[VerifierKey]) -> TreeHead:
    """Return what the signed checkpoint *note* says, once one of *keys* proves to have signed it.

    Raises:
        NoteError: The format is broken, or no known key signed, or one signed wrongly.
    """
    parsed = Note.parse(note)
    parsed.verify(keys)
    return TreeHead.parse(parsed.text)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof, checkable by anyone offline, that a leaf is in the log (C2SP tlog-proof).

    Attributes:
        leaf: The leaf's bytes, carried as the format's extra data.
        index: Its number, from 0.
        path: Audit path, sibling of the leaf first, 32 bytes each.
        checkpoint: The signed checkpoint, as text.
    """

    leaf: bytes
    index: int
    path: Sequence[bytes]
    checkpoint: str

    def encode(self) -> str:
        """Return the receipt as text, to be kept in a file ending in ``.tlog-proof``."""
        head = [_PROOF_HEADER, f"extra {_encode(self.leaf)}", f"index {self.index}"]
        return "\n".join([*head, *map(_encode, self.path), "", self.checkpoint])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a receipt; it proves nothing before `check`.

        Raises:
            NoteError: It breaks the format.
        """
        proof, _, note = text.partition("\n\n")
        lines = proof.split("\n")
        if len(lines) < 3 or lines[0] != _PROOF_HEADER:  # noqa: PLR2004 - header, extra, index
            raise NoteError(f"receipt: must start with the lines {_PROOF_HEADER}, extra and index")
        leaf = _decode(lines[1].removeprefix("extra "), "receipt: the leaf")
        index = _decimal(lines[2].removeprefix("index "), "receipt: the index")
        return cls(leaf, index, [_hash(line, "receipt: the path") for line in lines[3:]], note)

    def check(self, keys: Iterable[VerifierKey]) -> TreeHead:
        """Return the tree head that holds the leaf, once signature and path prove it.

        Raises:
            NoteError: The checkpoint is malformed or not signed by one of *keys*.
            platewarden.ledger.tlog.ProofError: The path does not lead from leaf to root.
        """
        head = open_checkpoint(self.checkpoint, keys)
        leaf = tlog.leaf_hash(self.leaf)
        tlog.check_inclusion(self.path, index=self.index, size=head.size, leaf=leaf, root=head.root)
        return head


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decode(text: str, what: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"{what} is not base64") from error
    if _encode(value) != text:  # stray bits after the last byte: two texts would mean one value
        raise NoteError(f"{what} is not canonical base64")
    return value


def _hash(text: str, what: str) -> bytes:
    value = _decode(text, what)
    if len(value) != tlog.HASH_BYTES:
        raise NoteError(f"{what} is not {tlog.HASH_BYTES} bytes")
    return value


def _decimal(text: str, what: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text):
        raise NoteError(f"{what} is not a decimal number without leading zeroes")
    return int(text)


def _check_name(name: str) -> None:
    if not name or "+" in name or any(map(str.isspace, name)) or _CONTROL.search(name):
        raise NoteError("key name: must be non-empty, without spaces, control characters and plus signs")


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError("note: its text must end in a newline and hold no other control characters")


def _split_key(text: str) -> tuple[str, str, bytes]:
    parts = text.strip().split("+", 2)  # base64 may hold plus signs: they belong to the third part
    if len(parts) != 3:  # noqa: PLR2004 - name, hash, key
        raise NoteError("key: must read name+hash+base64")
    return parts[0], parts[1], _decode(parts[2], "key: its third part")


def _parse_signature(line: str) -> Signature:
    found = _SIGNATURE_LINE.fullmatch(line)
    if found is None:
        raise NoteError("note: a signature line must read — name base64")
    _check_name(found[1])
    blob = _decode(found[2], "note: a signature")
    if len(blob) <= _HASH_BYTES:
        raise NoteError("note: a signature is too short")
    return Signature(found[1], blob[:_HASH_BYTES], blob[_HASH_BYTES:])
