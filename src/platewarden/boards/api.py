"""`/api/v1/device/board` and `.../told`: a mobile unit fetches the lists it carries, and says what they hit."""

import zlib
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Status

from platewarden.accounts.actors import address_of
from platewarden.boards.actions import give, lines_for
from platewarden.boards.telling import take_telling
from platewarden.devices.actions import cameras_of
from platewarden.devices.api import router
from platewarden.devices.models import Device
from platewarden.devices.schemas import DeviceProblem, Told
from platewarden.devices.senders import DeviceSignature
from platewarden.ingest.schemas import RequestProblem
from platewarden.site.clock import utc_now

_PIECE = 1 << 16


@router.get(
    "/board",
    auth=DeviceSignature(),
    response={200: None, 304: None, 403: DeviceProblem, 503: RequestProblem},
    summary="Fetch the hotlists to carry, whole or by difference",
    openapi_extra={
        "responses": {
            200: {
                "description": "Lines of JSON, gzipped, the last one signed",
                "content": {"application/gzip": {}},
            }
        }
    },
)
def fetch_board(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Answer with the lists in force; 304 where `If-None-Match` names the version on board and nothing changed."""
    device, now = request.auth, utc_now()  # type: ignore[attr-defined]
    assert isinstance(device, Device)
    base = _version_of(request.headers.get("If-None-Match", ""))
    version = give(device=device, base=base, address=address_of(request), now=now)
    if version is None:
        return HttpResponse(status=304)
    lines = lines_for(device=device, version=version, base=base, now=now)
    answer = StreamingHttpResponse(_packed(lines), content_type="application/gzip")
    answer["Cache-Control"] = "no-store"
    return answer


@router.post(
    "/cameras/{camera}/told",
    auth=DeviceSignature(),
    response={200: None, 403: DeviceProblem, 404: DeviceProblem, 503: RequestProblem},
    summary="Say what the crew was told by the list on board, and what they said",
)
def tell_of_hit(request: HttpRequest, camera: str, body: Told) -> Status[Any]:
    """Put it on record beside the alert; 404 while the read itself has not come: say it again then."""
    device, now = request.auth, utc_now()  # type: ignore[attr-defined]
    assert isinstance(device, Device)
    found = cameras_of(device, now=now).filter(code=camera).first()
    if found is None or not take_telling(
        device=device, camera=found, told=body, address=address_of(request), now=now
    ):
        return Status(404, DeviceProblem(message="The read is not here, or its camera is another's."))
    return Status(200, None)


def _version_of(etag: str) -> int:
    digits = etag.strip('"')
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0  # noqa: PLR2004 - bigint


def _packed(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield *lines*, gzipped, in pieces that are worth sending."""
    packer, waiting = zlib.compressobj(1, zlib.DEFLATED, 31), bytearray()
    for line in lines:
        waiting += packer.compress(line)
        if len(waiting) >= _PIECE:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting) + packer.flush()
