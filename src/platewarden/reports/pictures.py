"""Images as a report shows and attaches them: always the bytes that the camera sent."""

import hashlib
import io
from typing import Any, Final

from PIL import Image, UnidentifiedImageError

from platewarden.images.inline import media_type

_SETTABLE: Final = frozenset({"RGB", "L"})
"""Colour modes that an archivable PDF takes as they are; others are shown converted, and attached as they are."""


def picture(image: bytes | None, name: str) -> dict[str, Any]:
    """Return *image* for a layout: its bytes, what to show of it, its digest, and the name of the attached file."""
    if image is None:
        return {
            "bytes": None,
            "shown": None,
            "sha256": "",
            "file": "",
            "mime": "",
            "is_converted": False,
            "is_shown": False,
        }
    kind = media_type(image)
    shown = _shown(image)
    return {
        "bytes": image,
        "shown": None if shown is image else shown,
        "sha256": hashlib.sha256(image).hexdigest(),
        "file": f"{name}.{kind.removeprefix('image/') or 'bin'}",
        "mime": kind or "application/octet-stream",
        "is_converted": shown is not None and shown is not image,
        "is_shown": shown is not None,
    }


def _shown(image: bytes) -> bytes | None:
    """Return *image*, or a copy of it in a form that can be set; None if nothing can be made of it."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            if opened.mode in _SETTABLE and opened.format in {"JPEG", "PNG", "WEBP"}:
                opened.verify()
                return image
        with Image.open(io.BytesIO(image)) as opened:
            converted = io.BytesIO()
            opened.convert("RGB").save(converted, "PNG")
            return converted.getvalue()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None
