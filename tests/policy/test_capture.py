"""What may come in; most of its rules are in policy/cases/capture.yaml."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from platewarden.ingest.schemas import SubmittedRead, Vehicle
from platewarden.policy import capture
from platewarden.policy.capture import CameraFacts, CameraKind, DeploymentFacts
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right

ROOT = Path(__file__).parents[2]
FACES = re.compile(r"(?:^|[-_])(?:deep|insight)?face|dlib|mediapipe|openpose", re.IGNORECASE)


@pytest.mark.clause("CAP-1")
def test_a_statement_holds_to_its_last_second(parameters: Parameters, now: datetime) -> None:
    """A year, then no read is accepted."""
    year = timedelta(days=365)
    for age, allowed in ((timedelta(0), True), (year - timedelta(seconds=1), True), (year, False)):
        facts = CameraFacts(is_approved=True, is_credential_revoked=False, statement_signed_at=now - age)
        assert capture.may_submit(facts, parameters=parameters, now=now).allowed is allowed


@pytest.mark.clause("CAP-2")
def test_the_schema_is_closed() -> None:
    """The policy's items and no others; every member belongs to one item."""
    assert list(capture.KEPT) == [
        "plate image",
        "vehicle image",
        "vehicle characteristics",
        "plate number",
        "state of registration",
        "date and time",
        "place",
    ]
    members = [member for item in capture.KEPT.values() for member in item]
    assert len(members) == len(set(members))
    assert {"type", "make", "model", "colour"} == capture.VEHICLE_CHARACTERISTICS
    assert capture.may_keep_members([*members, *capture.TRANSPORT]).allowed


@pytest.mark.clause("CAP-2")
def test_cameras_can_send_exactly_what_is_kept() -> None:
    """The device interface has the policy's members, no fewer and no more."""
    assert set(SubmittedRead.model_fields) == capture.TRANSPORT.union(*capture.KEPT.values())
    assert set(Vehicle.model_fields) == capture.VEHICLE_CHARACTERISTICS
    assert SubmittedRead.model_config["extra"] == Vehicle.model_config["extra"] == "forbid"


@pytest.mark.clause("CAP-2", "CAP-3")
@pytest.mark.parametrize(
    "member", ["seat_belt", "uphone", "pilotmask", "face", "driver", "passengers", "sticker", "Plate", ""]
)
def test_everything_else_is_named_as_unlisted(member: str) -> None:
    """A camera that sends more is refused, and an adapter knows what to drop."""
    assert capture.unlisted_members(["plate", member]) == {member}
    assert not capture.may_keep_members(["plate", member]).allowed


@pytest.mark.clause("CAP-3")
def test_nothing_that_recognises_people_is_installed() -> None:
    """No locked dependency is a library for faces, and no code calls what OpenCV has for faces."""
    locked = (ROOT / "requirements" / "main.txt").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", locked, re.MULTILINE)
    assert len(names) > 20
    assert not [name for name in names if FACES.search(name)]
    calls = re.compile(r"cv2\.\w*(?:face|cascade|hog)\w*", re.IGNORECASE)
    for path in (ROOT / "src").rglob("*.py"):
        assert not calls.search(path.read_text(encoding="utf-8")), path


@pytest.mark.clause("CAP-4")
def test_nobody_has_a_right_to_a_live_view() -> None:
    """The table of rights has nothing of the kind: alerts are the only thing that appears by itself."""
    assert not any(word in right for right in Right for word in ("live", "stream", "watch", "feed"))


@pytest.mark.clause("CAP-2")
def test_a_camera_clock_may_run_a_minute_ahead(parameters: Parameters, now: datetime) -> None:
    """And not a second more."""
    minute = timedelta(seconds=60)
    assert capture.may_keep(now + minute, parameters=parameters, now=now).allowed
    late = capture.may_keep(now + minute + timedelta(seconds=1), parameters=parameters, now=now)
    assert not late.allowed


@pytest.mark.clause("RET-1")
def test_a_late_arrival_is_kept_while_its_day_is(parameters: Parameters, now: datetime) -> None:
    """The first moment of 3 May is kept on 1 June; the last of 2 May is not."""
    first = datetime(2026, 5, 3, tzinfo=UTC)
    assert capture.may_keep(first, parameters=parameters, now=now).allowed
    refused = capture.may_keep(first - timedelta(microseconds=1), parameters=parameters, now=now)
    assert (refused.allowed, refused.clause) == (False, "RET-1")


@pytest.mark.clause("CAP-5")
def test_a_fixed_camera_is_registered_with_its_place(people: Any) -> None:
    """A mobile one moves; only the administrator registers either."""
    admin = people.administrator
    assert not capture.may_register_camera(admin, kind=CameraKind.FIXED, has_place=False).allowed
    assert capture.may_register_camera(admin, kind=CameraKind.FIXED, has_place=True).allowed
    assert capture.may_register_camera(admin, kind=CameraKind.MOBILE, has_place=False).allowed
    assert capture.may_register_camera(admin, kind=CameraKind.PORTABLE, has_place=False).allowed
    assert not capture.may_register_camera(people.officer, kind=CameraKind.FIXED, has_place=True).allowed


def portable(*deployments: DeploymentFacts) -> CameraFacts:
    """A portable camera in order but for its *deployments*."""
    return CameraFacts(
        is_approved=True,
        is_credential_revoked=False,
        statement_signed_at=None,
        kind=CameraKind.PORTABLE,
        deployments=deployments,
    )


@pytest.mark.clause("CAP-5", "CAP-1")
def test_a_portable_camera_submits_only_while_deployed_and_signed_there(
    parameters: Parameters, now: datetime
) -> None:
    """Without a deployment the one clause refuses, without a statement of what it sees there the other."""
    hour = timedelta(hours=1)
    signed, unsigned = (DeploymentFacts(now - hour, now + hour, at) for at in (now - hour, None))
    for facts, answer in (
        (portable(), (False, "CAP-5")),
        (portable(unsigned), (False, "CAP-1")),
        (portable(signed), (True, "CAP-1")),
        (portable(unsigned, signed), (True, "CAP-1")),
    ):
        decision = capture.may_submit(facts, parameters=parameters, now=now)
        assert (decision.allowed, decision.clause) == answer


@pytest.mark.clause("CAP-5")
def test_a_read_from_outside_the_deployment_is_not_kept(parameters: Parameters, now: datetime) -> None:
    """Its first moment counts, its end does not; nor does one where nobody signed what it sees."""
    hour = timedelta(hours=1)
    start, end = now - 3 * hour, now - hour
    signed = portable(DeploymentFacts(start, end, start))
    unsigned = portable(DeploymentFacts(start, end, None))
    for facts, seen_at, allowed in (
        (signed, start, True),
        (signed, end - timedelta(microseconds=1), True),
        (signed, end, False),
        (signed, start - timedelta(microseconds=1), False),
        (unsigned, start, False),
    ):
        decision = capture.may_keep_from(
            facts, seen_at=seen_at, has_position=False, parameters=parameters, now=now
        )
        assert decision.allowed is allowed


@pytest.mark.clause("CAP-5")
def test_a_camera_on_a_vehicle_says_where_it_was(parameters: Parameters, now: datetime) -> None:
    """A fixed one need not: the register knows."""
    for kind, has_position, allowed in (
        (CameraKind.MOBILE, False, False),
        (CameraKind.MOBILE, True, True),
        (CameraKind.FIXED, False, True),
    ):
        facts = CameraFacts(is_approved=True, is_credential_revoked=False, statement_signed_at=now, kind=kind)
        decision = capture.may_keep_from(
            facts, seen_at=now, has_position=has_position, parameters=parameters, now=now
        )
        assert decision.allowed is allowed
