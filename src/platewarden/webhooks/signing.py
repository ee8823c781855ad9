"""The signature that a receiver checks: the scheme of Standard Webhooks (standardwebhooks.com), version 1.

Signed is ``{id}.{timestamp}.{body}`` with HMAC-SHA256 under the endpoint's key. The id is the same however often a
message is sent, so that a receiver who remembers ids takes each once; the timestamp is of the attempt, so that one
who refuses old ones is safe from a recording of all of them.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from platewarden.site import secrets

KEY_BYTES: Final = 32
PREFIX: Final = "whsec_"


def key_path(endpoint_id: int) -> Path:
    """Return the file that holds an endpoint's key."""
    return Path(settings.PLATEWARDEN_KEYS) / "webhooks" / f"{endpoint_id}.key"


def key_of(endpoint_id: int) -> bytes:
    """Return the key of an endpoint, made when it is asked for first.

    Raises:
        SecretFileError: It cannot be read, or others could.
    """
    return secrets.read_or_create(key_path(endpoint_id), KEY_BYTES)


def written(key: bytes) -> str:
    """Return *key* as it is given to the receiver."""
    return PREFIX + base64.b64encode(key).decode()


def headers_of(message_id: str, body: str, *, key: bytes, now: datetime) -> dict[str, str]:
    """Return the headers that go with *body*."""
    timestamp = str(int(now.timestamp()))
    signed = f"{message_id}.{timestamp}.{body}".encode()
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }
