"""What a bag of ours is made of: names, lines of manifests, and the text that is signed (RFC 8493)."""

import re
from typing import Final

DECLARATION: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
"""The whole of `bagit.txt` (RFC 8493, section 2.1.1)."""

ALGORITHMS: Final = ("sha256", "sha512")
"""Both are in every bag, as RFC 8493, section 2.4, asks of those who can."""

SIGNATURE: Final = "signature.note"
"""The signed note over the tag manifests; the one tag file that they cannot list."""

CASE_EXPORT: Final = "platewarden case export 1"
RELEASE: Final = "platewarden release 1"
FORMATS: Final = (CASE_EXPORT, RELEASE)
"""What a bag may be; the signature says which, so that none is taken for the other."""

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_LINE: Final = re.compile(r"([0-9a-f]{64}|[0-9a-f]{128})  (\S.*)")


class BagError(ValueError):
    """A bag breaks its format; the message says where."""


def is_plain_name(name: str) -> bool:
    """Whether *name* is one that a bag of ours may use: letters, digits, full stops and hyphens, no way upwards."""
    return _NAME.fullmatch(name) is not None


def manifest_name(algorithm: str, *, of_tags: bool = False) -> str:
    """Return the name of a manifest."""
    return f"{'tag' if of_tags else ''}manifest-{algorithm}.txt"


def manifest_text(digests: dict[str, str]) -> str:
    """Return a manifest of *digests*, hexadecimal by path, sorted by path (RFC 8493, section 2.1.3)."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items()))


def read_manifest(name: str, text: str) -> dict[str, str]:
    """Return the digests of the manifest *text* by path.

    Raises:
        BagError: A line is none, or a path is listed twice.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None or not is_plain_name(match[2]) or match[2] in found:
            raise BagError(f"{name}: a line is malformed, or names a file twice")
        found[match[2]] = match[1]
    return found


def signed_text(form: str, bag: str, tag_digests: dict[str, str]) -> str:
    """Return what is signed: the *form* of the bag, its name and the digests of its tag manifests, by algorithm.

    Its second line is no number, so it can never be taken for a checkpoint of the ledger, whose key signs it.
    """
    lines = [f"{manifest_name(each, of_tags=True)} {each}:{tag_digests[each]}" for each in ALGORITHMS]
    return "\n".join([form, f"bag {bag}", *lines, ""])


def info_text(info: dict[str, str]) -> str:
    """Return `bag-info.txt` (RFC 8493, section 2.2.2); line breaks within a value become blanks."""
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in info.items())


def read_info(text: str) -> dict[str, str]:
    """Return the elements of a `bag-info.txt` by label, the last of a label counting."""
    return dict(line.split(": ", maxsplit=1) for line in text.splitlines() if ": " in line)
