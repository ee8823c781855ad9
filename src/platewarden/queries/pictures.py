"""Images as part of the one page whose look was logged: there is no address at which an image can be had."""

import base64
from typing import Final

_SIGNATURES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"RIFF", "image/webp"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)


def data_uri(image: bytes | None) -> str:
    """Return *image* as a data URI, its type told by its first bytes; empty when there is none to show."""
    if image is None:
        return ""
    kind = next((kind for signature, kind in _SIGNATURES if image.startswith(signature)), "")
    return f"data:{kind};base64,{base64.b64encode(image).decode()}" if kind else ""
