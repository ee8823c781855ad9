"""Scenes that tests about alerts play in: a list, an entry, a vehicle passing."""

import base64
import io
import uuid
from datetime import datetime, timedelta
from typing import Any

from PIL import Image

from platewarden.adoption.actions import approve_value, propose_value
from platewarden.alerts.models import Alert
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.ingest.actions import ingest
from platewarden.ingest.schemas import SubmittedRead
from platewarden.ledger.models import LedgerBody
from platewarden.matching.plates import normalise, skeleton
from tests.cast import Cast

PLATE = "KAB 4821"


def picture(colour: str = "white") -> bytes:
    """A small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 32), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def list_entry(
    cast: Cast, now: datetime, *, list_age: timedelta = timedelta(hours=2), **changes: Any
) -> Entry:
    """Put one wanted plate on a list that is *list_age* old."""
    hotlist, _ = Hotlist.objects.get_or_create(
        agency=cast.agency,
        name="State extract",
        defaults={"source": "State", "created_at": now, "created_by": "tests"},
    )
    snapshot, _ = Snapshot.objects.get_or_create(
        hotlist=hotlist,
        is_current=True,
        defaults={
            "effective_at": now - list_age,
            "loaded_at": now,
            "loaded_by": "tests",
            "file_digest": b"\0" * 32,
            "accepted": 1,
        },
    )
    plate = changes.pop("plate", PLATE)
    facts = {
        "state": "NY",
        "category": "stolen_vehicle",
        "priority": "normal",
        "reason": "Reported stolen",
    } | changes
    canonical = normalise(plate)
    return Entry.objects.create(
        agency=cast.agency,
        snapshot=snapshot,
        plate_as_given=plate,
        plate=canonical,
        skeleton=skeleton(canonical),
        entered_at=now,
        **facts,
    )


def submitted(now: datetime, **changes: Any) -> SubmittedRead:
    """A read as a camera submits it, a minute old."""
    facts = {
        "capture_id": uuid.uuid4().hex,
        "seen_at": (now - timedelta(minutes=1)).isoformat(),
        "plate": PLATE,
        "confidence": 0.97,
        "char_confidences": [0.99, 0.98, 0.62, 0.99, 0.99, 0.99, 0.99],
        "state": "NY",
        "state_confidence": 0.9,
        "plate_image": base64.b64encode(picture()).decode(),
        "vehicle_image": base64.b64encode(picture("navy")).decode(),
    }
    return SubmittedRead.model_validate(facts | changes)


def pass_by(cast: Cast, now: datetime, **changes: Any) -> Alert:
    """Let the wanted vehicle pass the camera, and return the alert it raises."""
    ingest(reads=[submitted(now, **changes)], camera=cast.camera, actor=cast.camera_actor, now=now)
    return Alert.objects.order_by("-number")[0]


def entries(kind: str) -> list[dict[str, Any]]:
    """The bodies of the ledger's entries of *kind*, oldest first."""
    bodies = LedgerBody.objects.filter(leaf__kind=kind).order_by("leaf_id")
    return [body.content for body in bodies]


def another(cast: Cast, now: datetime, **changes: Any) -> Alert:
    """Let another wanted vehicle pass, with a plate and an entry of its own, and return the alert it raises."""
    plate = f"KXT {1000 + Entry.objects.count()}"
    list_entry(cast, now, plate=plate, **changes.pop("entry", {}))
    return pass_by(cast, now, plate=plate, **changes)


def adopted(cast: Cast, now: datetime, name: str, *, value: Any) -> None:
    """Let two people adopt *value* for the parameter *name*, from now on."""
    proposal = propose_value(
        name=name, value=value, why="For this test", in_force_from=now, actor=cast.actor("sue"), now=now
    )
    approve_value(proposal_id=proposal.pk, actor=cast.actor("max"), now=now)
