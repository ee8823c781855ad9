"""What boxes say of the views of their cameras, against fingerprints of approved stills that they were handed (CAP-1).

No picture comes of it: a box compares by itself, and says numbers. What it says is less sure than a position: nothing
is refused by it, and people are told to look.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import (
    Camera,
    CameraView,
    FieldOfViewStatement,
    FoundBy,
    Settled,
    StatementView,
)
from platewarden.cameras.moves import open_finding
from platewarden.cameras.standing import approved_statements, counting_statement, deployment_at, place_at
from platewarden.edge.views.fingerprint import LEAST_CONTRAST, Fingerprint, View, fingerprint_of, small_grey
from platewarden.edge.views.wire import Reference, noon_at
from platewarden.policy.actor import Actor
from platewarden.policy.capture import CameraKind, has_statement_in_force
from platewarden.policy.moves import stays_in_place
from platewarden.recognition.images import decode_image


@dataclass(frozen=True, slots=True)
class Look:
    """What a box says of one camera.

    Attributes:
        statement: The statement with whose still it compared.
        state: Whether the view is what the still shows.
        share_percent: How much of the still's structure it found.
        shift_permille: By how many thousandths of the width that has shifted.
    """

    statement: int
    state: View
    share_percent: int | None = None
    shift_permille: int | None = None


def keep_fingerprint(statement: FieldOfViewStatement, still: bytes) -> None:
    """Keep the fingerprint of *still*, that of *statement*, unless it is too dark; in the caller's transaction."""
    drawn = fingerprint_of(small_grey(decode_image(still, name="the still")))
    if drawn.contrast >= LEAST_CONTRAST:
        StatementView.objects.create(statement=statement, fingerprint=drawn.encode())


def forget_fingerprint(statement: FieldOfViewStatement) -> None:
    """Remove the fingerprint of the still of *statement*, whose time is over."""
    StatementView.objects.filter(statement=statement).delete()


def references_of(cameras: Iterable[Camera], *, now: datetime) -> list[Reference]:
    """Return what each of *cameras* that stays in one place is to see now; those of which that is known."""
    cameras = [camera for camera in cameras if stays_in_place(CameraKind(camera.kind))]
    counting = _counting(cameras, now=now)
    drawn = {
        view.statement_id: bytes(view.fingerprint)
        for view in StatementView.objects.filter(statement__in=counting.values())
    }
    references = []
    for camera in cameras:
        statement, (_, longitude) = counting.get(camera.pk), place_at(camera, now)
        if statement is not None and longitude is not None and statement.pk in drawn:
            fingerprint = Fingerprint.decode(drawn[statement.pk])
            references.append(Reference(camera.code, statement.pk, noon_at(longitude), fingerprint))
    return references


def take_looks(*, cameras: Iterable[Camera], said: Mapping[str, Look], actor: Actor, now: datetime) -> None:
    """Keep what the device *actor* has *said* of its *cameras*, by code; tell people of a view that differs.

    What it says of another statement than the one that counts now is nothing: it was handed the still of that one.

    Raises:
        LedgerUnavailable: That a view differs cannot be recorded.
    """
    if not said:
        return
    cameras = [camera for camera in cameras if camera.code in said]
    counting = _counting(cameras, now=now)
    for camera in cameras:
        look, statement = said[camera.code], counting.get(camera.pk)
        if statement is None or look.statement != statement.pk:
            continue
        view = _kept(camera, look, now=now)
        if look.state is View.DIFFERS and not _is_denied(camera, statement, view):
            _find(camera, look, actor=actor, now=now)


def _counting(cameras: list[Camera], *, now: datetime) -> dict[int, FieldOfViewStatement]:
    """Return the statement of each of *cameras* that is in force where it stands now, by the camera's id."""
    approved, parameters = approved_statements(cameras), parameters_at(now)
    found: dict[int, FieldOfViewStatement] = {}
    for camera in cameras:
        deployment = deployment_at(camera, now) if camera.kind == CameraKind.PORTABLE else None
        by_deployment = counting_statement(camera, approved[camera.pk])
        statement = by_deployment.get(deployment.pk if deployment else None)
        if statement is not None:
            in_force = has_statement_in_force(statement.signed_at, parameters=parameters, now=now)
            if in_force.allowed:
                found[camera.pk] = statement
    return found


def _kept(camera: Camera, look: Look, *, now: datetime) -> CameraView:
    said = {
        "statement_id": look.statement,
        "reported_at": now,
        "state": look.state,
        "share_percent": look.share_percent,
        "shift_permille": look.shift_permille,
    }
    said |= {"fitted_at": now} if look.state is View.FITS else {}
    return CameraView.objects.update_or_create(camera=camera, defaults=said)[0]


def _is_denied(camera: Camera, statement: FieldOfViewStatement, view: CameraView) -> bool:
    """Whether two people have said of this view of *statement* that the camera did not move; until it fits again."""
    denied = camera.findings.filter(
        found_by=FoundBy.VIEW, settled=Settled.UNMOVED, found_at__gte=statement.signed_at
    ).first()
    if denied is None or denied.settled_at is None:
        return False
    return view.fitted_at is None or view.fitted_at < denied.settled_at


@transaction.atomic
def _find(camera: Camera, look: Look, *, actor: Actor, now: datetime) -> None:
    """Hold that *camera* sees something else, unless that is held; in one transaction with whom it tells."""
    seen = {"share_percent": look.share_percent, "shift_permille": look.shift_permille}
    open_finding(
        camera,
        FoundBy.VIEW,
        seen,
        details={"statement": look.statement, **seen},
        text=f"{camera.name} sees something else than its approved still shows, by what its device says. Look whether "
        "it was moved or turned; if so, suspend it, or sign what it sees anew. Its reads are taken meanwhile.",
        actor=actor,
        now=now,
    )
