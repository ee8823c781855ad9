"""Pictures from outside: what may be decoded, and how.

Everything here is given by a stranger. Size is checked before a pixel is decoded, only a short list of
formats is tried, and whatever goes wrong becomes an `ImageError` that says what is wrong with the picture.
"""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from PIL import Image

from platewarden.recognition.types import Frame

MAX_BYTES: Final = 30_000_000
MAX_PIXELS: Final = 50_000_000
FORMATS: Final = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")

_ORIENTATION_TAG: Final = 0x0112
_UPRIGHT: Final[dict[int, Callable[[Frame], Frame]]] = {
    2: lambda frame: frame[:, ::-1],
    3: lambda frame: frame[::-1, ::-1],
    4: lambda frame: frame[::-1],
    5: lambda frame: frame.transpose(1, 0, 2),
    6: lambda frame: np.rot90(frame, -1),
    7: lambda frame: frame[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90,
}
"""What turns a picture with this EXIF orientation upright (Exif 2.32, tag 274)."""

_STRIP_ROWS: Final = 256
"""Rows converted at a time: a picture of 50 megapixels is held once as Pillow has it and once as we do, no more."""


class ImageError(ValueError):
    """The bytes are no picture we accept; the message names the picture and the cause."""


class ImageFacts(NamedTuple):
    """Width and height in pixels as stored (before EXIF rotation); name of the format, e.g. ``JPEG``."""

    width: int
    height: int
    format: str


def probe_image(data: bytes, *, name: str = "image") -> ImageFacts:
    """Return what the header of *data* says; cheap, and no proof that the rest is there.

    Raises:
        ImageError: *data* is empty, too large, of no format in `FORMATS`, or has too many pixels.
    """
    with _open(data, name=name) as image:
        return ImageFacts(image.width, image.height, image.format or "")


def verify_image(data: bytes, *, name: str = "image") -> ImageFacts:
    """Return what *data* is, having decoded all of it (JPEG at an eighth of its size, which is quick).

    Raises:
        ImageError: As `probe_image`, or the picture is truncated or damaged.
    """
    with _open(data, name=name) as image:
        facts = ImageFacts(image.width, image.height, image.format or "")
        image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
        _load(image, name=name)
    return facts


def decode_image(data: bytes, *, name: str = "image") -> Frame:
    """Return the picture in *data*: (H, W, 3) uint8, BGR, upright by its EXIF orientation.

    Deeper than eight bits is reduced by what its brightest pixel needs; transparency is laid on white; of
    several pages the first is taken.

    Raises:
        ImageError: As `verify_image`, or the pixels are floating point numbers.
    """
    with _open(data, name=name) as image:
        _load(image, name=name)
        frame = _to_bgr(image, name=name)
        turn = _turn_of(image)
    return frame if turn is None else np.ascontiguousarray(turn(frame))


def load_image(path: Path, *, name: str = "") -> Frame:
    """Return the picture in the file at *path*, as `decode_image` does; *name* stands for it in errors.

    Raises:
        ImageError: As `decode_image`, or the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)  # no more of a huge file than it takes to refuse it
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        raise ImageError(f"{name or path}: {getattr(error, 'strerror', None) or error}") from error
    return decode_image(data, name=name or str(path))


def _open(data: bytes, *, name: str) -> Image.Image:
    if not data:
        raise ImageError(f"{name}: empty, nothing to decode")
    if len(data) > MAX_BYTES:
        raise ImageError(f"{name}: more than {MAX_BYTES} bytes, which is the most we accept")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(f"{name}: too many pixels, at most {MAX_PIXELS} are accepted") from error
    except Exception as error:
        raise ImageError(f"{name}: not a picture in a format we read ({', '.join(FORMATS)})") from error
    if image.width * image.height > MAX_PIXELS:
        raise ImageError(
            f"{name}: {image.width} x {image.height} pixels, at most {MAX_PIXELS} in all are accepted"
        )
    return image


def _load(image: Image.Image, *, name: str) -> None:
    try:
        image.load()
    except Exception as error:
        raise ImageError(f"{name}: truncated or damaged {image.format} picture ({error})") from error


def _turn_of(image: Image.Image) -> Callable[[Frame], Frame] | None:
    """Return what turns *image* upright; a picture whose EXIF block is nonsense is taken as it lies."""
    try:
        return _UPRIGHT.get(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # noqa: BLE001 - many cameras write broken EXIF around a good picture
        return None


def _to_bgr(image: Image.Image, *, name: str) -> Frame:
    """Return (H, W, 3) uint8, BGR."""
    if image.mode == "F":
        raise ImageError(f"{name}: floating point pixels are not accepted; save it with 8 or 16 bits")
    shift = _spare_bits(image) if image.mode.startswith("I") else None
    frame: Frame = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, _STRIP_ROWS):
        foot = min(top + _STRIP_ROWS, image.height)
        strip = image.crop((0, top, image.width, foot))
        if shift is not None:
            frame[top:foot] = (np.maximum(np.asarray(strip), 0) >> shift).astype(np.uint8)[:, :, None]
        else:
            frame[top:foot] = np.asarray(_rgb(strip, name=name))[:, :, ::-1]
    return frame


def _rgb(image: Image.Image, *, name: str) -> Image.Image:
    """Return *image* in red, green and blue, laid on white where it is transparent."""
    try:
        if "transparency" in image.info or image.mode in {"RGBA", "LA", "PA", "La", "RGBa"}:
            coloured = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), coloured)
        return image.convert("RGB")
    except ValueError as error:
        raise ImageError(f"{name}: {image.mode} colours are not accepted; save it as RGB") from error


def _spare_bits(image: Image.Image) -> int:
    """Return by how many bits *image*, of any integers, is deeper than the eight that its brightest pixel may take."""
    brightest = int(np.asarray(image).max(initial=0))
    return max(0, brightest.bit_length() - 8)
