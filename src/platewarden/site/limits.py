"""How much a request may carry: refused by its announced length, before a byte of it is read or written."""

import re
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from platewarden.hotlists.formats.lines import MAX_BYTES
from platewarden.releases.documents import MAX_BYTES as DOCUMENT_BYTES

FORM_BYTES: Final = 1024 * 1024
"""More than any form of the console holds."""

STILL_BYTES: Final = 10_000_000
"""A picture as cameras take it: what comes with the statement of what one sees."""

_STILL: Final = re.compile(r"/cameras/\d+/sign/")
_RELEASE_PAPER: Final = "/releases/new/"
_HOTLIST_FILE: Final = re.compile(r"/hotlists/\d+/load/")
_OF_DEVICES: Final = "/api/v1/device/"
_READS_OF_DEVICES: Final = re.compile(r"/api/v1/device/cameras/[^/]+/reads")


class BodyLimitMiddleware:
    """Turns away bodies that are larger than their address can have a use for.

    Files are spooled to disk while a form is parsed, and the sign-in form is parsed for anybody: without a limit
    a stranger could fill the disk on which reads are kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer *request*, or 413; a body without a length is never read by the server interface."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = most_bytes(request.path)
        if length.isdecimal() and int(length[:20]) <= most:
            return self._get_response(request)
        text = f"The request is larger than the {most} bytes that this address takes: send less."
        return HttpResponse(text, status=413, content_type="text/plain; charset=utf-8")


def most_bytes(path: str) -> int:
    """Return how large a body sent to *path* may be.

    Whoever enrols is a stranger until their code is found, and a device is known by a signature over the whole body:
    both are read before anybody knows who sends, so nothing but reads may be large there.
    """
    if path.startswith(_OF_DEVICES) and not _READS_OF_DEVICES.fullmatch(path):
        return FORM_BYTES
    if path.startswith("/api/"):
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if _STILL.fullmatch(path):
        return STILL_BYTES + FORM_BYTES
    if path == _RELEASE_PAPER:
        return DOCUMENT_BYTES + FORM_BYTES
    return MAX_BYTES + FORM_BYTES if _HOTLIST_FILE.fullmatch(path) else FORM_BYTES
