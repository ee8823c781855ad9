"""`/api/v1/device/...`: how enrolled devices submit signed reads, report, and fetch what is set for them.

Nothing can be looked up here, and no picture comes out: a device is told its settings and the time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status
from ninja.errors import HttpError

from platewarden.accounts.actors import address_of, network_of_request, owning_agency_id
from platewarden.cameras import device_stills
from platewarden.cameras.models import Camera
from platewarden.cameras.seeing import Look, references_of, take_looks
from platewarden.devices import actions, keys
from platewarden.devices.models import Device
from platewarden.devices.schemas import (
    DeviceProblem,
    Enrolled,
    Enrolling,
    Renamed,
    Report,
    ReportTaken,
    SettingsGiven,
    SourceState,
    Still,
    StillTaken,
    Succeeding,
    ViewsGiven,
)
from platewarden.devices.senders import ClockError, DeviceSignature, RevokedError, TooManyError
from platewarden.edge import signed
from platewarden.edge.views.fingerprint import View
from platewarden.edge.views.wire import views_note
from platewarden.ingest.api import api, parsed_reads, take
from platewarden.ingest.brakes import CODES, UNUSABLE
from platewarden.ingest.schemas import BatchResult, ReadProblem, ReadResult, RequestProblem, SubmittedRead
from platewarden.ledger import actions as ledger
from platewarden.ledger.checkpoint import VerifierKey
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.devices import may_be_taken_as_signed
from platewarden.recognition.images import ImageError
from platewarden.site.clock import utc_now

router = Router(tags=["devices"])

_NOT_ITS_CAMERA: Final = DeviceProblem(
    message="The device does not speak for this camera.",
    clause="CAP-1",
    remedy="Enrol it anew for this camera, or take the camera from its settings.",
)


@router.post(
    "/enrol",
    auth=None,
    response={201: Enrolled, 403: DeviceProblem, 429: RequestProblem},
    summary="Enrol by a one-time code",
)
def enrol_device(request: HttpRequest, body: Enrolling) -> Status[Any]:
    """Take the device's public key; the code is good for this once."""
    now, network = utc_now(), network_of_request(request)
    if CODES.is_on(network):
        raise TooManyError("Too many codes were tried that are none.", CODES.seconds)
    try:
        device = actions.enrol(
            one_time=body.code,
            public=bytes.fromhex(body.key),
            proof=body.proof,
            agency_id=owning_agency_id(),
            address=address_of(request),
            now=now,
        )
    except actions.EnrolmentRefusedError:
        CODES.note_failure(network)
        problem = DeviceProblem(
            message="The code is unknown, used or expired.",
            clause="ADM-4",
            remedy="Have an administrator issue another: Cameras, Devices.",
        )
        return Status(403, problem)
    enrolled = Enrolled(
        device=device.code,
        cameras=[camera.code for camera in actions.cameras_of(device, now=now)],
        key_name=_key_of(device).name,
        server_key=keys.signer().verifier.encode(),
    )
    return Status(201, enrolled)


@router.post(
    "/cameras/{camera}/reads",
    auth=DeviceSignature(),
    response=dict.fromkeys((200, 201, 202, 207, 409), BatchResult)
    | dict.fromkeys((403, 422), BatchResult | DeviceProblem | RequestProblem)
    | {503: RequestProblem},
    summary="Submit up to 100 signed reads of one camera",
)
def submit_device_reads(request: HttpRequest, camera: str) -> Status[Any]:
    """As `POST /reads`, each read with `signature` and `clock_offset_seconds`; a wrong signature refuses its read."""
    device, now = _device(request), utc_now()
    found = actions.cameras_of(device, now=now).filter(code=camera).first()
    if found is None:
        return Status(403, _NOT_ITS_CAMERA)
    if UNUSABLE.is_on(found.pk):
        raise TooManyError("Too many deliveries of which nothing could be used.", UNUSABLE.seconds)
    examine, signed_by = _examiner(device, found)
    parsed = [examine(read) for read in parsed_reads(request)]
    if all(isinstance(read, ReadResult) for read in parsed):
        UNUSABLE.note_failure(found.pk)
    wrong = sum(isinstance(read, ReadResult) and _is_wrong(read) for read in parsed)
    if wrong:
        actions.count_wrong_signatures(device, wrong)
    with _recorded(request):
        return take(parsed, request, camera=found, now=now, signed_by=signed_by)


@router.post(
    "/cameras/{camera}/still",
    auth=DeviceSignature(),
    response={201: StillTaken, 403: DeviceProblem | RequestProblem, 422: RequestProblem, 503: RequestProblem},
    summary="Send the still of what a camera sees, once after enrolment",
)
def send_still(request: HttpRequest, camera: str, body: Still) -> Status[Any]:
    """Keep the still for whoever signs what the camera sees. Nothing asks for one, and none is given out here."""
    device, now = _device(request), utc_now()
    found = actions.cameras_of(device, now=now).filter(code=camera).first()
    if found is None:
        return Status(403, _NOT_ITS_CAMERA)
    try:
        with _recorded(request):
            sent = device_stills.take_still(
                camera=found,
                data=body.picture,
                is_asked_for=body.asked_for,
                is_live=body.live,
                enrolled_at=device.enrolled_at,
                actor=actions.actor_of(device, address_of(request)),
                now=now,
            )
    except ImageError as error:
        return Status(422, RequestProblem(message=f"{error}."))
    return Status(201, StillTaken(digest=sent.digest))


def _examiner(
    device: Device, camera: Camera
) -> tuple[Callable[[SubmittedRead | ReadResult], SubmittedRead | ReadResult], dict[str, int]]:
    """Return what checks one read's signature, and whose key made each that it found in order, by the signature."""
    by_verifier = {VerifierKey.parse(key.verifier): key.pk for key in device.keys.all()}
    signed_by: dict[str, int] = {}

    def examine(read: SubmittedRead | ReadResult) -> SubmittedRead | ReadResult:
        if isinstance(read, ReadResult):
            return read
        if (
            read.revision and not read.pass_id
        ):  # it would not be kept, and the signature be one of something else
            problem = ReadProblem(field="revision", message="says nothing without pass_id: leave it out")
            return ReadResult(capture_id=read.capture_id, code=422, problem=problem)
        try:
            text = signed.read_text(
                read.model_dump(exclude={"plate_image", "vehicle_image"}),
                device=device.code,
                camera=camera.code,
                plate_image=signed.image_digest(read.plate_image),
                vehicle_image=signed.image_digest(read.vehicle_image),
            )
        except OverflowError:  # a moment that has no UTC, at the very first or last day: no text can name it
            problem = ReadProblem(field="seen_at", message="is no time that can be said in UTC")
            return ReadResult(capture_id=read.capture_id, code=422, problem=problem)
        signature = read.signature or ""
        try:
            key = signed.is_signed(text, signature, list(by_verifier))
        except signed.SignatureError:
            key = None
        decision = may_be_taken_as_signed(is_signed_by_its_device=key is not None)
        if key is None or not decision.allowed:
            problem = ReadProblem(field="signature", message=decision.reason, clause=decision.clause)
            return ReadResult(capture_id=read.capture_id, code=403, problem=problem)
        signed_by[signature] = by_verifier[key]
        return read

    return examine, signed_by


def _is_wrong(read: ReadResult) -> bool:
    return read.problem is not None and read.problem.field == "signature"


@router.post(
    "/state",
    auth=DeviceSignature(),
    response={200: ReportTaken, 403: DeviceProblem, 503: RequestProblem},
    summary="Say how the device fares",
)
def report_state(request: HttpRequest, body: Report) -> Status[Any]:
    """Keep the report; answer with the server's time and the number of the settings."""
    device = _device(request)
    report = body.model_dump(mode="json")
    now, address = utc_now(), address_of(request)
    actions.take_report(device=device, report=report, address=address, now=now)
    take_looks(
        cameras=actions.cameras_of(device, now=now),
        said={source.camera: said for source in body.sources if (said := _looked(source))},
        actor=actions.actor_of(device, address),
        now=now,
    )
    return Status(200, ReportTaken(now=utc_now(), settings_version=actions.settings_version(device)))


def _looked(source: SourceState) -> Look | None:
    view = source.view
    if view is None:
        return None
    return Look(view.statement, View(view.state), view.share_percent, view.shift_permille)


@router.get(
    "/views",
    auth=DeviceSignature(),
    response={200: ViewsGiven, 403: DeviceProblem, 503: RequestProblem},
    summary="Fetch what its cameras are to see",
)
def fetch_views(request: HttpRequest) -> Status[Any]:
    """Answer with fingerprints of the approved stills of those of its cameras that stay in one place, signed."""
    device, now = _device(request), utc_now()
    references = references_of(actions.cameras_of(device, now=now), now=now)
    return Status(200, ViewsGiven(note=views_note(references, device=device.code, key=keys.signer())))


@router.get(
    "/time",
    auth=DeviceSignature(),
    response={200: ReportTaken, 403: DeviceProblem},
    summary="Ask what time it is",
)
def tell_time(request: HttpRequest) -> ReportTaken:
    """Answer as to a report, without one: what a device asks before it dates its first read."""
    return ReportTaken(now=utc_now(), settings_version=actions.settings_version(_device(request)))


@router.get(
    "/settings",
    auth=DeviceSignature(),
    response={200: SettingsGiven, 304: None, 403: DeviceProblem, 503: RequestProblem},
    summary="Fetch what is set for the device",
)
def fetch_settings(request: HttpRequest, response: HttpResponse) -> Status[Any]:
    """Answer with the signed settings; 304 where `If-None-Match` names those that are in force."""
    device = _device(request)
    note = actions.settings_for(device, now=utc_now())
    etag = f'"{actions.settings_version(device)}"'
    response["ETag"] = etag
    if request.headers.get("If-None-Match") == etag:
        return Status(304, None)
    return Status(200, SettingsGiven(note=note))


@router.post(
    "/key",
    auth=DeviceSignature(),
    response={200: Renamed, 403: DeviceProblem, 503: RequestProblem},
    summary="Let a new key follow",
)
def succeed_key(request: HttpRequest, body: Succeeding) -> Status[Any]:
    """Take the new key, which signs from now on; reads that the old one signed are still taken."""
    device = _device(request)
    try:
        actions.succeed_key(
            device=device,
            public=bytes.fromhex(body.key),
            proof=body.proof,
            address=address_of(request),
            now=utc_now(),
        )
    except actions.EnrolmentRefusedError:
        return Status(403, DeviceProblem(message="The new key did not sign for itself.", clause="ADM-4"))
    return Status(200, Renamed(key_name=_key_of(device).name))


@api.exception_handler(RevokedError)
def _revoked(request: HttpRequest, error: RevokedError) -> HttpResponse:
    problem = DeviceProblem(
        message="The device was revoked.",
        clause="ADM-4",
        remedy="It destroys what it holds; to use it again, enrol it anew under another code.",
        revocation=actions.revocation_note(error.device, now=utc_now()),
    )
    return api.create_response(request, problem, status=403)


@api.exception_handler(ClockError)
def _out_of_time(request: HttpRequest, error: ClockError) -> HttpResponse:  # noqa: ARG001
    answer = {"message": "The request was signed at another time than now.", "now": utc_now().isoformat()}
    return api.create_response(request, answer, status=401)


@api.exception_handler(TooManyError)
def _too_many(request: HttpRequest, error: TooManyError) -> HttpResponse:
    problem = RequestProblem(message=str(error), remedy="Try again later.")
    answer = api.create_response(request, problem, status=429)
    answer["Retry-After"] = str(round(error.seconds))
    return answer


@api.exception_handler(keys.DeviceKeyError)
def _keyless(request: HttpRequest, error: keys.DeviceKeyError) -> HttpResponse:  # noqa: ARG001
    problem = RequestProblem(
        message="The server cannot sign for devices at the moment.", remedy="Try again later."
    )
    return api.create_response(request, problem, status=503)


@contextmanager
def _recorded(request: HttpRequest) -> Iterator[None]:
    """Record what the policy refuses the device that asks, and let it be answered."""
    try:
        yield
    except PolicyRefusal as refusal:
        ledger.record_refusal(refusal, actor=actions.actor_of(_device(request), address_of(request)))
        raise


def _device(request: HttpRequest) -> Device:
    device: Device = request.auth  # type: ignore[attr-defined]
    return device


def _key_of(device: Device) -> VerifierKey:
    key = actions.current_key(device)
    if key is None:
        raise HttpError(403, "The device has no key.")
    return VerifierKey.parse(key.verifier)


api.add_router("/device", router)
