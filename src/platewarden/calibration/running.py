"""One run: each of our plates rendered, recognised, submitted, matched, and heard of as an alert of its own kind."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import cv2
from django.db import transaction

from platewarden.calibration.hearing import Hear
from platewarden.calibration.models import CalibrationAlert, CalibrationRun
from platewarden.calibration.setting_up import OWN_PLATES, OwnPlate, load_own_plates, source_of
from platewarden.cameras.models import Camera
from platewarden.edge.pictures import Recognises, capture_picture
from platewarden.ingest.actions import ingest
from platewarden.ingest.schemas import SubmittedRead
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.matching.grades import Grade
from platewarden.notices.actions import tell
from platewarden.policy.actor import Actor, ActorKind, Role
from platewarden.policy.calibration import may_calibrate
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.notices import NoticeKind
from platewarden.rendering.scene import render_scene

logger = logging.getLogger(__name__)

_GOOD: Final = frozenset({Grade.EXACT_STATE_AGREES, Grade.EXACT_STATE_UNKNOWN})


class CalibrationError(Exception):
    """The path broke at a known place; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of one of our plates.

    Attributes:
        plate: What the picture showed; `state` and `light` likewise.
        read: What was read; empty where nothing was.
        state_read: The state that was read; empty where none was.
        grade: Of the match with its own entry; empty where it did not match.
        milliseconds: From the picture to the moment its alert was told; None where it was not.
        problem: What went wrong; empty where nothing did.
    """

    plate: str
    state: str
    light: str
    read: str = ""
    state_read: str = ""
    grade: str = ""
    milliseconds: int | None = None
    problem: str = ""

    @property
    def is_right(self) -> bool:
        """Whether every character was read as it is."""
        return self.read == self.plate


def run_calibration(
    *, recogniser: Recognises, hear: Hear, actor: Actor, clock: Callable[[], datetime], asked_by: str = ""
) -> CalibrationRun:
    """Send our own plates through the path, and record what became of them; failure is told to the administrators.

    Args:
        recogniser: Reads the pictures.
        hear: Waits for an alert to be told.
        actor: The timer or command that runs it.
        clock: The present moment, asked for as the run goes on.
        asked_by: Who asked for it by hand, if anybody.

    Raises:
        PolicyRefusal: *actor* may not.
        LedgerUnavailable: The outcome cannot be recorded.
    """
    require(may_calibrate(actor), action="calibration.run")
    started_at = clock()
    run = CalibrationRun.objects.create(
        agency_id=actor.agency_id, started_at=started_at, asked_by=asked_by or actor.name
    )
    passed, problem = [], ""
    try:
        camera = _approved_source(actor.agency_id)
        load_own_plates(actor=actor, now=started_at)
        passed = [_pass(own, camera, recogniser, hear, clock) for own in OWN_PLATES]
    except CalibrationError as error:
        problem = str(error)
    except PolicyRefusal as refusal:
        problem = f"{refusal.decision.reason} {refusal.decision.remedy}"
    except Exception as error:  # whatever broke the path is what the run is there to find
        logger.exception("the path from picture to alert broke")
        problem = f"The path broke: {type(error).__name__}. Its place is in the log."
    _finish(run, passed, problem, actor=actor, now=clock())
    return run


def _approved_source(agency_id: int) -> Camera:
    camera = source_of(agency_id)
    if camera is None:
        raise CalibrationError(
            "The source of rendered pictures is not set up: set it up on the calibration page."
        )
    return camera


def _pass(
    own: OwnPlate, camera: Camera, recogniser: Recognises, hear: Hear, clock: Callable[[], datetime]
) -> Passed:
    """Let one picture go through the path."""
    picture = _photograph(own)
    seen_at, began = clock(), time.monotonic()
    shown = Passed(own.plate, own.state, own.light)
    captured = capture_picture(picture, Path(f"{own.plate}.jpg"), recogniser, seen_at=seen_at)
    if not captured.reads:
        return _failed(shown, "No plate was found in the picture.")
    read = SubmittedRead.model_validate(captured.reads[0])
    actor = Actor(kind=ActorKind.CAMERA, id=str(camera.pk), name=camera.code, agency_id=camera.agency_id)
    (result,) = ingest(reads=[read], camera=camera, actor=actor, now=clock())
    shown = _with(shown, read=read.plate, state_read=read.state)
    if result.problem is not None:
        return _failed(shown, f"The read was refused: {result.problem.message}")
    if not hear(result.read_id):
        return _failed(shown, "Its alert was not told.")
    milliseconds = round(1000 * (time.monotonic() - began))
    alert = CalibrationAlert.objects.get(read_id=result.read_id)
    shown = _with(shown, grade=alert.grade, milliseconds=milliseconds)
    return shown if alert.grade in _GOOD else _failed(shown, "It was read wrongly.")


def _photograph(own: OwnPlate) -> bytes:
    scene = render_scene(own.seed, plate=own.plate, state=own.state, light=own.light)
    done, encoded = cv2.imencode(".jpg", scene.image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    assert done
    return bytes(encoded)


def _with(shown: Passed, **changes: Any) -> Passed:
    return Passed(**(asdict(shown) | changes))


def _failed(shown: Passed, problem: str) -> Passed:
    return _with(shown, problem=problem)


@transaction.atomic
def _finish(run: CalibrationRun, passed: list[Passed], problem: str, *, actor: Actor, now: datetime) -> None:
    broken = [one for one in passed if one.problem]
    run.plates = [asdict(one) | {"is_right": one.is_right} for one in passed]
    run.has_passed = bool(passed) and not broken and not problem
    run.problem = problem or " ".join(f"{one.state} by {one.light}: {one.problem}" for one in broken)[:500]
    run.finished_at = now
    run.save(update_fields=["plates", "has_passed", "problem", "finished_at"])
    outcome = "passed" if run.has_passed else "failed"
    details: dict[str, JSON] = {
        "asked_by": run.asked_by,
        "plates": len(passed),
        "read_right": sum(one.is_right for one in passed),
        "slowest_ms": max((one.milliseconds for one in passed if one.milliseconds is not None), default=None),
    }
    ledger.append(
        Kind.CALIBRATION_RUN, actor=actor, subject=f"calibration:{run.pk}", outcome=outcome, details=details
    )
    if not run.has_passed:
        tell(
            kind=NoticeKind.CALIBRATION_FAILED,
            subject=f"calibration:{run.pk}",
            text=f"Our own plates did not get through the path from picture to alert. {run.problem}"[:500],
            to_role=Role.ADMINISTRATOR,
            actor=actor,
            now=now,
        )
