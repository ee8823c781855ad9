"""Scenes for tests in a browser: a wanted vehicle that has just passed, with a picture one can read."""

import base64
from datetime import timedelta
from typing import Any

import cv2

from platewarden.alerts.models import Alert
from platewarden.hotlists.loading import create_hotlist, load_snapshot
from platewarden.ingest.actions import ingest
from platewarden.ingest.schemas import SubmittedRead
from platewarden.rendering.scene import render_scene
from platewarden.site.clock import utc_now
from tests.cast import Cast
from tests.ingest.test_ingest import a_read

PLATE = "KRT4821"


def rendered(capture_id: str = "page-1", **changes: Any) -> dict[str, Any]:
    """A read of a rendered scene, twenty minutes old."""
    scene = render_scene(3, plate=PLATE, state="NY")
    left, top, right, bottom = (int(value) for value in scene.truth[0].box_xyxy)
    views = {"plate_image": scene.image[top:bottom, left:right], "vehicle_image": scene.image}
    images = {name: base64.b64encode(cv2.imencode(".jpg", view)[1].tobytes()) for name, view in views.items()}
    facts = {"plate": "KRT 4821", "seen_at": utc_now() - timedelta(minutes=20)} | images | changes
    return a_read(capture_id, **facts)


def wanted(cast: Cast, plate: str = PLATE) -> None:
    """Put *plate* on a list of stolen vehicles."""
    now, sue = utc_now(), cast.actor("sue")
    hotlist = create_hotlist(
        name="State extract", source="State police", max_age_hours=None, actor=sue, now=now
    )
    content = f"plate,state,category,reason,colour\n{plate},NY,stolen_vehicle,Taken overnight,grey\n".encode()
    load_snapshot(hotlist=hotlist, content=content, file_name="x.csv", effective_at=now, actor=sue, now=now)


def passes(cast: Cast, **changes: Any) -> Alert:
    """Let the vehicle pass the camera, and return the alert it raises."""
    read = SubmittedRead.model_validate(rendered(**changes))
    ingest(reads=[read], camera=cast.camera, actor=cast.camera_actor, now=utc_now())
    return Alert.objects.order_by("-number")[0]
