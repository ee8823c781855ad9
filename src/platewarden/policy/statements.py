"""The signed statement of what a camera sees: who signs it, who approves it, and when a new one is needed."""

from datetime import datetime

from platewarden.policy.actor import Actor
from platewarden.policy.capture import CameraKind, has_statement_in_force
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


def may_sign_statement(
    actor: Actor, *, kind: CameraKind, text: str, has_still: bool, is_deployed: bool
) -> Decision:
    """Decide whether *actor* may sign what a camera of this *kind* sees.

    > CAP-1: A camera may submit reads only while a signed statement of its field of view, with a still of what it
    > sees, approved by a second person, is in force.

    The still of a portable camera belongs to a deployment; the source of rendered pictures has no lens.
    """
    may_write = may(actor, Right.REGISTER_CAMERAS)
    if not may_write.allowed:
        may_write = may(actor, Right.APPROVE_CAMERAS)
    return first_refusal(
        may_write, _says_something(text), _shows_it(kind, has_still), _is_up(kind, is_deployed)
    )


def may_approve_statement(
    actor: Actor,
    *,
    registered_by_id: str,
    signed_by_id: str,
    signed_at: datetime,
    is_waiting: bool,
    has_looked: bool,
    parameters: Parameters,
    now: datetime,
) -> Decision:
    """Decide whether *actor* may approve what *signed_by_id* signed of a camera that *registered_by_id* registered.

    > CAP-1: approved by a second person

    Nobody approves a picture that they have not looked at (*has_looked*), nor a statement that has been decided on,
    or that describes the camera as it stood before it was moved (not *is_waiting*).
    """
    return first_refusal(
        may(actor, Right.APPROVE_CAMERAS),
        _is_second_person(actor, registered_by_id, "Whoever registers a camera does not approve it."),
        _is_second_person(actor, signed_by_id, "Whoever signs a statement does not approve it."),
        _is_waiting(is_waiting),
        has_statement_in_force(signed_at, parameters=parameters, now=now),
        _has_looked(has_looked),
    )


def may_decline_statement(actor: Actor, *, is_waiting: bool) -> Decision:
    """Decide whether *actor* may decline a statement; its signer may, too, if they approve cameras.

    > CAP-1: every camera looks at public places alone.
    """
    return first_refusal(may(actor, Right.APPROVE_CAMERAS), _is_waiting(is_waiting))


def _says_something(text: str) -> Decision:
    if text.strip():
        return allow("CAP-1")
    return refuse(
        "CAP-1", "The statement says nothing.", remedy="Say what the camera sees.", field="statement"
    )


def _shows_it(kind: CameraKind, has_still: bool) -> Decision:  # noqa: FBT001 - a fact
    if has_still or kind is CameraKind.RENDERED:
        return allow("CAP-1")
    return refuse(
        "CAP-1",
        "There is no still.",
        remedy="Add a picture that the camera took from its place.",
        field="still",
    )


def _is_up(kind: CameraKind, is_deployed: bool) -> Decision:  # noqa: FBT001 - a fact
    if is_deployed or kind is not CameraKind.PORTABLE:
        return allow("CAP-1")
    return refuse(
        "CAP-1",
        "The camera is not deployed: what it sees depends on where it stands.",
        remedy="Ask for a deployment, set the camera up, and sign what it sees there.",
    )


def _is_second_person(actor: Actor, first_id: str, reason: str) -> Decision:
    return refuse("CAP-1", reason, remedy="Ask a colleague.") if actor.id == first_id else allow("CAP-1")


def _is_waiting(is_waiting: bool) -> Decision:  # noqa: FBT001 - a fact
    if is_waiting:
        return allow("CAP-1")
    return refuse(
        "CAP-1",
        "It was decided on before, or the camera has been moved since.",
        remedy="Have what the camera sees now signed anew.",
    )


def _has_looked(has_looked: bool) -> Decision:  # noqa: FBT001 - a fact
    if has_looked:
        return allow("CAP-1")
    return refuse("CAP-1", "You have not looked at the still.", remedy="Look at it first.")
