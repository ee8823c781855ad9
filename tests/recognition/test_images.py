import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from platewarden.recognition.images import (
    MAX_BYTES,
    ImageError,
    ImageFacts,
    _rgb,
    decode_image,
    load_image,
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


@pytest.mark.parametrize("kind", [".png", ".tiff"])
@pytest.mark.parametrize("opaque", [False, True])
def test_sixteen_bits_a_colour_are_reduced_to_eight(kind: str, *, opaque: bool) -> None:
    """Deep colours keep their hue, with and without a fourth channel."""
    deep = np.zeros((16, 32, 3), np.uint16)
    deep[:] = (10 * 257, 40 * 257, 200 * 257)
    if opaque:
        deep = np.dstack([deep, np.full((16, 32), 65535, np.uint16)])
    frame = decode_image(bytes(cv2.imencode(kind, deep)[1]))
    assert (frame == (10, 40, 200)).all()


def test_twelve_bits_in_sixteen_are_not_left_dark() -> None:
    """Cameras that use part of the range: the brightest pixel says how much of it."""
    ramp = np.linspace(0, 4095, 256).astype(np.uint16)[None].repeat(4, axis=0)
    assert decode_image(encoded(Image.fromarray(ramp), "TIFF"))[0, 255].tolist() == [255, 255, 255]


@pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("CMYK", "TIFF"), ("YCbCr", "TIFF")])
def test_pictures_for_printing_keep_their_colours(mode: str, kind: str) -> None:
    """Four inks and television colours come out as red and blue, not inverted."""
    options = {"quality": 95} if kind == "JPEG" else {}
    frame = decode_image(encoded(picture().convert(mode), kind, **options)).astype(int)
    assert abs(frame[2, 2] - (0, 0, 255)).max() < 12
    assert abs(frame[2, 37] - (255, 0, 0)).max() < 12


def test_colours_that_cannot_be_converted_are_refused_by_name() -> None:
    """Whatever a file holds, the caller gets one kind of error."""
    with pytest.raises(ImageError, match=r"gate-7\.jpg: La colours are not accepted"):
        _rgb(Image.new("La", (4, 4)), name="gate-7.jpg")


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (12000, 90)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_pictures_of_any_proportions_are_decoded(size: tuple[int, int], kind: str) -> None:
    """One pixel, one row, one column, a panorama."""
    assert decode_image(encoded(Image.new("RGB", size, (9, 9, 9)), kind)).shape == (size[1], size[0], 3)


@pytest.mark.parametrize(("mode", "orientation", "copies"), [("RGB", 1, 1), ("RGB", 6, 2), ("I;16", 1, 1)])
def test_a_large_picture_is_held_no_more_often_than_needed(mode: str, orientation: int, copies: int) -> None:
    """Beside the decoder's own memory one frame is held, two while it is turned: 50 megapixels must fit."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.new(mode, (4000, 2000)), "PNG", exif=exif)
    frame_bytes = 4000 * 2000 * 3
    tracemalloc.start()
    try:
        decode_image(data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < (copies + 0.75) * frame_bytes


def test_a_file_is_read_no_further_than_it_takes_to_refuse_it(tmp_path: Path) -> None:
    """A huge file is refused for its size; a missing one, and one that cannot be a name, by name."""
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as file:
        file.truncate(10 * MAX_BYTES)
    tracemalloc.start()
    try:
        with pytest.raises(ImageError, match=r"huge\.jpg: more than"):
            load_image(huge)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 3 * MAX_BYTES
    with pytest.raises(ImageError, match=r"gate: No such file"):
        load_image(tmp_path / "missing.jpg", name="gate")
    with pytest.raises(ImageError, match=r"gate: embedded null"):
        load_image(tmp_path / "nul\0.jpg", name="gate")


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
