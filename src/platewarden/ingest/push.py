"""`POST /api/v1/push/...`: cameras that speak their maker's format.

The register says which format a camera speaks, and its credential says which camera it is: nothing in a body can name
another one. A device that can send no header has its credential as the first part of its address.
"""

import re
from datetime import datetime, timedelta
from statistics import fmean
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from ninja import Router

from platewarden.accounts.actors import network_of_request
from platewarden.adapters.formats import FORMATS, Answer, Format
from platewarden.adapters.plain import KEY as PLAIN
from platewarden.adapters.results import MAX_CONTENT_BYTES, Delivery, Outcome, UnusableError
from platewarden.cameras.credentials import camera_for_request
from platewarden.cameras.hearing import note_delivery, note_heartbeat
from platewarden.cameras.models import Camera
from platewarden.ingest import actions
from platewarden.ingest.brakes import UNKNOWN, UNUSABLE
from platewarden.ingest.schemas import ReadResult, SubmittedRead
from platewarden.ingest.senders import actor_of
from platewarden.ledger import actions as ledger
from platewarden.policy.cameras import Protocol
from platewarden.policy.decision import PolicyRefusal
from platewarden.site.clock import utc_now

router = Router()

_TOKEN: Final = re.compile(r"([A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{16,64})(?:/|$)")
_BEHIND: Final = timedelta(seconds=-60)
"""What is older than this was kept back rather than stamped by a clock that is slow: it counts as delay, not skew."""


@router.post("", auth=None, summary="Push what a camera sends in its maker's format")
def push_here(request: HttpRequest) -> HttpResponse:
    """Take what the camera of this credential sends; see `push`."""
    return push(request, "")


@router.post(
    "/{path:rest}", auth=None, summary="Push, with the secret or the device's own part in the address"
)
def push(request: HttpRequest, rest: str) -> HttpResponse:
    """Take what a camera sends in the format that the register says it speaks, and answer as that device expects.

    > CAP-2: Whatever else a camera sends is not stored.

    *rest* is what follows ``/push/``: the secret part of the address, where the camera has one, and whatever the
    device adds.
    """
    now = utc_now()
    token = _TOKEN.match(rest)
    camera = camera_for_request(request, now=now, path_token=token[1] if token else "")
    if camera is None:
        UNKNOWN.note_failure(network_of_request(request))
        if UNKNOWN.is_on(network_of_request(request)):
            return _too_many(UNKNOWN.seconds)
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="Platewarden"'})
    format_ = FORMATS.get(PLAIN if camera.protocol == Protocol.PLATEWARDEN else camera.protocol)
    if format_ is None:
        text = "This camera is registered with a format that is not pushed: change it in the register.\n"
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    if UNUSABLE.is_on(camera.pk):
        note_delivery(camera=camera, now=now, reads=0, refused=1)
        return _too_many(UNUSABLE.seconds)
    reply = format_.reply(_answer(request, camera, format_, rest[token.end() :] if token else rest, now))
    return HttpResponse(reply.content, status=reply.status, content_type=reply.content_type)


def _too_many(seconds: float) -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": str(round(seconds))})


def _answer(request: HttpRequest, camera: Camera, format_: Format, path: str, now: datetime) -> Answer:
    try:
        answer = _taken_or_refused(request, camera, format_, path, now)
    except actions.UNABLE:
        return Answer.NOT_NOW
    if answer is Answer.NEVER:
        UNUSABLE.note_failure(camera.pk)
    return answer


def _taken_or_refused(
    request: HttpRequest, camera: Camera, format_: Format, path: str, now: datetime
) -> Answer:
    try:
        return _take(request, camera, format_, path, now)
    except PolicyRefusal as refusal:
        ledger.record_refusal(refusal, actor=actor_of(camera, request))
        note_delivery(camera=camera, now=now, reads=0, refused=1)
        return Answer.NEVER


def _take(request: HttpRequest, camera: Camera, format_: Format, path: str, now: datetime) -> Answer:
    try:
        outcome = format_.decode(_delivery(request, camera, path, now))
    except UnusableError:
        note_delivery(camera=camera, now=now, reads=0, refused=1)
        return Answer.NEVER
    if outcome.is_heartbeat:
        note_heartbeat(camera=camera, now=now, skew_seconds=_skew(outcome, now))
        return Answer.TAKEN
    reads = [SubmittedRead.model_validate(read.as_submitted()) for read in outcome.reads]
    actor = actor_of(camera, request)
    now = utc_now()  # a body takes its time: what counts is what holds by now
    results = actions.ingest(reads=reads, camera=camera, actor=actor, now=now) if reads else []
    actions.record_refused(results, camera=camera, actor=actor)
    _note(outcome, reads, results, camera=camera, now=now)
    is_usable = not results or any(result.problem is None for result in results)
    return Answer.TAKEN if is_usable else Answer.NEVER


def _delivery(request: HttpRequest, camera: Camera, path: str, now: datetime) -> Delivery:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length[:20]) > MAX_CONTENT_BYTES:
        raise UnusableError("body", f"is longer than {MAX_CONTENT_BYTES} bytes")
    return Delivery(request.body, request.headers.get("Content-Type", ""), now, zone_of(camera), path)


def zone_of(camera: Camera) -> ZoneInfo:
    """Return the zone of the clock of *camera*; UTC where the register names none that this machine knows."""
    try:
        return ZoneInfo(camera.clock_zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _skew(outcome: Outcome, now: datetime) -> float | None:
    if outcome.clock_at is None or (outcome.reads and outcome.clock_at - now < _BEHIND):
        return None
    return (outcome.clock_at - now).total_seconds()


def _note(
    outcome: Outcome, reads: list[SubmittedRead], results: list[ReadResult], *, camera: Camera, now: datetime
) -> None:
    """Note the delivery: how much was stored, refused and dropped, and how late it came. Names, never values."""
    delays = [
        (now - read.seen_at).total_seconds()
        for read, result in zip(reads, results, strict=True)
        if result.code in {201, 202}
    ]
    note_delivery(
        camera=camera,
        now=now,
        reads=len(delays),
        refused=len(outcome.problems) + sum(result.problem is not None for result in results),
        unreadable=int(outcome.ignored == "no plate"),
        dropped={name.replace(" ", "-"): times for name, times in outcome.dropped.items()},
        delay_seconds=fmean(delays) if delays else None,
        skew_seconds=_skew(outcome, now),
    )
