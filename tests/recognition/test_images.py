import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from platewarden.recognition.images import (
    MAX_BYTES,
    ImageError,
    ImageFacts,
    decode_image,
    probe_image,
    verify_image,
)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """*image* as the bytes of a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def picture(width: int = 40, height: int = 20) -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", (width, height), (255, 0, 0))
    image.paste((0, 0, 255), (width // 2, 0, width, height))
    return image


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has next to nothing behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP"])
def test_pictures_come_out_as_blue_green_red_with_the_origin_top_left(kind: str) -> None:
    """Whatever the format, the first channel is blue and the first pixel the top left one."""
    frame = decode_image(encoded(picture(), kind))
    assert frame.shape == (20, 40, 3)
    assert frame.dtype == np.uint8
    assert frame[2, 2, 2] > 200
    assert frame[2, 2, 0] < 50
    assert frame[2, 37, 0] > 200
    assert frame[2, 37, 2] < 50
    assert frame.flags.c_contiguous


@pytest.mark.parametrize(
    ("orientation", "red_at"),
    [
        (1, "left"),
        (2, "right"),
        (3, "right"),
        (4, "left"),
        (5, "top"),
        (6, "top"),
        (7, "bottom"),
        (8, "bottom"),
    ],
)
def test_a_picture_is_turned_upright_by_its_exif_orientation(orientation: int, red_at: str) -> None:
    """All eight orientations of Exif end as the photographer saw the scene."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    red = decode_image(encoded(picture(), "PNG", exif=exif))[:, :, 2] > 128
    sides = {"left": red[:, 0], "right": red[:, -1], "top": red[0], "bottom": red[-1]}
    assert sides[red_at].all()
    assert red.shape == ((20, 40) if orientation < 5 else (40, 20))


def test_broken_exif_does_not_spoil_a_good_picture() -> None:
    """A nonsensical EXIF block leaves the picture as it lies."""
    assert decode_image(encoded(picture(), "JPEG", exif=b"Exif\0\0nonsense")).shape == (20, 40, 3)


def test_a_sixteen_bit_picture_keeps_its_shades() -> None:
    """Sixteen bits are reduced to eight, not cut off at 255."""
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(4, axis=0)
    grey = decode_image(encoded(Image.fromarray(ramp), "PNG"))
    assert grey[0, 0].tolist() == [0, 0, 0]
    assert grey[0, 255].tolist() == [255, 255, 255]
    assert 120 < grey[0, 128, 0] < 136


def test_a_grey_picture_has_three_equal_channels() -> None:
    """Grey becomes BGR."""
    frame = decode_image(encoded(Image.new("L", (8, 8), 77), "PNG"))
    assert (frame == 77).all()
    assert frame.shape == (8, 8, 3)


@pytest.mark.parametrize(("mode", "colour"), [("RGBA", (10, 20, 30, 0)), ("LA", (10, 0))])
def test_transparency_is_laid_on_white(mode: str, colour: tuple[int, ...]) -> None:
    """What cannot be seen is paper."""
    assert (decode_image(encoded(Image.new(mode, (8, 8), colour), "PNG")) == 255).all()


def test_a_palette_and_a_black_and_white_picture_are_decoded() -> None:
    """Palettes and single bits are pictures too."""
    assert decode_image(encoded(picture().convert("P"), "PNG"))[2, 2, 2] > 200
    assert (decode_image(encoded(Image.new("1", (8, 8), 1), "PNG")) == 255).all()


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "empty"),
        (b"no picture at all", "not a picture"),
        (b"\xff\xd8\xff\xe0", "not a picture"),
        (encoded(picture(), "GIF"), "not a picture"),
        (png_header(50_000, 50_000), "pixels"),
        (png_header(8_000, 7_000), "pixels"),
        (b"x" * (MAX_BYTES + 1), "bytes"),
        (encoded(Image.fromarray(np.ones((4, 4), np.float32)), "TIFF"), "floating point"),
    ],
    ids=["empty", "text", "header", "gif", "bomb", "large", "long", "float"],
)
def test_what_is_no_acceptable_picture_is_refused_by_name_and_cause(data: bytes, cause: str) -> None:
    """The error says which picture and what is wrong with it."""
    with pytest.raises(ImageError, match=f"gate-7.jpg: .*{cause}"):
        decode_image(data, name="gate-7.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP"])
@pytest.mark.parametrize("check", [verify_image, decode_image])
def test_a_truncated_picture_is_refused(kind: str, check: Callable[[bytes], object]) -> None:
    """Half a file is an error both when verified and when decoded."""
    noise = np.random.default_rng(7).integers(0, 255, (64, 64, 3), np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(ImageError):
        check(data[: len(data) * 6 // 10])


def test_probing_reads_the_header_only() -> None:
    """Size and format are known without decoding; a missing rest goes unnoticed, which verifying is for."""
    data = encoded(picture(640, 480), "JPEG")
    assert probe_image(data) == verify_image(data) == ImageFacts(640, 480, "JPEG")
    assert probe_image(data[:700]) == (640, 480, "JPEG")


def test_probing_refuses_too_many_pixels() -> None:
    """The limit holds before anything is decoded."""
    with pytest.raises(ImageError, match="pixels"):
        probe_image(png_header(50_000, 50_000))
