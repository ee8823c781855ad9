"""Co-signatures of witnesses in the C2SP format tlog-cosignature/v1, and what logs and witnesses say to each other.

A co-signature states that, at its time, the checkpoint was the largest head of the log that the witness had seen, and
that it goes on from every one seen before. Pure, apart from `cryptography`.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from platewarden.ledger import tlog
from platewarden.ledger.checkpoint import (
    Note,
    NoteError,
    Signature,
    SignerKey,
    TreeHead,
    VerifierKey,
    open_checkpoint,
)

CONSISTENCY = "platewarden ledger consistency 1"
_TIME_BYTES = 8
_SIGNATURE_BYTES = _TIME_BYTES + 64
MOST_STEPS = 63
"""Hashes that a consistency proof may have (C2SP tlog-witness)."""


@dataclass(frozen=True, slots=True)
class WitnessKey(VerifierKey):
    """A witness's public key: type 4, whose signatures bear their time."""

    KIND: ClassVar[bytes] = b"\x04"

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Whether *signature*, with the time in it, is this witness's over *text*."""
        if len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(
                signature[_TIME_BYTES:], _message(text, _seconds(signature))
            )
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class WitnessSigner(SignerKey):
    """A witness's private key."""

    KIND: ClassVar[bytes] = WitnessKey.KIND

    @property
    def verifier(self) -> WitnessKey:
        """The public half."""
        return WitnessKey(self.name, self._private.public_key().public_bytes_raw())

    def cosign(self, text: str, at: datetime) -> Signature:
        """Co-sign the checkpoint *text* as seen *at*."""
        seconds = int(at.timestamp())
        signed = self._private.sign(_message(text, seconds))
        return Signature(self.name, self.verifier.key_hash, seconds.to_bytes(_TIME_BYTES) + signed)


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A co-signature that was found to be right."""

    key: WitnessKey
    at: datetime
    line: str


def cosignatures(note: str, witnesses: Sequence[WitnessKey]) -> list[Cosigned]:
    """Return the co-signatures by *witnesses* that *note* bears.

    Raises:
        NoteError: It is no note, or one of theirs is wrong.
    """
    parsed, found = Note.parse(note), []
    known = {(key.name, key.key_hash): key for key in witnesses}
    for signature in parsed.signatures:
        key = known.get((signature.name, signature.key_hash))
        if key is None:
            continue
        if not key.has_signed(parsed.text, signature.value):
            raise NoteError(f"signature: the one by {key.name} is wrong")
        at = datetime.fromtimestamp(_seconds(signature.value), UTC)
        found.append(Cosigned(key, at, signature.encode()))
    return found


@dataclass(frozen=True, slots=True)
class Consistency:
    """Two checkpoints of one log with the proof that the later goes on from the earlier, as a file of its own.

    Attributes:
        old: The earlier signed checkpoint, as text.
        new: The later one.
        proof: RFC 6962 consistency proof, 32 bytes each.
    """

    old: str
    new: str
    proof: Sequence[bytes]

    def encode(self) -> str:
        """Return it as one JSON object."""
        proof = [base64.b64encode(step).decode() for step in self.proof]
        return json.dumps(
            {"format": CONSISTENCY, "old": self.old, "new": self.new, "proof": proof},
            ensure_ascii=False,
            indent=1,
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read it; it proves nothing before `check`.

        Raises:
            NoteError: It breaks the format.
        """
        try:
            found = json.loads(text)
            if found["format"] != CONSISTENCY:
                raise NoteError(f"consistency: not of format {CONSISTENCY!r}")
            return cls(str(found["old"]), str(found["new"]), read_steps(found["proof"]))
        except (ValueError, KeyError, TypeError) as error:
            raise NoteError(f"consistency: malformed ({error})") from error

    def check(self, keys: Sequence[VerifierKey]) -> tuple[TreeHead, TreeHead]:
        """Return the earlier and the later head, once signatures and proof show that one goes on from the other.

        Raises:
            NoteError: A checkpoint is malformed or not signed by one of *keys*.
            platewarden.ledger.tlog.ProofError: The proof does not show it.
        """
        old, new = open_checkpoint(self.old, keys), open_checkpoint(self.new, keys)
        require_consistent(old, new, self.proof)
        return old, new


def require_consistent(old: TreeHead, new: TreeHead, proof: Sequence[bytes]) -> None:
    """Check that *new* goes on from *old*.

    Raises:
        platewarden.ledger.tlog.ProofError: It does not, or they are of different logs.
    """
    if old.origin != new.origin:
        raise tlog.ProofError(f"origin: {new.origin} is another log than {old.origin}")
    tlog.check_consistency(proof, old_size=old.size, new_size=new.size, old_root=old.root, new_root=new.root)


def read_steps(lines: Sequence[str]) -> list[bytes]:
    """Return the hashes of a proof, given as base64.

    Raises:
        NoteError: One is not 32 bytes in base64, or there are too many.
    """
    try:
        steps = [base64.b64decode(line, validate=True) for line in lines]
    except ValueError as error:
        raise NoteError("proof: a step is not base64") from error
    if len(steps) > MOST_STEPS or any(len(step) != tlog.HASH_BYTES for step in steps):
        raise NoteError(f"proof: at most {MOST_STEPS} steps of {tlog.HASH_BYTES} bytes")
    return steps


def _seconds(signature: bytes) -> int:
    return int.from_bytes(signature[:_TIME_BYTES])


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
