"""The key with which the server signs what devices must believe: their settings, and that they are revoked."""

import contextlib

from django.conf import settings

from platewarden.ledger.checkpoint import NoteError, SignerKey
from platewarden.site import secrets

FILE = "devices.key"


class DeviceKeyError(Exception):
    """The key cannot be read, or is another installation's; the message says what to do."""


def signer() -> SignerKey:
    """Return the key, made on first use. Devices are given its public half when they enrol, and believe no other.

    Raises:
        DeviceKeyError: It cannot be read.
    """
    path, name = settings.PLATEWARDEN_KEYS / FILE, f"{settings.PLATEWARDEN_ORIGIN}/devices"
    with contextlib.suppress(FileExistsError):
        if not path.exists():
            secrets.write_new(path, SignerKey.generate(name).encode().encode())
    try:
        key = SignerKey.parse(secrets.read(path).decode())
    except (secrets.SecretFileError, UnicodeDecodeError, NoteError) as error:
        raise DeviceKeyError(f"{path.name}: {error}") from error
    if key.name != name:
        raise DeviceKeyError(f"{path.name}: signs for {key.name}, not for {name}")
    return key
