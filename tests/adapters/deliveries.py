"""The samples as deliveries: written by us after public documentation, with invented plates and drawn pictures."""

import base64
import io
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image

from platewarden.adapters.parts import put_together
from platewarden.adapters.reading import Part
from platewarden.adapters.results import Delivery

SAMPLES = Path(__file__).parent / "samples"
RECEIVED = datetime(2026, 11, 20, 15, 29, 2, tzinfo=UTC)
EASTERN = ZoneInfo("America/New_York")


@cache
def picture(colour: str = "navy", *, wide: int = 160, high: int = 120) -> bytes:
    """A small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (wide, high), colour).save(buffer, "JPEG")
    return buffer.getvalue()


PLATE = picture("white", wide=64, high=32)
VEHICLE = picture()


def filled(name: str) -> bytes:
    """The sample *name* with its pictures filled in."""
    text = (SAMPLES / name).read_bytes()
    for mark, image in ((b"@PLATE@", PLATE), (b"@VEHICLE@", VEHICLE)):
        text = text.replace(mark, base64.b64encode(image))
    return text


def delivery(name: str, *, path: str = "", parts: str = "") -> Delivery:
    """The sample *name* as it is pushed; with *parts*, names of pictures beside it, divided by blanks."""
    content, content_type = filled(name), "application/xml" if name.endswith("xml") else "application/json"
    if parts:
        pictures = [
            Part(part, f"{part}.jpg", "image/jpeg", PLATE if "plate" in part.lower() else VEHICLE)
            for part in parts.split()
        ]
        content_type, content = put_together(Part("json", "", content_type, content), pictures)
    return Delivery(content, content_type, RECEIVED, EASTERN, path)


READS = {
    "openalpr group": ("openalpr", delivery("openalpr-group.json")),
    "openalpr alert": ("openalpr", delivery("openalpr-alert.json")),
    "stream, older": ("platerecognizer", delivery("platerecognizer-older.json", parts="upload")),
    "stream, newer": ("platerecognizer", delivery("platerecognizer-newer.json", parts="upload")),
    "hikvision xml": (
        "hikvision",
        delivery("hikvision.xml", parts="licensePlatePicture detectionPicture"),
    ),
    "hikvision json": (
        "hikvision",
        delivery("hikvision.json", parts="licensePlatePicture detectionPicture"),
    ),
    "dahua": ("dahua", delivery("dahua.json", path="NotificationInfo/TollgateInfo")),
    "axis new": ("axis", delivery("axis-new.json")),
    "axis update": ("axis", delivery("axis-update.json")),
    "axis lost": ("axis", delivery("axis-lost.json")),
    "genetec": ("genetec", delivery("genetec.json")),
    "flock": ("flock", delivery("flock.json", parts="plate vehicle")),
    "plain": ("json", delivery("plain.json")),
}
"""Every sample that is a read, with the key of its format."""

OTHERS = {
    "openalpr heartbeat": ("openalpr", delivery("openalpr-heartbeat.json")),
    "openalpr results": ("openalpr", delivery("openalpr-results.json")),
    "hikvision heartbeat": ("hikvision", delivery("hikvision-heartbeat.xml")),
    "dahua keep-alive": ("dahua", delivery("dahua-keepalive.json", path="NotificationInfo/KeepAlive")),
}
"""Every sample that is none."""
