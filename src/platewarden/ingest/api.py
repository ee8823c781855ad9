"""`POST /api/v1/reads`: how cameras submit reads."""

from collections.abc import Mapping
from datetime import datetime
from statistics import fmean
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI, Status
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import ValidationError as Invalid

from platewarden.cameras.credentials import camera_for_request
from platewarden.cameras.hearing import note_delivery
from platewarden.cameras.models import Camera
from platewarden.ingest import actions, push
from platewarden.ingest.schemas import (
    MAX_READS,
    Batch,
    BatchResult,
    ReadProblem,
    ReadResult,
    RequestProblem,
    SubmittedRead,
)
from platewarden.ingest.senders import actor_of
from platewarden.ledger import actions as ledger
from platewarden.policy.capture import may_keep_members
from platewarden.policy.decision import PolicyRefusal
from platewarden.site.clock import utc_now

api = NinjaAPI(
    title="Platewarden device API",
    version="1",
    description="Cameras submit reads here. Nothing can be looked up through this interface.",
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/push", push.router)


class CameraCredential(HttpBearer):
    """``Authorization: Bearer <camera code>.<secret>``."""

    def authenticate(self, request: HttpRequest, token: str) -> Camera | None:  # noqa: ARG002
        """Return the camera whose credential *token* is."""
        return camera_for_request(request, now=utc_now())


@api.post(
    "/reads",
    auth=CameraCredential(),
    response=dict.fromkeys((200, 201, 202, 207, 409), BatchResult)
    | dict.fromkeys((403, 422), BatchResult | RequestProblem)
    | {503: RequestProblem},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": Batch.model_json_schema(ref_template="#/components/schemas/{model}")
                }
            },
        }
    },
    summary="Submit up to 100 reads with their images",
)
def submit_reads(request: HttpRequest) -> Status[BatchResult]:
    """Store each read that is in order; answer with one result a read.

    The status is the common code when all reads fared alike, else 207. Idempotent by (camera, capture id): a
    repeat answers 200 with the read's id; the same id with other content answers 409 and changes nothing.
    """
    camera: Camera = request.auth  # type: ignore[attr-defined]
    parsed = [_unsigned(_parse(item)) for item in _items(request)]
    return take(parsed, request, camera=camera, now=utc_now())


def parsed_reads(request: HttpRequest) -> list[SubmittedRead | ReadResult]:
    """Return the reads that *request* submits, each as a read or as what is wrong with it, in order.

    Raises:
        HttpError: The body is none.
    """
    return [_parse(item) for item in _items(request)]


def take(
    parsed: list[SubmittedRead | ReadResult],
    request: HttpRequest,
    *,
    camera: Camera,
    now: datetime,
    signed_by: Mapping[str, int] = MappingProxyType({}),
) -> Status[BatchResult]:
    """Store those of *parsed* that are in order, as reads of *camera*; return the answer. Raises as `ingest` does."""
    sound = [read for read in parsed if isinstance(read, SubmittedRead)]
    actor = actor_of(camera, request)
    try:
        taken = iter(actions.ingest(reads=sound, camera=camera, actor=actor, now=now, signed_by=signed_by))
    except PolicyRefusal:
        note_delivery(camera=camera, now=now, reads=0, refused=len(parsed))
        raise
    results = [next(taken) if isinstance(read, SubmittedRead) else read for read in parsed]
    actions.record_refused(results, camera=camera, actor=actor)
    _note(parsed, results, camera=camera, now=now)
    codes = {result.code for result in results}
    return Status(codes.pop() if len(codes) == 1 else 207, BatchResult(results=results))


def _note(
    parsed: list[SubmittedRead | ReadResult], results: list[ReadResult], *, camera: Camera, now: datetime
) -> None:
    taken = [
        (now - read.seen_at).total_seconds()
        for read, result in zip(parsed, results, strict=True)
        if isinstance(read, SubmittedRead) and result.code in {201, 202}
    ]
    refused = sum(result.problem is not None for result in results)
    delay = fmean(taken) if taken else None
    offsets = [
        read.clock_offset_seconds
        for read in parsed
        if isinstance(read, SubmittedRead) and read.clock_offset_seconds is not None
    ]
    skew = fmean(offsets) if offsets else None
    note_delivery(
        camera=camera, now=now, reads=len(taken), refused=refused, delay_seconds=delay, skew_seconds=skew
    )


def _items(request: HttpRequest) -> list[Any]:
    try:
        body = api.parser.parse_body(request)
    except (ValueError, RecursionError) as error:
        raise HttpError(422, 'The body is not JSON: send {"reads": [...]} as UTF-8.') from error
    if not isinstance(body, dict) or set(body) != {"reads"} or not isinstance(body["reads"], list):
        raise HttpError(422, 'The body must be an object with the one member "reads", a list.')
    if not 1 <= len(body["reads"]) <= MAX_READS:
        raise HttpError(422, f"reads: send 1 to {MAX_READS} of them; these are {len(body['reads'])}.")
    return body["reads"]


def _parse(item: Any) -> SubmittedRead | ReadResult:
    decision = may_keep_members(item if isinstance(item, dict) else ())
    if not decision.allowed:
        message = f"{decision.reason} {decision.remedy}"
        return _unfit(item, ReadProblem(field=decision.field[:120], message=message, clause=decision.clause))
    try:
        return SubmittedRead.model_validate(item)
    except Invalid as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "read"
        clause = "CAP-2" if first["type"] == "extra_forbidden" else ""
        return _unfit(item, ReadProblem(field=field[:120], message=first["msg"], clause=clause))


def _unsigned(read: SubmittedRead | ReadResult) -> SubmittedRead | ReadResult:
    """Return *read* unless it claims to be signed: here nobody's key is known that could prove it."""
    if isinstance(read, ReadResult) or (read.signature is None and read.clock_offset_seconds is None):
        return read
    problem = ReadProblem(field="signature", message="is taken from enrolled devices alone: leave it out")
    return ReadResult(capture_id=read.capture_id, code=422, problem=problem)


def _unfit(item: Any, problem: ReadProblem) -> ReadResult:
    capture_id = item.get("capture_id", "") if isinstance(item, dict) else ""
    return ReadResult(capture_id=str(capture_id)[:80], code=422, problem=problem)


@api.exception_handler(PolicyRefusal)
def _refused(request: HttpRequest, refusal: PolicyRefusal) -> Any:
    camera = getattr(request, "auth", None)
    if isinstance(camera, Camera):
        try:
            ledger.record_refusal(refusal, actor=actor_of(camera, request))
        except actions.UNABLE as error:  # no log, no answer
            return _unavailable(request, error)
    decision = refusal.decision
    problem = RequestProblem(message=decision.reason, clause=decision.clause, remedy=decision.remedy)
    return api.create_response(request, problem, status=403)


@api.exception_handler(HttpError)
def _unusable(request: HttpRequest, error: HttpError) -> Any:
    return api.create_response(request, RequestProblem(message=str(error)), status=error.status_code)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> Any:  # noqa: ARG001
    problem = RequestProblem(message="The request does not fit its documented form.")
    return api.create_response(request, problem, status=422)


def _unavailable(request: HttpRequest, error: Exception) -> Any:  # noqa: ARG001
    problem = RequestProblem(
        message="Not everything of this can be recorded or sealed at the moment.",
        remedy="Keep the reads and send them again later: those that are stored already are answered as repeats.",
    )
    return api.create_response(request, problem, status=503)


for _error in actions.UNABLE:
    api.exception_handler(_error)(_unavailable)
