"""Whether a camera still stands where its statement says: what its own reports of its place mean, and who clears it."""

import math
from dataclasses import dataclass
from datetime import datetime

from platewarden.policy.actor import Actor
from platewarden.policy.areas import EARTH_RADIUS_M, Point
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Deliveries in a row that placed a camera elsewhere: how many, and when what the first of them tells was seen."""

    deliveries: int
    since: datetime


def metres_between(one: Point, other: Point) -> float:
    """Return how far *one* lies from *other*, on a sphere."""
    (lat_a, lon_a), (lat_b, lon_b) = one, other
    north = math.radians(lat_b - lat_a) / 2
    east = math.radians(lon_b - lon_a) / 2
    part = (
        math.sin(north) ** 2
        + math.cos(math.radians(lat_a)) * math.cos(math.radians(lat_b)) * math.sin(east) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, part)))


def stays_in_place(kind: CameraKind) -> bool:
    """Whether a camera of this *kind* stands where the register or its deployment says.

    > CAP-5: A camera that stays in one place is registered with that place.
    """
    return kind in {CameraKind.FIXED, CameraKind.PORTABLE}


def is_elsewhere(metres: float, *, parameters: Parameters) -> bool:
    """Whether a camera that says it is *metres* from its registered place says that it is at another.

    > CAP-1: every camera looks at public places alone.
    """
    return metres > parameters.integer("capture.moved_metres")


def has_moved(found: Elsewhere, *, parameters: Parameters, seen_at: datetime) -> bool:
    """Whether deliveries that place a camera elsewhere are enough to hold that it was moved.

    > CAP-1: A camera may submit reads only while a signed statement of its field of view, with a still of what it
    > sees, approved by a second person, is in force.

    What was signed was signed of another place. One wrong fix of a receiver is not enough, however often and for how
    long it is delivered again: what counts is when the latest of them was seen (*seen_at*).
    """
    is_often = found.deliveries >= parameters.integer("capture.moved_deliveries")
    return is_often and seen_at - found.since >= parameters.minutes("capture.moved_minutes")


def may_say_unmoved(actor: Actor, *, why: str, is_open: bool) -> Decision:
    """Decide whether *actor* may say that a camera did not move: whoever keeps the register or approves cameras.

    > CAP-1: every camera looks at public places alone.
    """
    registers, approves = may(actor, Right.REGISTER_CAMERAS), may(actor, Right.APPROVE_CAMERAS)
    return first_refusal(
        registers if not approves.allowed else approves, _gives_reason(why), _is_open(is_open)
    )


def may_confirm_unmoved(actor: Actor, *, said_by_id: str, is_open: bool) -> Decision:
    """Decide whether *actor* may confirm what the account *said_by_id* said: that the camera did not move.

    > CAP-1: approved by a second person

    The statement that counted before counts again by it: so it takes two people, as the statement did.
    """
    return first_refusal(may(actor, Right.APPROVE_CAMERAS), _is_open(is_open), _is_second(actor, said_by_id))


def _gives_reason(why: str) -> Decision:
    if why.strip():
        return allow("CAP-1")
    return refuse(
        "CAP-1", "There is no reason.", remedy="Say how you know that it did not move.", field="why"
    )


def _is_open(is_open: bool) -> Decision:  # noqa: FBT001 - a fact
    if is_open:
        return allow("CAP-1")
    return refuse("CAP-1", "It was settled before.", remedy="Nothing: the camera's page says how.")


def _is_second(actor: Actor, said_by_id: str) -> Decision:
    if not said_by_id:
        return refuse(
            "CAP-1",
            "Nobody has said that the camera did not move.",
            remedy="Say so first; a colleague confirms.",
        )
    if actor.id == said_by_id:
        return refuse(
            "CAP-1", "Whoever says that a camera did not move does not confirm it.", remedy="Ask a colleague."
        )
    return allow("CAP-1")
