"""Which device sends a request: found by its signature, before a byte of the body is read."""

import base64
import binascii
import re
from typing import Final

from django.http import HttpRequest
from ninja.security import HttpBearer

from platewarden.accounts.actors import network_of_request, owning_agency_id
from platewarden.devices import actions
from platewarden.devices.models import Device
from platewarden.edge import signed
from platewarden.ingest.brakes import UNKNOWN
from platewarden.ledger.checkpoint import VerifierKey
from platewarden.policy.devices import CLOCK_OF_REQUESTS
from platewarden.site.clock import utc_now

_TOKEN: Final = re.compile(r"([-a-zA-Z0-9_]{1,40})\.([0-9]{1,12})\.([A-Za-z0-9_=-]{1,96})")


class RevokedError(Exception):
    """The device was revoked: it is told to destroy what it holds."""

    def __init__(self, device: Device) -> None:
        super().__init__("revoked")
        self.device = device


class ClockError(Exception):
    """The request is signed, and its time is not this one: the device is told what time it is."""


class TooManyError(Exception):
    """There were so many failures that nothing is looked at for a while."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class DeviceSignature(HttpBearer):
    """``Authorization: Device <code>.<seconds since 1970>.<signature>``, over method, path, time and the body's digest.

    The digest is announced in ``Content-Digest``. So who sends is known before a byte of the body is read: a stranger
    has the server read none, and whoever sends another body than was signed is found out when it has come.
    """

    openapi_scheme = "device"

    def authenticate(self, request: HttpRequest, token: str) -> Device | None:
        """Return the device that signed *request* just now.

        Raises:
            RevokedError: It did, and was revoked.
            ClockError: It did, at another time: it may be a recording.
            TooManyError: Nobody did, and not for the first time from there.
        """
        device = _sender(request, token)
        if device is not None:
            return device
        network = network_of_request(request)
        UNKNOWN.note_failure(network)
        if UNKNOWN.is_on(network):
            raise TooManyError("Too many requests from there that no device signed.", UNKNOWN.seconds)
        return None


def _sender(request: HttpRequest, token: str) -> Device | None:
    match = _TOKEN.fullmatch(token)
    digest = signed.announced_digest(request.headers.get("Content-Digest", ""))
    if match is None or digest is None:
        return None
    code, at = match[1], int(match[2])
    device = Device.objects.filter(agency_id=owning_agency_id(), code=code).first()
    if device is None:
        return None
    text = signed.request_text(device=code, method=str(request.method), path=request.path, at=at, body=digest)
    if not _signed_by(device, text, match[3]):
        return None
    if abs(utc_now().timestamp() - at) > CLOCK_OF_REQUESTS.total_seconds():
        raise ClockError
    if device.revoked_at is not None:
        raise RevokedError(device)
    return device if signed.body_digest(request.body) == digest else None


def _signed_by(device: Device, text: str, signature: str) -> bool:
    """Whether the key of *device* signed *text*; of one that was revoked the last key counts, to hear that it was."""
    key = actions.current_key(device) or (device.keys.first() if device.revoked_at else None)
    if key is None:
        return False
    try:
        plain = base64.b64encode(base64.b64decode(signature, altchars=b"-_", validate=True)).decode()
        return signed.is_signed(text, plain, [VerifierKey.parse(key.verifier)]) is not None
    except (binascii.Error, ValueError):
        return False
