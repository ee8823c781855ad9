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


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """What matters of a camera when it sends a read.

    Attributes:
        is_approved: Whether a second person has approved it, and nobody has withdrawn that.
        is_credential_revoked: Whether the credential it used has been revoked.
        statement_signed_at: When its field-of-view statement was signed; None without one, or after a move.
    """

    is_approved: bool
    is_credential_revoked: bool
    statement_signed_at: datetime | None


def may_submit(camera: CameraFacts, *, parameters: Parameters, now: datetime) -> Decision:
    """Decide whether *camera* may submit reads.

    > CAP-1: A camera may submit reads only while a signed statement of its field of view, approved by a
    > second person, is in force.
    """
    return first_refusal(
        _has_credential(camera), _is_approved(camera), _has_statement(camera, parameters, now)
    )


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


def may_approve_camera(
    actor: Actor,
    *,
    registered_by_id: str,
    statement_signed_at: datetime | None,
    parameters: Parameters,
    now: datetime,
) -> Decision:
    """Decide whether *actor* may approve a camera that the account *registered_by_id* registered.

    > CAP-1: a signed statement of its field of view, approved by a second person, is in force
    """
    facts = CameraFacts(
        is_approved=True, is_credential_revoked=False, statement_signed_at=statement_signed_at
    )
    return first_refusal(
        may(actor, Right.APPROVE_CAMERAS),
        _is_second_person(actor, registered_by_id),
        _has_statement(facts, parameters, now),
    )


def _is_second_person(actor: Actor, registered_by_id: str) -> Decision:
    if actor.id == registered_by_id:
        return refuse("CAP-1", "Whoever registers a camera does not approve it.", remedy="Ask a colleague.")
    return allow("CAP-1")


def _has_credential(camera: CameraFacts) -> Decision:
    if camera.is_credential_revoked:
        return refuse("CAP-1", "The camera's credential is revoked.", remedy="Issue it a new one.")
    return allow("CAP-1")


def _is_approved(camera: CameraFacts) -> Decision:
    if camera.is_approved:
        return allow("CAP-1")
    return refuse(
        "CAP-1",
        "The camera is not approved.",
        remedy="Have a second person approve its field-of-view statement.",
    )


def _has_statement(camera: CameraFacts, parameters: Parameters, now: datetime) -> Decision:
    signed_at = camera.statement_signed_at
    valid = parameters.days("capture.statement_valid_days")
    if signed_at is not None and signed_at <= now < signed_at + valid:
        return allow("CAP-1")
    return refuse(
        "CAP-1",
        "The camera has no field-of-view statement in force.",
        remedy=f"Sign one: it holds {valid.days} days, or until the camera is moved.",
        field="statement_signed_at",
    )
