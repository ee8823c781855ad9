"""The page as text; everything that is put into it is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from importlib.resources import files
from typing import Final

from platewarden.edge.unit.hits import Answer, Shown, UnitHit
from platewarden.edge.unit.unit import BoardAge
from platewarden.policy.hotlists import Category

STATIC: Final = {"unit.css": "text/css; charset=utf-8", "unit.js": "text/javascript; charset=utf-8"}

_TONES: Final = {Answer.MATCH: "good", Answer.DIFFER: "danger", Answer.UNREADABLE: ""}


@dataclass(frozen=True, slots=True)
class Standing:
    """How the unit stands.

    Attributes:
        age: Of the list on board.
        is_connected: Whether the server answered when it was last asked.
        has_place: Whether it is known where the car is.
        now: The time.
        server: Address of the server.
    """

    age: BoardAge
    is_connected: bool
    has_place: bool
    now: datetime
    server: str


def static(name: str) -> bytes:
    """Return one of the page's own files."""
    return files(__package__).joinpath(name).read_bytes()


def page(standing: Standing, hits: Sequence[UnitHit], chosen: tuple[UnitHit, Shown] | None) -> str:
    """Return the page: how the unit stands, the hit that is looked at, and the others."""
    body = _hit(*chosen, standing) if chosen else _quiet()
    latest = hits[0].number if hits else 0
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{"Hit on board" if chosen else "On board: no hit"} · Platewarden</title>
<link rel="stylesheet" href="/unit.css">
<script src="/unit.js" defer></script>
</head>
<body data-latest="{latest}">
{_header(standing)}
<main>{body}{_others(hits, chosen, standing)}</main>
</body>
</html>
"""


def _header(standing: Standing) -> str:
    age = standing.age
    if age.made_at is None:
        listed = '<p class="warn">No list on board: nothing is compared here.</p>'
    else:
        entries = "1 entry" if age.entries == 1 else f"{age.entries:,} entries"
        listed = f"<p>{entries}, as of {_ago(standing.now - age.made_at)} ago</p>"
    stale = "".join(f'<p class="warn">{escape(name)} is past its age</p>' for name in age.stale)
    line = "connected" if standing.is_connected else "no connection: the list may have changed since"
    place = (
        "" if standing.has_place else '<p class="warn">No position: the server takes no read without one.</p>'
    )
    return f"""<header>
<h1>On board</h1>
{listed}{stale}
<p{"" if standing.is_connected else ' class="warn"'}>{line}</p>{place}
<p id="sound"><button type="button" data-arm>Turn the sound on</button></p>
</header>"""


def _quiet() -> str:
    said = "A vehicle that fits an entry on board appears here by itself."
    return f"<section><h2>No hit waits</h2><p>{said}</p></section>"


def _hit(hit: UnitHit, shown: Shown, standing: Standing) -> str:
    entry = shown.entry
    kind, make, model, colour = entry.vehicle
    stale = '<p class="warn">The list is past its age: check the status first.</p>' if shown.is_stale else ""
    place = "" if shown.has_place else '<p class="warn">Where it was is not known.</p>'
    facts = [
        ("Beware", f"<strong>{escape(entry.cautions)}</strong>" if entry.cautions else ""),
        ("What to do", escape(entry.instructions)),
        ("Reason", escape(entry.reason)),
        ("Vehicle", escape(" ".join(part for part in (colour, make, model, kind) if part))),
        ("Case", escape(entry.case_number)),
        ("List", escape(entry.hotlist)),
    ]
    grade = shown.grade[:1].upper() + shown.grade[1:]
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts if value)
    return f"""<section class="hit" aria-labelledby="hit">
<h2 id="hit">{escape(Category(entry.category).label)}{", high priority" if entry.priority == "high" else ""}</h2>
<p class="{"warn" if hit.answer is None else ""}">{escape(grade)}. {_verdict(hit, standing)}</p>{stale}{place}
<div class="pictures">
<img src="/hits/{hit.number}/plate" alt="The plate as the camera saw it">
<img src="/hits/{hit.number}/vehicle" alt="The vehicle as the camera saw it">
</div>
<p class="compare"><span>Read</span><b class="plate">{escape(shown.plate)}</b>
<span>{escape(_state(shown.state))}, {_ago(standing.now - hit.at)} ago</span>
<span>Entry</span><b class="plate">{escape(entry.plate)}</b><span>{escape(_state(entry.state))}</span></p>
{_buttons(hit) if hit.answer is None else ""}
<dl>{rows}</dl>
</section>"""


def _verdict(hit: UnitHit, standing: Standing) -> str:
    if hit.answer is None:
        return "Unverified: compare characters and state on the image with the entry. Stop nobody on the hit alone."
    said = f"You said: {hit.answer.label.lower()}."
    if hit.answer is not Answer.MATCH:
        return f"{said} Nobody is stopped on it."
    again = f"Verify it on the console ({escape(standing.server)}) as soon as there is a connection."
    return f"{said} Check the status by radio before any stop. {again}"


def _buttons(hit: UnitHit) -> str:
    buttons = "".join(
        f'<button name="answer" value="{answer.value}" class="{_TONES[answer]}">'
        f"<kbd>{place}</kbd> {answer.label}</button>"
        for place, answer in enumerate(Answer, start=1)
    )
    return f'<form method="post" action="/hits/{hit.number}/answer">{buttons}</form>'


def _others(hits: Sequence[UnitHit], chosen: tuple[UnitHit, Shown] | None, standing: Standing) -> str:
    shown = chosen[0].number if chosen else 0
    rows = "".join(
        f'<li><a href="/?hit={hit.number}">{_ago(standing.now - hit.at)} ago, '
        f"{escape(hit.answer.label.lower() if hit.answer else 'not compared yet')}</a></li>"
        for hit in hits
        if hit.number != shown
    )
    return f"<section><h2>Others</h2><ol>{rows}</ol></section>" if rows else ""


def _state(code: str) -> str:
    return {"*": "any state", "": "state unknown"}.get(code, code)


def _ago(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:  # noqa: PLR2004 - two hours
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
