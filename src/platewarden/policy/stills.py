"""Stills that devices send of what their cameras see: when one is taken, and who may use it in a statement."""

from datetime import datetime

from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


def may_send_still(
    *,
    enrolled_at: datetime,
    stands_since: datetime | None,
    last_at: datetime | None,
    is_asked_for: bool,
    parameters: Parameters,
    now: datetime,
) -> Decision:
    """Decide whether a still that a device sends of one of its cameras is taken.

    > CAP-4: nobody can watch live images

    One is taken after the device's enrolment (*enrolled_at*). Any other is taken because a person at the box had it
    sent (*is_asked_for*): the first from where the camera stands now, by the register or by its deployment
    (*stands_since*), and others only a good while after the last one (*last_at*). The server asks for none.
    """
    if last_at is None or last_at < enrolled_at:
        return allow("CAP-4")
    if not is_asked_for:
        return refuse(
            "CAP-4",
            "The device has sent the one still of its enrolment.",
            remedy="Somebody at the box has another sent: platewarden edge still.",
            field="still",
        )
    if stands_since is not None and last_at < stands_since:
        return allow("CAP-4")
    if now < last_at + parameters.hours("capture.device_still_hours"):
        return refuse(
            "CAP-4",
            "The last still of this camera is too recent: nobody watches through stills.",
            remedy="Wait, or sign with a picture of your own.",
            field="still",
        )
    return allow("CAP-4")


def may_use_still(actor: Actor, *, is_waiting: bool, has_looked: bool) -> Decision:
    """Decide whether *actor* may sign what a camera sees with the still that its device sent.

    > CAP-1: with a still of what it sees

    It must wait for that still: not used, not past its time, sent from where the camera stands now, and by a device
    that has not been revoked since. Nobody says of a picture that it is the view without having looked at it; whoever
    looked at it besides changes nothing.
    """
    return first_refusal(may(actor, Right.SEE_STILLS), _waits(is_waiting), _was_looked_at(has_looked))


def _waits(is_waiting: bool) -> Decision:  # noqa: FBT001 - a fact
    if is_waiting:
        return allow("CAP-1")
    return refuse(
        "CAP-1",
        "No still of its device waits: it was used or is past its time, or since then the camera was moved or the "
        "device revoked.",
        remedy="Add a picture, or have the device send another.",
        field="still",
    )


def _was_looked_at(has_looked: bool) -> Decision:  # noqa: FBT001 - a fact
    if has_looked:
        return allow("CAP-1")
    return refuse(
        "CAP-1", "You have not looked at the device's still.", remedy="Look at it first.", field="still"
    )
