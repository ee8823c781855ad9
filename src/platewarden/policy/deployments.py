"""When and where a portable camera is set up, and who says that it may be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from platewarden.policy.actor import Actor
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time: its start belongs to it, its end does not."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether *moment* lies in it."""
        return self.starts_at <= moment < self.ends_at

    def overlaps(self, other: "Period") -> bool:
        """Whether any moment lies in both."""
        return max(self.starts_at, other.starts_at) < min(self.ends_at, other.ends_at)


def period_in_force(
    asked: Period, *, authorised_at: datetime | None, ended_at: datetime | None
) -> Period | None:
    """Return the part of what was *asked* for in which the camera is deployed; None where there is none.

    > CAP-5: A portable camera submits only what it sees during a deployment that a second person has authorised

    Nothing is authorised for the time before: it begins when it is authorised, if that is later.
    """
    if authorised_at is None:
        return None
    starts_at = max(asked.starts_at, authorised_at)
    ends_at = min(asked.ends_at, ended_at) if ended_at else asked.ends_at
    return Period(starts_at, ends_at) if starts_at < ends_at else None


def may_ask_deployment(
    actor: Actor,
    *,
    kind: CameraKind,
    asked: Period,
    others: Iterable[Period],
    parameters: Parameters,
    now: datetime,
) -> Decision:
    """Decide whether *actor* may ask that a camera of this *kind* be deployed for the time *asked*.

    > CAP-5: A portable camera submits only what it sees during a deployment that a second person has authorised,
    > for a stated place and time.

    *others* are the deployments of the same camera that have not been ended, authorised or not: it is at one place
    at a time.
    """
    return first_refusal(
        may_plan_deployments(actor),
        _is_portable(kind),
        _is_ahead(asked, now),
        _is_short(asked, parameters),
        _is_free(asked, others),
    )


def authorise_by(starts_at: datetime, *, asked_at: datetime, parameters: Parameters) -> datetime:
    """Return by when a deployment is to be authorised: when it starts, and no sooner than somebody can have looked.

    > CAP-5: A portable camera submits only what it sees during a deployment that a second person has authorised
    """
    return max(starts_at, asked_at + parameters.minutes("capture.deployment_authorise_minutes"))


def may_plan_deployments(actor: Actor) -> Decision:
    """Decide whether *actor* may ask for deployments, and end them: whoever keeps the register or approves cameras.

    > CAP-5: A portable camera submits only what it sees during a deployment that a second person has authorised
    """
    registers, approves = may(actor, Right.REGISTER_CAMERAS), may(actor, Right.APPROVE_CAMERAS)
    return registers if registers.allowed or not approves.allowed else approves


def may_authorise_deployment(
    actor: Actor, *, asked_by_id: str, ends_at: datetime, is_open: bool, now: datetime
) -> Decision:
    """Decide whether *actor* may authorise the deployment that the account *asked_by_id* asked for.

    > CAP-5: A portable camera submits only what it sees during a deployment that a second person has authorised
    """
    return first_refusal(
        may(actor, Right.APPROVE_CAMERAS),
        _is_second(actor, asked_by_id),
        _is_undecided(is_open, ends_at, now),
    )


def _is_portable(kind: CameraKind) -> Decision:
    if kind is CameraKind.PORTABLE:
        return allow("CAP-5")
    return refuse(
        "CAP-5", "Only a portable camera is deployed.", remedy="Change the place of this one on its own page."
    )


def _is_ahead(asked: Period, now: datetime) -> Decision:
    if asked.ends_at <= asked.starts_at:
        return refuse(
            "CAP-5", "It ends before it starts.", remedy="Give an end after the start.", field="ends_at"
        )
    if asked.ends_at <= now:
        return refuse(
            "CAP-5",
            "It is over already: nothing is authorised afterwards.",
            remedy="Give an end that is still to come.",
            field="ends_at",
        )
    return allow("CAP-5")


def _is_short(asked: Period, parameters: Parameters) -> Decision:
    most = parameters.days("capture.deployment_days_most")
    if asked.ends_at - asked.starts_at <= most:
        return allow("CAP-5")
    return refuse(
        "CAP-5",
        f"A deployment lasts {most.days} days at most.",
        remedy="Ask for a shorter one; another can follow it.",
        field="ends_at",
    )


def _is_free(asked: Period, others: Iterable[Period]) -> Decision:
    if not any(asked.overlaps(other) for other in others):
        return allow("CAP-5")
    return refuse(
        "CAP-5",
        "The camera has another deployment in that time.",
        remedy="End that one first, or choose another time.",
        field="starts_at",
    )


def _is_second(actor: Actor, asked_by_id: str) -> Decision:
    if actor.id == asked_by_id:
        return refuse(
            "CAP-5", "Whoever asks for a deployment does not authorise it.", remedy="Ask a colleague."
        )
    return allow("CAP-5")


def _is_undecided(is_open: bool, ends_at: datetime, now: datetime) -> Decision:  # noqa: FBT001 - a fact
    if is_open and now < ends_at:
        return allow("CAP-5")
    return refuse(
        "CAP-5", "It was decided on before, or is over.", remedy="Ask for another, if the camera is needed."
    )
