"""Reads in, hits out.

The order is the promise: images are sealed and durable first, then one transaction holds reads, the register of
captures, plates seen, hits, alerts and ledger entries. What fails takes its sealed bytes with it; a crash leaves at
most some that nobody can reach and that go with their day.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import prefetch_related_objects

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.correcting import correct_alerts
from platewarden.alerts.raising import raise_alerts
from platewarden.calibration.raising import part, raise_calibrations
from platewarden.cameras.models import Camera
from platewarden.cameras.moves import look_at_places
from platewarden.cameras.standing import camera_facts, place_at
from platewarden.candidates.actions import keep_candidates
from platewarden.hotlists.matching import MatchedEntry, matches_for
from platewarden.images.keystore import KeyUnavailable
from platewarden.ingest import readings
from platewarden.ingest.schemas import ReadProblem, ReadResult, SubmittedRead
from platewarden.ingest.sealing import Sealed, removed_if_undone, seal
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.kinds import Kind
from platewarden.matching.plates import normalise, skeleton
from platewarden.policy import capture as policy
from platewarden.policy.actor import Actor
from platewarden.policy.areas import Point
from platewarden.policy.decision import first_refusal, require
from platewarden.policy.parameters import Parameters
from platewarden.reads import counting, days
from platewarden.reads.models import Capture, Read
from platewarden.recognition.images import ImageError, verify_image
from platewarden.site.prepared import execute, fetched, insert, together

IMAGE_FORMATS = frozenset({"JPEG", "PNG", "WEBP"})
"""What every browser shows: an image that nobody can look at would make an alert that nobody can verify."""

UNABLE: Final = (LedgerUnavailable, KeyUnavailable, OperationalError, InterfaceError, OSError)
"""Nothing can be recorded or sealed at the moment: no database, no room, no key. The sender keeps what it has."""


class EntryEndedError(Exception):
    """What a read hit a moment ago it hits no more, and only hits are stored: the submission is looked at anew."""


def ingest(
    *,
    reads: Sequence[SubmittedRead],
    camera: Camera,
    actor: Actor,
    now: datetime,
    signed_by: Mapping[str, int] = MappingProxyType({}),
) -> list[ReadResult]:
    """Store what is in order of *reads* and return one result each, in order.

    *signed_by* has the device's key, by the signature itself, for those that were found to be its.

    Raises:
        PolicyRefusal: The camera may not submit at all (CAP-1).
        One of `UNABLE`: Nothing can be recorded or sealed, so nothing is stored.
    """
    parameters = parameters_at(now)
    facts = camera_facts(camera, now=now)
    if facts.deployments:
        prefetch_related_objects([camera], "deployments")  # where each read was made
    require(policy.may_submit(facts, parameters=parameters, now=now), action="reads.submit")
    if look_at_places(camera=camera, places=_places(reads), actor=actor, parameters=parameters, now=now):
        facts = camera_facts(camera, now=now)
        require(policy.may_submit(facts, parameters=parameters, now=now), action="reads.submit")
    results: dict[int, ReadResult] = {}
    for index, read in enumerate(reads):
        if problem := _problem(read, facts, parameters=parameters, now=now):
            results[index] = ReadResult(capture_id=read.capture_id, code=problem[0], problem=problem[1])
    sound = [(index, read) for index, read in enumerate(reads) if index not in results]
    for _attempt in range(2):  # between look and insert a capture may be stored, or a day closed, by another
        try:
            stored = _store(
                [read for _, read in sound],
                camera=camera,
                actor=actor,
                now=now,
                parameters=parameters,
                signed_by=signed_by,
            )
            break
        except (IntegrityError, days.DayClosedError, EntryEndedError):
            continue
    else:  # pragma: no cover - two lost races in a row
        raise RuntimeError("the same captures are being submitted in parallel: send them again")
    results |= {index: result for (index, _), result in zip(sound, stored, strict=True)}
    return [results[index] for index in range(len(reads))]


def _places(reads: Sequence[SubmittedRead]) -> list[tuple[datetime, Point]]:
    return [
        (read.seen_at, (read.position.latitude, read.position.longitude)) for read in reads if read.position
    ]


def record_refused(results: Sequence[ReadResult], *, camera: Camera, actor: Actor) -> None:
    """Put on the ledger how many of *results* are refusals by the policy, by clause; one entry a submission.

    Raises:
        LedgerUnavailable: It cannot be recorded; what was stored stays, and is answered as a repeat next time.
    """
    problems = [result.problem for result in results if result.problem]
    if refused := Counter(problem.clause for problem in problems if problem.clause):
        with transaction.atomic():
            ledger.append(
                Kind.READS_REFUSED,
                actor=actor,
                subject=f"camera:{camera.pk}",
                outcome="refused",
                details={"reads": dict(refused)},
            )


def _problem(
    read: SubmittedRead, camera: policy.CameraFacts, *, parameters: Parameters, now: datetime
) -> tuple[int, ReadProblem] | None:
    has_position = read.position is not None
    decision = first_refusal(
        policy.may_keep(read.seen_at, parameters=parameters, now=now),
        policy.may_keep_from(
            camera, seen_at=read.seen_at, has_position=has_position, parameters=parameters, now=now
        ),
    )
    if not decision.allowed:
        message = f"{decision.reason} {decision.remedy}".strip()
        return 403, ReadProblem(field=decision.field, message=message, clause=decision.clause)
    return _unusable_picture(read)


def _unusable_picture(read: SubmittedRead) -> tuple[int, ReadProblem] | None:
    """Return what is wrong with the images of *read*: the one place that looks at the whole of them, each once."""
    is_one = read.plate_image == read.vehicle_image  # it stands for both
    for field in ("plate_image",) if is_one else ("plate_image", "vehicle_image"):
        try:
            facts = verify_image(getattr(read, field), name=field)
        except ImageError as error:
            return 422, ReadProblem(field=field, message=str(error))
        if facts.format not in IMAGE_FORMATS:
            message = f"is {facts.format}: send {', '.join(sorted(IMAGE_FORMATS))}"
            return 422, ReadProblem(field=field, message=message)
    return None


def _store(
    reads: Sequence[SubmittedRead],
    *,
    camera: Camera,
    actor: Actor,
    now: datetime,
    parameters: Parameters,
    signed_by: Mapping[str, int],
) -> list[ReadResult]:
    closed = days.closed(days.day_of(read.seen_at) for read in reads)
    known = _known_captures(reads, camera)
    fresh: dict[str, SubmittedRead] = {}
    for read in reads:
        if read.capture_id not in known and days.day_of(read.seen_at) not in closed:
            fresh.setdefault(read.capture_id, read)
    looked_at = fresh
    alike = readings.stored_alike(fresh.values(), camera)
    fresh = {capture_id: read for capture_id, read in fresh.items() if capture_id not in alike}
    passed: set[str] = set()
    if parameters.flag("retention.hit_only"):
        passed = _hit_nothing(fresh.values(), camera=camera, now=now, parameters=parameters)
        _let_fall([fresh[capture_id] for capture_id in passed], camera=camera, actor=actor, now=now)
    sealed = seal([read for read in fresh.values() if read.capture_id not in passed], camera)
    if sealed:
        with removed_if_undone(sealed, camera) as done, transaction.atomic():
            _write(sealed, camera=camera, actor=actor, now=now, parameters=parameters, signed_by=signed_by)
            done()
    known |= {item.submitted.capture_id: (item.digest, item.read_id) for item in sealed}
    new = {item.submitted.capture_id: item.submitted for item in sealed}
    return [
        _briefly(read, looked_at, passed, alike)
        or _result(read, known.get(read.capture_id), is_new=new.get(read.capture_id) is read)
        for read in reads
    ]


def _briefly(
    read: SubmittedRead,
    looked_at: Mapping[str, SubmittedRead],
    passed: set[str],
    alike: Mapping[str, uuid.UUID],
) -> ReadResult | None:
    """Return the result of a read that is not stored: it hits nothing, or its pass has been read just so before.

    That is known of the read that was *looked at* under its capture id, and of no other under the same.
    """
    if read.capture_id not in passed and read.capture_id not in alike:
        return None
    first = looked_at[read.capture_id]
    if first is not read and first.digest() != read.digest():
        return _other_content(read)
    if read_id := alike.get(read.capture_id):
        return ReadResult(capture_id=read.capture_id, code=200, read_id=str(read_id))
    return ReadResult(capture_id=read.capture_id, code=202)


@transaction.atomic
def _let_fall(passed: Sequence[SubmittedRead], *, camera: Camera, actor: Actor, now: datetime) -> None:
    """Let earlier readings of the same passes fall, though the later ones are not kept because they hit nothing."""
    fallen = readings.enter([(read, uuid.uuid4()) for read in passed], camera, kept=False)
    correct_alerts(fallen, actor=actor, now=now)


def _hit_nothing(
    reads: Iterable[SubmittedRead], *, camera: Camera, now: datetime, parameters: Parameters
) -> set[str]:
    """Count those of *reads* that hit nothing, and return their capture ids: nothing of them is stored (RET-1)."""
    rows = {read.capture_id: _row(Sealed(uuid.uuid4(), read, b"", "", ""), camera, now) for read in reads}
    latest = [rows[read.capture_id] for read in reads if not readings.is_behind(read, camera)]
    hits = _ids_of_hits(_matched(latest, camera, now=now, parameters=parameters))
    passed = {capture_id: row for capture_id, row in rows.items() if row.id not in hits}
    if passed:
        counting.count_reads(camera, list(passed.values()), now=now)
    return set(passed)


def _matched(
    rows: Sequence[Read], camera: Camera, *, now: datetime, parameters: Parameters
) -> tuple[list[MatchedEntry], list[MatchedEntry]]:
    return part(matches_for(rows, parameters=parameters, now=now), camera)


def _ids_of_hits(matched: tuple[list[MatchedEntry], list[MatchedEntry]]) -> set[uuid.UUID]:
    """Return the ids of reads that alert, or that prove the path with our own plates."""
    vehicles, own = matched
    return {one.read.id for one in vehicles if one.alerts} | {one.read.id for one in own}


_KNOWN: Final = """
SELECT capture_id, digest, read_id FROM captures
WHERE agency_id = %s AND camera_id = %s AND capture_id = ANY (%s::text[])
"""


def _known_captures(reads: Sequence[SubmittedRead], camera: Camera) -> dict[str, tuple[bytes, uuid.UUID]]:
    rows = fetched(_KNOWN, [camera.agency_id, camera.pk, [read.capture_id for read in reads]])
    return {capture_id: (bytes(digest), read_id) for capture_id, digest, read_id in rows}


def _result(read: SubmittedRead, stored: tuple[bytes, uuid.UUID] | None, *, is_new: bool) -> ReadResult:
    if stored is None:
        over = ReadProblem(field="seen_at", message="The day of this read is over.", clause="RET-1")
        return ReadResult(capture_id=read.capture_id, code=403, problem=over)
    digest, read_id = stored
    if is_new:
        return ReadResult(capture_id=read.capture_id, code=201, read_id=str(read_id))
    if digest == read.digest():
        return ReadResult(capture_id=read.capture_id, code=200, read_id=str(read_id))
    return _other_content(read)


def _other_content(read: SubmittedRead) -> ReadResult:
    problem = ReadProblem(
        field="capture_id",
        message="was used before for a read with other content: send it under an id of its own",
    )
    return ReadResult(capture_id=read.capture_id, code=409, problem=problem)


def _write(
    sealed: Sequence[Sealed],
    *,
    camera: Camera,
    actor: Actor,
    now: datetime,
    parameters: Parameters,
    signed_by: Mapping[str, int],
) -> None:
    rows = [_row(item, camera, now) for item in sealed]
    days.hold_open(days.day_of(row.seen_at) for row in rows)
    with together():
        insert(rows)
        insert([_capture(item, camera, signed_by) for item in sealed])
        _note_plates(rows)
        counting.count_reads(camera, rows, now=now)
    fallen = readings.enter([(item.submitted, item.read_id) for item in sealed], camera)
    behind = {reading.read_id for reading in fallen}
    standing = [row for row in rows if row.id not in behind]
    matches, own = matched = _matched(standing, camera, now=now, parameters=parameters)
    if parameters.flag("retention.hit_only") and _ids_of_hits(matched) != {row.id for row in rows}:
        raise EntryEndedError
    keep_candidates(matches=[one for one in matches if not one.alerts], now=now)
    raise_calibrations(matches=own, camera=camera, actor=actor, now=now)
    raise_alerts(matches=[one for one in matches if one.alerts], camera=camera, actor=actor, now=now)
    correct_alerts(fallen, actor=actor, now=now)


def _capture(item: Sealed, camera: Camera, signed_by: Mapping[str, int]) -> Capture:
    read = item.submitted
    return Capture(
        agency_id=camera.agency_id,
        camera=camera,
        capture_id=read.capture_id,
        digest=item.digest,
        read_id=item.read_id,
        seen_at=read.seen_at,
        signature=read.signature or "",
        signed_by=signed_by.get(read.signature or ""),
        clock_offset_seconds=read.clock_offset_seconds,
        has_position=read.position is not None,
    )


def _row(item: Sealed, camera: Camera, now: datetime) -> Read:
    read, position = item.submitted, item.submitted.position
    latitude, longitude = (
        (position.latitude, position.longitude) if position else place_at(camera, read.seen_at)
    )
    return Read(
        agency_id=camera.agency_id,
        seen_at=read.seen_at,
        id=item.read_id,
        received_at=now,
        camera=camera,
        plate=normalise(read.plate),
        plate_as_read=read.plate,
        confidence=read.confidence,
        char_confidences=list(read.char_confidences),
        alternates=[alternate.model_dump() for alternate in read.alternates],
        state=read.state,
        state_confidence=read.state_confidence,
        latitude=latitude,
        longitude=longitude,
        plate_image=item.plate_image,
        vehicle_image=item.vehicle_image,
        vehicle_type=read.vehicle.type,
        vehicle_make=read.vehicle.make,
        vehicle_model=read.vehicle.model,
        vehicle_colour=read.vehicle.colour,
    )


_NOTE_PLATES = """
INSERT INTO plates_seen (agency_id, plate, skeleton, last_day)
SELECT * FROM unnest(%s::smallint[], %s::text[], %s::text[], %s::date[]) AS seen (agency_id, plate, skeleton, day)
ON CONFLICT (agency_id, plate) DO UPDATE SET last_day = excluded.last_day
WHERE plates_seen.last_day < excluded.last_day
"""


def _note_plates(rows: Sequence[Read]) -> None:
    latest = {
        (row.agency_id, row.plate): days.day_of(row.seen_at) for row in sorted(rows, key=lambda r: r.seen_at)
    }
    keys = sorted(latest)  # one order for all, so that parallel submissions cannot deadlock
    execute(
        _NOTE_PLATES,
        [
            [agency for agency, _ in keys],
            [plate for _, plate in keys],
            [skeleton(plate) for _, plate in keys],
            [latest[key] for key in keys],
        ],
    )
