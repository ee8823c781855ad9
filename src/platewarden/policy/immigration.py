"""Words that name a person's immigration status, also where somebody or something has disguised them.

National extracts write O as 0; people write round a filter. So a text is looked at as it stands, and again with
look-alike letters, digits for letters, and marks or blanks between letters undone. It is a coarse sieve: what
passes is not thereby proper.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_WORDS: Final = re.compile(
    r"\b(?i:(?:non-?)?immigra\w*|inmigra\w*|deport\w*|removal orders?|undocumented|indocumentad\w*|"
    r"illegal (?:alien|entry|reentry)s?|illegals|visa (?:overstay\w*|violat\w*|status)|overstay\w*|"
    r"border patrol|287 ?\(?g\)?(?!\w))|"
    r"\b(?:(?<!BLACK )ICE(?! CREAM)|I\.C\.E\.?|CBP)(?!\w)"
)
_STEMS: Final = re.compile(
    r"\b(?:non)?(?:immigra|inmigra|deport(?:a|e|i|s?\b)|undocumented|indocumentad|illegal ?aliens?\b|"
    r"visa ?overstay|border ?patrol)"
)
"""Long enough not to arise by chance once disguises are undone; short words are looked for as written only."""

_LOOK_ALIKES: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТУХавеѕіјкмнорстухΑΒΕΖΗΙΚΜΝΟΡΤΥΧοιαν",
    "ABESIJKMHOPCTYXabesijkmhopctyxABEZHIKMNOPTYXoiav",
)
_DIGITS: Final = str.maketrans("01345@$!|", "oieasasii")
_SPACED: Final = re.compile(r"(?<!\w)(?:\w[\W_]{1,3}){2,}\w(?!\w)")
_WITHIN: Final = re.compile(r"(?<=[^\W\d_])[^\w\s]+(?=[^\W\d_])|(?<=[^\W\d_])_+(?=[^\W\d_])")
_MARKS: Final = re.compile(r"[^\w\s]|_")

_LETTERS: Final = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)} | _DIGITS
_HINTS: Final = re.compile("migra|deport|removalorder|ndocument|illegal|visa|overstay|borderpatrol|287")
_INITIALS: Final = re.compile(r"\bI[\W_]{0,3}C[\W_]{0,3}E(?![^\W_])|\bCBP")


def names_immigration(text: str) -> bool:
    """Whether *text* names immigration status or an agency that enforces it, plainly or in disguise."""
    if text.isascii() and not (_HINTS.search(text.translate(_LETTERS)) or _INITIALS.search(text)):
        return False  # nothing it could be: lists have millions of texts, and looking closely is slow
    return any(_WORDS.search(plain) for plain in _as_written(text)) or any(
        _STEMS.search(bare) for bare in _undisguised(text)
    )


def _as_written(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text)
    yield plain
    seen = "".join(char for char in unicodedata.normalize("NFKD", text) if _is_seen(char))
    alike = seen.translate(_LOOK_ALIKES)
    yield alike
    yield _SPACED.sub(lambda run: re.sub(r"[\W_]+", "", run[0]), alike)


def _undisguised(text: str) -> Iterator[str]:
    *_, joined = _as_written(text)
    bare = joined.casefold().translate(_DIGITS)
    yield bare
    yield _WITHIN.sub("", bare)
    yield _MARKS.sub("", bare)


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in {"Mn", "Me", "Cf", "Cc"}
