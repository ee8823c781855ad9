"""The texts that a device signs: each read, and each request. Both sides make them with these functions.

A text is lines of UTF-8, each ending in a newline, in a fixed order; no value can hold a newline, so no two reads have
the same text. The format is described, with examples to check against, in docs/reference/edge.md.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from platewarden.ledger.checkpoint import Note, Signature, SignerKey, VerifierKey

READ: Final = "platewarden read 1"
READING: Final = "platewarden read 2"
REQUEST: Final = "platewarden request 1"
ENROLMENT: Final = "platewarden enrolment 1"
SUCCESSION: Final = "platewarden key succession 1"
REVOCATION: Final = "platewarden revocation 1"

_HASH: Final = 4
_SIGNATURE: Final = 64

_DIGEST: Final = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")

VEHICLE: Final = ("type", "make", "model", "colour")
PLACES: Final = 4
"""Decimal places of confidences; a position has two more."""


class SignatureError(ValueError):
    """A signature is malformed; the message says how."""


def read_text(
    read: Mapping[str, Any], *, device: str, camera: str, plate_image: str, vehicle_image: str
) -> str:
    """Return the text of *read*, by its members as `POST /api/v1/reads` takes them, `seen_at` as an aware datetime.

    A read that says which pass it is a reading of has a text of the second form, which names pass and revision. So
    neither can be added to a signed read, changed or taken away: it would have another text.

    Args:
        read: The read; images in it are not looked at.
        device: Code of the device.
        camera: Code of the camera.
        plate_image: Hexadecimal SHA-256 of the plate image as a file.
        vehicle_image: The same of the vehicle image.
    """
    vehicle, state = read.get("vehicle") or {}, read.get("state") or "-"
    offset = read.get("clock_offset_seconds")
    of_pass, revision = read.get("pass_id") or "", read.get("revision") or 0
    is_reading = bool(of_pass or revision)
    lines = [
        READING if is_reading else READ,
        f"device {device}",
        f"camera {camera}",
        f"capture {read['capture_id']}",
        *([_named("pass", of_pass), f"revision {revision}"] if is_reading else []),
        f"seen {moment_text(read['seen_at'])}",
        f"clock {'unknown' if offset is None else f'{offset:+.3f}'}",
        f"plate {read['plate']}",
        f"confidence {_share(read['confidence'])}",
        _listed("characters", map(_share, read.get("char_confidences") or ())),
        _listed("alternates", (_alternate(one) for one in read.get("alternates") or ())),
        f"state {state} {_share(read.get('state_confidence') or 0.0)}",
        *(_named(f"vehicle_{part}", vehicle.get(part) or "") for part in VEHICLE),
        f"position {_position(read.get('position'))}",
        f"plate_image sha256:{plate_image}",
        f"vehicle_image sha256:{vehicle_image}",
    ]
    return "".join(f"{line}\n" for line in lines)


def request_text(*, device: str, method: str, path: str, at: int, body: bytes) -> str:
    """Return what a device signs of a request; *body* is the SHA-256 of its body, *at* in seconds since 1970, UTC."""
    return f"{REQUEST}\ndevice {device}\n{method} {path}\ntime {at}\nbody sha256:{body.hex()}\n"


def body_digest(body: bytes) -> bytes:
    """Return the SHA-256 of a request's body."""
    return hashlib.sha256(body).digest()


def digest_header(digest: bytes) -> str:
    """Return *digest* as the value of ``Content-Digest`` (RFC 9530), which tells it before the body comes."""
    return f"sha-256=:{base64.b64encode(digest).decode()}:"


def announced_digest(header: str) -> bytes | None:
    """Return the digest that *header*, a ``Content-Digest``, announces; that of no body where it is empty."""
    if not header:
        return body_digest(b"")
    found = _DIGEST.fullmatch(header)
    return base64.b64decode(found[1]) if found else None


def enrolment_text(*, code: str, public: bytes) -> str:
    """Return what a device signs with its new key to show that it holds it, and that it was given the code."""
    digest = hashlib.sha256(code.encode()).hexdigest()
    return f"{ENROLMENT}\ncode sha256:{digest}\nkey {public.hex()}\n"


def succession_text(*, device: str, public: bytes) -> str:
    """Return what the old and the new key of a device both sign when the new one follows."""
    return f"{SUCCESSION}\ndevice {device}\nkey {public.hex()}\n"


def revocation_text(*, device: str, at: datetime) -> str:
    """Return what the server signs to tell a device that it was revoked, and must destroy what it holds."""
    return f"{REVOCATION}\ndevice {device}\nat {moment_text(at)}\n"


def key_name(origin: str, device: str) -> str:
    """Return the name under which the key of *device* signs, in the installation called *origin*."""
    return f"{origin}/devices/{device}"


def moment_text(moment: datetime) -> str:
    """Return *moment* in UTC, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sign(text: str, key: SignerKey) -> str:
    """Return the signature of *text* as it travels: base64 of the key's 4-byte hash and the signature."""
    made = key.sign(text)
    return base64.b64encode(made.key_hash + made.value).decode()


def note_of(text: str, signature: str, name: str) -> Note:
    """Return *text* with its *signature* by a key called *name*, as a note (C2SP signed-note).

    Raises:
        SignatureError: The signature is no base64 of 68 bytes.
    """
    try:
        blob = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError("signature: is not base64") from error
    if len(blob) != _HASH + _SIGNATURE:
        raise SignatureError(f"signature: is {len(blob)} bytes, not {_HASH + _SIGNATURE}")
    return Note(text, (Signature(name, blob[:_HASH], blob[_HASH:]),))


def is_signed(text: str, signature: str, keys: Sequence[VerifierKey]) -> VerifierKey | None:
    """Return the one of *keys* that signed *text*; None where none did.

    Raises:
        SignatureError: The signature is malformed.
    """
    for key in keys:
        signed = note_of(text, signature, key.name).signatures[0]
        if signed.key_hash == key.key_hash and key.has_signed(text, signed.value):
            return key
    return None


def image_digest(image: bytes) -> str:
    """Return the digest of an image, as it stands in a text."""
    return hashlib.sha256(image).hexdigest()


def _share(value: float) -> str:
    return f"{value:.{PLACES}f}"


def _alternate(one: Mapping[str, Any]) -> str:
    return f"{one['plate']}={_share(one['confidence'])}"


def _position(position: Mapping[str, float] | None) -> str:
    if position is None:
        return "none"
    return f"{position['latitude']:.{PLACES + 2}f} {position['longitude']:.{PLACES + 2}f}"


def _named(name: str, value: str) -> str:
    return f"{name} {value}" if value else name


def _listed(name: str, values: Any) -> str:
    return " ".join([name, *values])
