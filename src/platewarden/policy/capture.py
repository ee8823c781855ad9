"""What may come in from a camera, and which cameras may send."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.retention import visible_since
from platewarden.policy.rights import Right, may


class CameraKind(StrEnum):
    """How a camera is mounted; ``rendered`` is none: the source of pictures that Platewarden makes itself."""

    FIXED = "fixed"
    MOBILE = "mobile"
    PORTABLE = "portable"
    RENDERED = "rendered"


KEPT: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "plate image": frozenset({"plate_image"}),
        "vehicle image": frozenset({"vehicle_image"}),
        "vehicle characteristics": frozenset({"vehicle"}),
        "plate number": frozenset({"plate", "confidence", "char_confidences", "alternates"}),
        "state of registration": frozenset({"state", "state_confidence"}),
        "date and time": frozenset({"seen_at"}),
        "place": frozenset({"position"}),
    }
)
"""Everything kept of a passing vehicle: the policy's item, then the members of a read that carry it."""

TRANSPORT: Final = frozenset({"capture_id", "clock_offset_seconds", "pass_id", "revision", "signature"})
"""Members that say how a read was sent, and nothing of the vehicle."""

VEHICLE_CHARACTERISTICS: Final = frozenset({"type", "make", "model", "colour"})
"""Members of a read's ``vehicle``."""


FOUND_MOVED: Final = refuse(
    "CAP-1",
    "The camera says again and again that it is not at its registered place.",
    remedy="Correct its place if it was moved, and sign what it sees anew; or let two people say that it was not.",
)
"""Of a camera that was found elsewhere than it should be: what was signed of it was signed of another place."""


@dataclass(frozen=True, slots=True)
class DeploymentFacts:
    """What matters of one deployment of a portable camera.

    Attributes:
        starts_at: From when it is in force.
        ends_at: Until when, exclusive.
        statement_signed_at: When what the camera sees there was signed; None while no second person has approved it.
    """

    starts_at: datetime
    ends_at: datetime
    statement_signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """What matters of a camera when it sends a read.

    Attributes:
        is_approved: Whether a second person has approved it, and nobody has withdrawn that.
        is_credential_revoked: Whether it has no credential in force, or the one it used is not.
        statement_signed_at: When its field-of-view statement was signed that a second person has approved; None
            without one, without its still, or after a move. Of a portable camera the deployments say it.
        kind: How it is mounted.
        deployments: Of a portable camera: those that are in force, or ended so lately that reads may still come in.
        is_found_moved: Whether it was found to have been moved, and what it sees has not been approved since.
    """

    is_approved: bool
    is_credential_revoked: bool
    statement_signed_at: datetime | None
    kind: CameraKind = CameraKind.FIXED
    deployments: tuple[DeploymentFacts, ...] = ()
    is_found_moved: bool = False


def may_submit(camera: CameraFacts, *, parameters: Parameters, now: datetime) -> Decision:
    """Decide whether *camera* may submit reads.

    > CAP-1: A camera may submit reads only while a signed statement of its field of view, with a still of what it
    > sees, approved by a second person, is in force.

    > CAP-5: A portable camera submits only what it sees during a deployment that a second person has authorised
    """
    signed = [camera.statement_signed_at]
    if camera.kind is CameraKind.PORTABLE:
        signed = [one.statement_signed_at for one in camera.deployments]
    statements = [has_statement_in_force(each, parameters=parameters, now=now) for each in signed]
    return first_refusal(
        _is_approved(camera),
        _is_deployed(camera),
        _stands_as_signed(camera),
        next(
            (decision for decision in statements if decision.allowed), statements[-1] if statements else _NONE
        ),
        _has_credential(camera),
    )


def may_keep_from(
    camera: CameraFacts, *, seen_at: datetime, has_position: bool, parameters: Parameters, now: datetime
) -> Decision:
    """Decide whether a read of *seen_at* by *camera*, which may submit, is one that a camera of its kind may bring.

    > CAP-5: A portable camera submits only what it sees during a deployment that a second person has authorised,
    > for a stated place and time. Every read of a camera mounted on a vehicle says where the vehicle was.
    """
    if camera.kind is CameraKind.MOBILE and not has_position:
        return refuse(
            "CAP-5",
            "The read of a camera on a vehicle does not say where it was.",
            remedy="Send the vehicle's position with every read.",
            field="position",
        )
    if camera.kind is CameraKind.PORTABLE and not any(
        one.starts_at <= seen_at < one.ends_at
        and has_statement_in_force(one.statement_signed_at, parameters=parameters, now=now).allowed
        for one in camera.deployments
    ):
        return refuse(
            "CAP-5",
            "The camera was not deployed when it saw this.",
            remedy="None: what it sees outside an authorised deployment is not stored.",
            field="seen_at",
        )
    return allow("CAP-5")


def may_keep(seen_at: datetime, *, parameters: Parameters, now: datetime) -> Decision:
    """Decide whether a read of *seen_at* that arrives at *now* may be kept.

    > CAP-2: Of a passing vehicle the system keeps the plate image, the vehicle image, the vehicle's type,
    > make, model and colour, the plate number, the state of registration, the date, the time and the place,
    > and nothing else.

    > RET-1: Nothing is stored longer than 30 days after it was captured
    """
    if seen_at.tzinfo is None:
        return refuse(
            "CAP-2", "The time has no zone.", remedy="Send seen_at with its offset.", field="seen_at"
        )
    if seen_at > now + parameters.seconds("capture.max_future_seconds"):
        return refuse(
            "CAP-2", "The time is in the future.", remedy="Set the camera's clock.", field="seen_at"
        )
    if seen_at < visible_since(parameters=parameters, now=now):
        return refuse(
            "RET-1", "The read is past its day.", remedy="None: it may not be stored.", field="seen_at"
        )
    return allow("CAP-2")


def may_keep_members(names: Iterable[str]) -> Decision:
    """Decide whether a read with members of these *names* may be kept as it is.

    > CAP-2: Whatever else a camera sends is not stored.
    """
    if strange := unlisted_members(names):
        return refuse(
            "CAP-2",
            f"{len(strange)} member(s) of the read are not among what may be kept.",
            remedy=f"Send only: {', '.join(sorted(TRANSPORT.union(*KEPT.values())))}.",
            field=", ".join(sorted(strange))[:200],
        )
    return allow("CAP-2")


def unlisted_members(names: Iterable[str]) -> frozenset[str]:
    """Return those of *names* that are not kept; an adapter drops and counts them.

    > CAP-2: Whatever else a camera sends is not stored.
    """
    return frozenset(names) - TRANSPORT.union(*KEPT.values())


def may_register_camera(actor: Actor, *, kind: CameraKind, has_place: bool) -> Decision:
    """Decide whether *actor* may register a camera of this *kind*.

    > CAP-5: Every camera is fixed to a structure, mounted on a vehicle, or portable, and is registered as
    > what it is. A camera that stays in one place is registered with that place.
    """
    if kind is CameraKind.FIXED and not has_place:
        return refuse(
            "CAP-5", "A fixed camera has a place.", remedy="Give latitude and longitude.", field="latitude"
        )
    return may(actor, Right.REGISTER_CAMERAS)


def is_told_of_credential(*, is_approved: bool, was_known: bool) -> bool:
    """Whether supervisors are told at once that a camera gets another secret, or a code by which a device becomes it.

    > ADM-4: Data is protected against intrusion, and supervisors answer for the use their people make of it.

    Whoever holds the secret of an approved camera can submit reads that no camera made, and one person issues it. The
    first one of a camera is what everybody waits for; every other is asked about. All of them stand in the weekly
    review.
    """
    return is_approved and was_known


def _has_credential(camera: CameraFacts) -> Decision:
    if camera.is_credential_revoked:
        return refuse(
            "CAP-1", "The camera has no credential in force.", remedy="Issue it one, or enrol a device."
        )
    return allow("CAP-1")


def _is_approved(camera: CameraFacts) -> Decision:
    if camera.is_approved:
        return allow("CAP-1")
    return refuse(
        "CAP-1",
        "The camera is not approved.",
        remedy="Have what it sees signed, and approved by a second person.",
    )


def _stands_as_signed(camera: CameraFacts) -> Decision:
    return FOUND_MOVED if camera.is_found_moved else allow("CAP-1")


def _is_deployed(camera: CameraFacts) -> Decision:
    if camera.kind is not CameraKind.PORTABLE or camera.deployments:
        return allow("CAP-5")
    return refuse(
        "CAP-5",
        "The camera is portable and not deployed.",
        remedy="Have a second person authorise where it stands, from when and until when.",
    )


def has_statement_in_force(signed_at: datetime | None, *, parameters: Parameters, now: datetime) -> Decision:
    """Decide whether a statement signed at *signed_at* holds at *now*.

    > CAP-1: A camera may submit reads only while a signed statement of its field of view, with a still of what it
    > sees, approved by a second person, is in force.
    """
    valid = parameters.days("capture.statement_valid_days")
    if signed_at is not None and signed_at <= now < signed_at + valid:
        return allow("CAP-1")
    return refuse(
        "CAP-1",
        "The camera has no field-of-view statement in force.",
        remedy=f"Sign one: it holds {valid.days} days, or until the camera is moved.",
        field="statement_signed_at",
    )


_NONE: Final = refuse(
    "CAP-1", "The camera has no field-of-view statement in force.", remedy="Sign one where it stands."
)
