"""JSON, XML and multipart bodies from strangers: bounded before they are parsed, and whatever goes wrong is ours."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from platewarden.adapters.results import MAX_CONTENT_BYTES, UnusableError

MAX_DEPTH: Final = 24
MAX_NODES: Final = 20_000
MAX_PARTS: Final = 12
MAX_HEADER_BYTES: Final = 4096
MAX_XML_BYTES: Final = 1024 * 1024

_TOKENS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[{]|[\]}]|,', re.DOTALL)
"""A string that never ends is one token too: each of its quotes would else begin another search to the end."""
_BOUNDARY: Final = re.compile(r"""boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;,"]{1,200}))""", re.IGNORECASE)
_PARAMETER: Final = re.compile(
    rb"""\b(name|filename)\s*=\s*(?:"([^"]{0,200})"|([^\s;]{1,200}))""", re.IGNORECASE
)


def parse_json(content: bytes, *, field: str = "body") -> Any:
    """Return the JSON document in *content*.

    Raises:
        UnusableError: It is no UTF-8, no JSON, too long, too deep, or of too many values; NaN and infinity are no JSON.
    """
    if len(content) > MAX_CONTENT_BYTES:
        raise UnusableError(field, f"is longer than {MAX_CONTENT_BYTES} bytes")
    _check_shape(content, field)
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UnusableError(field, "is not JSON in UTF-8") from error


def _check_shape(content: bytes, field: str) -> None:
    depth = nodes = 0
    for token in _TOKENS.finditer(content):
        first = content[token.start()]
        if first in b"[{":
            depth += 1
        elif first in b"]}":
            depth -= 1
        elif first == ord(","):
            nodes += 1
        if depth > MAX_DEPTH:
            raise UnusableError(field, f"is nested deeper than {MAX_DEPTH}")
        if nodes > MAX_NODES:
            raise UnusableError(field, f"holds more than {MAX_NODES} values")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def parse_xml(content: bytes, *, field: str = "body") -> dict[str, Any]:
    """Return the XML document in *content* as ``{root: ...}``: text, or a dictionary; repeated elements as a list.

    Attributes and name spaces are left out. A document type is refused as such: with it go entities, inner and outer.

    Raises:
        UnusableError: It is no well-formed XML, has a document type, or is too long, too deep or of too many elements.
    """
    if len(content) > MAX_XML_BYTES:
        raise UnusableError(field, f"is longer than {MAX_XML_BYTES} bytes of XML")
    builder = _Builder(field)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    parser.ExternalEntityRefHandler = builder.refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes no names
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, UnusableError):
            raise
        raise UnusableError(field, "is not well-formed XML") from error
    return builder.document


class _Builder:
    """Puts the document together while expat reads it."""

    def __init__(self, field: str) -> None:
        self._field = field
        self._open: list[tuple[str, dict[str, Any], list[str]]] = [("", {}, [])]
        self._nodes = 0

    @property
    def document(self) -> dict[str, Any]:
        return self._open[0][1]

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._nodes += 1
        if len(self._open) > MAX_DEPTH or self._nodes > MAX_NODES:
            raise UnusableError(self._field, "is nested too deep, or of too many elements")
        self._open.append((name.rpartition(":")[2], {}, []))

    def text(self, text: str) -> None:
        self._open[-1][2].append(text)

    def end(self, _name: str) -> None:
        name, children, texts = self._open.pop()
        value: Any = children or "".join(texts).strip()
        siblings = self._open[-1][1]
        if name not in siblings:
            siblings[name] = value
        elif isinstance(siblings[name], list):
            siblings[name].append(value)
        else:
            siblings[name] = [siblings[name], value]

    def refuse(self, *_anything: Any) -> int:
        raise UnusableError(self._field, "has a document type or entities, which are not taken")


class Part(NamedTuple):
    """One part of a multipart body; `name` and `file` are empty where it has none, `kind` is its lower-case type."""

    name: str
    file: str
    kind: str
    content: bytes


def is_multipart(content_type: str) -> bool:
    """Whether a body of *content_type* comes in parts."""
    return content_type.strip().lower().startswith("multipart/")


def parse_multipart(content: bytes, content_type: str) -> list[Part]:
    """Return the parts of a multipart body (RFC 2046 section 5.1), of any subtype.

    Raises:
        UnusableError: It has no boundary, too many parts, or is too long.
    """
    if len(content) > MAX_CONTENT_BYTES:
        raise UnusableError("body", f"is longer than {MAX_CONTENT_BYTES} bytes")
    found = _BOUNDARY.search(content_type)
    if not found:
        raise UnusableError("body", "comes in parts, and its header names no boundary between them")
    delimiter = b"\r\n--" + (found[1] or found[2]).encode("utf-8", "replace")
    pieces = (b"\r\n" + content).split(delimiter, MAX_PARTS + 2)
    if len(pieces) > MAX_PARTS + 2:
        raise UnusableError("body", f"has more than {MAX_PARTS} parts")
    return list(_parts(pieces[1:]))


def _parts(pieces: list[bytes]) -> Iterator[Part]:
    for piece in pieces:
        if piece.startswith(b"--"):
            return
        head, separator, content = piece.partition(b"\r\n\r\n")
        if not separator or len(head) > MAX_HEADER_BYTES:
            continue
        named = {
            name.lower(): (quoted or plain).decode("utf-8", "replace")
            for name, quoted, plain in _PARAMETER.findall(head)
        }
        yield Part(named.get(b"name", ""), named.get(b"filename", ""), _kind(head), content)


def _kind(head: bytes) -> str:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-type":
            return value.split(b";")[0].strip().lower().decode("ascii", "replace")
    return ""
