"""Our own plates: who may send them through the path, what they may raise, and when their proof is out of date."""

from datetime import datetime

from platewarden.policy.actor import Actor
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import Decision
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


def may_calibrate(actor: Actor) -> Decision:
    """Decide whether *actor* may send our own plates through the path; the daily timer may.

    > HIT-1: A hit raises an alert that is seen and heard.
    """
    return may(actor, Right.CALIBRATE)


def concerns_a_vehicle(category: Category, source: CameraKind) -> bool:
    """Whether a match of an entry of *category* by a camera of the kind *source* is about a vehicle at all.

    > HOT-3: A hotlist holds only entries of the categories the agency has switched on

    A calibration entry carries our own plate, whoever reads it; and a rendered picture shows no vehicle, whatever
    it happens to match.
    """
    return category is not Category.CALIBRATION and source is not CameraKind.RENDERED


def is_proof_late(last_passed_at: datetime | None, *, parameters: Parameters, now: datetime) -> bool:
    """Whether the last proof that a hit raises an alert, at *last_passed_at*, is too old; None: there is none.

    > HIT-1: A hit raises an alert that is seen and heard.
    """
    longest = parameters.hours("hits.calibration_max_age_hours")
    return last_passed_at is None or now - last_passed_at > longest
