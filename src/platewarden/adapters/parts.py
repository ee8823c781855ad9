"""The document and the pictures of a delivery, whether they come in one body or in parts; and parts made anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from platewarden.adapters.reading import Part, is_multipart, parse_multipart
from platewarden.adapters.results import Delivery, UnusableError

_BOUNDARY: Final = "platewarden-4f1c8a02"


@dataclass(frozen=True, slots=True)
class Parted:
    """A delivery taken apart.

    Attributes:
        document: The JSON or XML; empty when there is none.
        plate: The picture whose name says that it is the plate's; empty when none does.
        whole: The first other picture; empty when there is none.
        more: How many further pictures there are; they are dropped.
    """

    document: bytes
    plate: bytes = b""
    whole: bytes = b""
    more: int = 0


def taken_apart(delivery: Delivery, *, documents: Sequence[str] = ()) -> Parted:
    """Return *delivery* taken apart; a part is the document by its name in *documents*, or by its type.

    Raises:
        UnusableError: It comes in parts, and none of them is a document.
    """
    if not is_multipart(delivery.content_type):
        return Parted(delivery.content)
    document: bytes | None = None
    plates: list[bytes] = []
    wholes: list[bytes] = []
    for part in parse_multipart(delivery.content, delivery.content_type):
        if _is_document(part, documents):
            document = document or part.content
        elif part.content:
            (plates if "plate" in f"{part.name} {part.file}".lower() else wholes).append(part.content)
    if document is None:
        raise UnusableError("body", "comes in parts, and none of them is JSON or XML")
    more = len(plates[1:]) + len(wholes[1:])
    return Parted(document, plates[0] if plates else b"", wholes[0] if wholes else b"", more)


def _is_document(part: Part, documents: Sequence[str]) -> bool:
    if part.name in documents:
        return True
    return part.kind.endswith(("json", "xml")) or part.file.lower().endswith((".json", ".xml"))


def put_together(document: Part, pictures: Sequence[Part]) -> tuple[str, bytes]:
    """Return the content type and the body that hold *document* and *pictures*."""
    lines = []
    for part in (document, *pictures):
        name = f'form-data; name="{part.name}"' + (f'; filename="{part.file}"' if part.file else "")
        head = f"--{_BOUNDARY}\r\nContent-Disposition: {name}\r\nContent-Type: {part.kind}\r\n\r\n"
        lines += [head.encode(), part.content, b"\r\n"]
    return f"multipart/form-data; boundary={_BOUNDARY}", b"".join([*lines, f"--{_BOUNDARY}--\r\n".encode()])
