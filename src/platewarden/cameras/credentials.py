"""What a camera is known by: secrets shown once, kept as digests, replaced with or without an overlap, ended at once.

Secrets are random (144 bits or more), so that one fast digest keeps them. A secret that stands in an address is easily
written into somebody else's log: one issued in one style is therefore good for nothing in another.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest

from platewarden.accounts.actors import owning_agency_id
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import Camera, CameraCredential
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import tell
from platewarden.policy import capture as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.cameras import CredentialStyle
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.rights import Right, may
from platewarden.site.prepared import fetched

_SECRET_BYTES: Final = {CredentialStyle.BEARER: 32, CredentialStyle.PATH: 32, CredentialStyle.BASIC: 18}
"""How random a secret is; many devices take no longer password than 24 characters, which are 18 bytes."""

IS_LIVE: Final = """(
    camera_credentials.issued_at <= %s AND (camera_credentials.ends_at IS NULL OR camera_credentials.ends_at > %s)
)"""
"""Whether a credential is in force at a moment, which is given twice."""

_CAMERA: Final = tuple(field.attname for field in Camera._meta.concrete_fields)  # noqa: SLF001 - Django's own way
_HELD: Final = f"""
SELECT camera_credentials.digest, {", ".join(f"cameras.{name}" for name in _CAMERA)}
FROM cameras JOIN camera_credentials ON camera_credentials.camera_id = cameras.id
WHERE cameras.agency_id = %s AND cameras.code = %s AND camera_credentials.style = %s AND {IS_LIVE}
"""  # noqa: S608 - names of columns and our own words; values are parameters


@transaction.atomic
def issue_credential(
    *,
    camera: Camera,
    actor: Actor,
    now: datetime,
    style: CredentialStyle = CredentialStyle.BEARER,
    keep_old: bool = False,
) -> str:
    """Give *camera* a new credential and return it, this once; every older one ends.

    Older ones end at once, or with *keep_old* after ``capture.credential_overlap_minutes``, while somebody changes the
    device over. What is returned is ``code.secret`` for a header or an address, ``code:secret`` for a user name and
    a password.

    Raises:
        PolicyRefusal: *actor* does not keep the register.
        LedgerUnavailable: It cannot be recorded, so none is issued.
    """
    require(may(actor, Right.REGISTER_CAMERAS), action="camera.credential")
    Camera.objects.select_for_update().get(pk=camera.pk)  # one is issued at a time
    is_told = is_told_of_way_in(camera)
    overlap = parameters_at(now).minutes("capture.credential_overlap_minutes")
    _end_live(camera, at=now + overlap if keep_old else now, now=now)
    secret = secrets.token_urlsafe(_SECRET_BYTES[style])
    CameraCredential.objects.create(
        camera=camera, style=style, digest=_digest(secret), issued_at=now, issued_by_id=int(actor.id)
    )
    details = {"style": style, "older": "end later" if keep_old else "end at once"}
    ledger.append(Kind.CAMERA_CREDENTIAL_ISSUED, actor=actor, subject=f"camera:{camera.pk}", details=details)
    if is_told:
        tell_of_way_in(camera, f"{actor.name} issued a new credential for it.", actor=actor, now=now)
    return f"{camera.code}{':' if style is CredentialStyle.BASIC else '.'}{secret}"


def is_told_of_way_in(camera: Camera) -> bool:
    """Whether another secret, or a device's code, for *camera* is told; asked before there is one."""
    return policy.is_told_of_credential(
        is_approved=camera.is_approved,
        was_known=CameraCredential.objects.filter(camera=camera).exists(),
    )


def tell_of_way_in(camera: Camera, what: str, *, actor: Actor, now: datetime) -> None:
    """Tell supervisors, in the caller's transaction, that there is another way to send as *camera*."""
    tell(
        kind=NoticeKind.CREDENTIAL_REPLACED,
        subject=f"camera:{camera.pk}",
        text=f"{camera.name} is approved: {what} Whoever holds that can send reads in its name. Ask what it was for; "
        "if nobody knows, suspend the camera on its page.",
        to_role=Role.SUPERVISOR,
        actor=actor,
        now=now,
    )


@transaction.atomic
def revoke_credentials(*, camera: Camera, actor: Actor, now: datetime) -> int:
    """End every credential of *camera* at once; return how many there were.

    Raises:
        PolicyRefusal: *actor* does not keep the register.
        LedgerUnavailable: It cannot be recorded, so nothing changes.
    """
    require(may(actor, Right.REGISTER_CAMERAS), action="camera.credential")
    Camera.objects.select_for_update().get(pk=camera.pk)
    ended = _end_live(camera, at=now, now=now)
    ledger.append(
        Kind.CAMERA_CREDENTIAL_REVOKED,
        actor=actor,
        subject=f"camera:{camera.pk}",
        details={"credentials": ended},
    )
    return ended


def live_credentials(camera: Camera, *, now: datetime) -> QuerySet[CameraCredential]:
    """Return the credentials by which *camera* is known at *now*, the newest first."""
    return CameraCredential.objects.filter(_is_live(now), camera=camera)


def newest_live(cameras: Iterable[Camera], *, now: datetime) -> dict[int, CameraCredential]:
    """Return for each of *cameras*, by id, the newest credential by which it is known at *now*, where there is one."""
    live = CameraCredential.objects.filter(_is_live(now), camera__in=list(cameras)).select_related(
        "issued_by"
    )
    return {credential.camera_id: credential for credential in live.order_by("issued_at", "id")}


def camera_for_request(request: HttpRequest, *, now: datetime, path_token: str = "") -> Camera | None:
    """Return the camera that sent *request*, by what it presents; None when it presents nothing that holds.

    It presents ``Authorization: Bearer <code>.<secret>``, or ``Authorization: Basic`` with its code as user name and
    its secret as password, or the secret part of the address, which the view passes as *path_token*; where there is
    one, it alone counts. This says who sends; whether that camera may submit is `policy.capture.may_submit`.
    """
    if path_token:
        code, _, secret = path_token.partition(".")
        return _camera_of(CredentialStyle.PATH, code, secret, now=now)
    scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
    match scheme.lower():
        case "bearer":
            code, _, secret = presented.strip().partition(".")
            return _camera_of(CredentialStyle.BEARER, code, secret, now=now)
        case "basic":
            code, _, secret = _decoded(presented).partition(":")
            return _camera_of(CredentialStyle.BASIC, code, secret, now=now)
        case _:
            return None


def _camera_of(style: CredentialStyle, code: str, secret: str, *, now: datetime) -> Camera | None:
    """Return the camera called *code* if *secret* is its, in time that does not tell how much of it is right."""
    if "\0" in code:
        return None
    digest, found = _digest(secret), None
    for held, *camera in fetched(_HELD, [owning_agency_id(), code, style.value, now, now]):
        if secrets.compare_digest(digest, bytes(held)):
            found = Camera.from_db(DEFAULT_DB_ALIAS, _CAMERA, camera)
    return found


def _is_live(now: datetime) -> RawSQL:
    return RawSQL(IS_LIVE, [now, now], output_field=BooleanField())  # noqa: S611 - our own words


def _end_live(camera: Camera, *, at: datetime, now: datetime) -> int:
    """Let the live credentials of *camera* end at *at*; one that ends sooner already keeps its end."""
    live = CameraCredential.objects.filter(_is_live(now), Q(ends_at=None) | Q(ends_at__gt=at), camera=camera)
    return live.update(ends_at=at)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
