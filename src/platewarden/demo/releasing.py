"""The demo's request for a copy: an office of another state wrote, a selection is frozen, nobody has decided yet."""

import io
from datetime import datetime, timedelta
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from platewarden.policy.actor import Actor
from platewarden.policy.agencies import AgencyKind
from platewarden.policy.queries import Justification, QueryKind, QueryScope
from platewarden.policy.release_requests import AskedFor
from platewarden.policy.use import Purpose
from platewarden.queries.actions import ask
from platewarden.releases.actions import Scope, chosen_reads, prepare, receive
from platewarden.releases.documents import checked
from platewarden.releases.models import Selection

PLATE: Final = "GHC2254"
_NEED: Final = "Burglaries of three farm supply stores: on which days was the van in your county?"
_LETTER: Final = """\
OFFICE OF THE SHERIFF
County of Tioughara, Pennsylvania (invented)

To the Cayuta County Sheriff

Case TC-26-0831. Three farm supply stores were
broken into on both sides of the state line.
We ask for your reads of the plate GHC2254 (NY)
of the last three days.

This is not for a person's immigration status,
and rests on no protected ground.

Det. Sgt. Wren Aldous (invented)"""


def ask_for_copy(*, receiver: Actor, preparer: Actor, now: datetime) -> Selection:
    """Take the letter in, search for it, and freeze what is found: the Sheriff has yet to decide."""
    begins, ends = now - timedelta(days=3), now - timedelta(minutes=20)
    letter = checked("letter.png", _letter())
    asked = AskedFor(
        agency="Tioughara County Sheriff (invented)",
        kind=AgencyKind.SHERIFF,
        state="PA",
        official="Det. Sgt. Wren Aldous",
        contact="570 555 0142",
        purpose=Purpose.CRIMINAL_INVESTIGATION,
        need=_NEED,
        case_number="TC-26-0831",
        about=PLATE,
        seen_from=begins,
        seen_until=ends,
        received_on=now.date() - timedelta(days=1),
        has_document=True,
        attests_status=True,
        attests_grounds=True,
    )
    scope = Scope(PLATE, "NY", "", letter.name)
    request = receive(asked=asked, scope=scope, document=letter, actor=receiver, now=now)
    why = Justification(Purpose.CRIMINAL_INVESTIGATION, "Letter of Tioughara County: the van", "2026-004432")
    searched = QueryScope(QueryKind.EXACT, PLATE, (), begins, ends)
    query = ask(justification=why, scope=searched, actor=preparer, now=now)
    found = chosen_reads(query, (), actor=preparer, now=now)
    return prepare(request=request, query=query, reads=found, actor=preparer, now=now)


def _letter() -> bytes:
    """Return the letter as a scanner would: a picture."""
    page = Image.new("L", (850, 1100), 255)
    ImageDraw.Draw(page).multiline_text(
        (90, 110), _LETTER, fill=20, font=ImageFont.load_default(26), spacing=12
    )
    buffer = io.BytesIO()
    page.save(buffer, "PNG")
    return buffer.getvalue()
