"""Images within a page: there are no image addresses, so an image is never fetched without its page's entry."""

import base64
from typing import Final

_SIGNATURES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"RIFF", "image/webp"),
    (b"BM", "image/bmp"),
)
"""How the formats that browsers show begin; TIFF is not among them."""


def media_type(image: bytes) -> str:
    """Return the media type of *image* by how it begins; empty when no browser would show it."""
    return next((kind for signature, kind in _SIGNATURES if image.startswith(signature)), "")


def data_uri(image: bytes | None) -> str:
    """Return *image* as a data: URI; empty when there is none, or no browser would show it."""
    if image is None:
        return ""
    kind = media_type(image)
    return f"data:{kind};base64,{base64.b64encode(image).decode('ascii')}" if kind else ""
