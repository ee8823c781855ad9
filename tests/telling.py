"""What a page, an entry or a line tells, without what may stand in it by chance.

Four digits of a plate stand in one of some thousand ids or digests, and are now and then the number of a row.
"""

import re

_BY_CHANCE = re.compile(
    r"data:[a-z]+/[a-z+]+;base64,[A-Za-z0-9+/=]+"  # images
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32,}\b"  # ids and digests
    r"|\b[A-Za-z0-9]{40,}\b"  # tokens of forms
    r"|(?<=[:/=#])\d+\b|(?<=[\"']: )\d+\b"  # numbers of rows: person:7, /people/7/, "seq": 7
)


def spoken(text: str | bytes) -> str:
    """Return *text* without ids, digests, tokens, images and numbers of rows."""
    return _BY_CHANCE.sub("", text if isinstance(text, str) else text.decode())
