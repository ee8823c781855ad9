"""The jobs of calibration; the worker runs them. Imported by it alone: recognition is large."""

from datetime import datetime

from procrastinate.contrib.django import app

from platewarden.accounts.actors import system_actor
from platewarden.adoption.in_force import parameters_at
from platewarden.calibration.asking import JOB
from platewarden.calibration.hearing import listening
from platewarden.calibration.running import run_calibration
from platewarden.calibration.setting_up import source_of
from platewarden.calibration.standing import standing_of
from platewarden.notices.actions import tell
from platewarden.policy.actor import Actor, Role
from platewarden.policy.notices import NoticeKind
from platewarden.recognition.pipeline import load_recogniser
from platewarden.site.clock import utc_now


@app.task(name=JOB, queueing_lock=JOB, pass_context=False)
def calibrate(asked_by: str = "") -> None:
    """Send our own plates through the path; where nothing is set up yet, only who asked for it is told so."""
    actor = system_actor("calibration timer")
    if not asked_by and source_of(actor.agency_id) is None:
        return
    with listening() as hear:
        run_calibration(
            recogniser=load_recogniser(), hear=hear, actor=actor, clock=utc_now, asked_by=asked_by
        )


def tell_if_late(*, actor: Actor, now: datetime) -> None:
    """Tell the administrators, once a day, that the proof is late; before it is set up there is none to be late."""
    standing = standing_of(actor.agency_id, parameters=parameters_at(now), now=now)
    if standing.is_set_up and standing.is_late:
        tell(
            kind=NoticeKind.CALIBRATION_FAILED,
            subject="calibration",
            text=f"The daily proof that a hit raises an alert last succeeded {standing.told}. {standing.note}",
            to_role=Role.ADMINISTRATOR,
            actor=actor,
            now=now,
            once_key=f"calibration:late:{now.date().isoformat()}",
        )
