"""The console's kit as template tags; a builtin library, so that no template has to load it.

Each tag renders one component of `docs/explanation/console-design.md`. None of them ever marks text from
outside as safe: plates, reasons and names are escaped like everything else.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput, ChoiceField
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from platewarden.matching.grades import Grade
from platewarden.policy.decision import Decision
from platewarden.site.components import AlertFacts, Badge, alert_badge, compared_place, ordinal, relative

register = template.Library()

SURE: Final = 0.9
FAIR: Final = 0.7
"""Confidence from which a character is shown without a mark, and below which it is marked strongly."""

_TONE_ICONS: Final = {"danger": "warning", "warning": "warning", "good": "check", "notice": "information"}
_MESSAGE_TONES: Final = {"success": "good", "warning": "warning", "error": "danger"}
_TIME_FORMATS: Final = {"full": "%Y-%m-%d %H:%M:%S %Z", "time": "%H:%M:%S %Z", "day": "%Y-%m-%d"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return the icon *name* of `icons.svg`; hidden from screen readers unless it has a *label*."""
    address = static("console/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
            label,
            address,
            name,
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', address, name)


@register.simple_tag
def badge(text: str, tone: str = "", symbol: str = "") -> SafeString:
    """Return a badge with an icon; *tone* is danger, alarm, warning, good, notice, quiet, plain or empty."""
    return _badge(Badge(text, tone, symbol))


def _badge(shown: Badge) -> SafeString:
    tone = format_html(" badge-{}", shown.tone) if shown.tone else ""
    return format_html(
        '<span class="badge{}">{}{}</span>', tone, icon(shown.symbol) if shown.symbol else "", shown.text
    )


@register.simple_tag
def status(alert: AlertFacts) -> SafeString:
    """Return where *alert* stands; an unverified one says so in red, with a sign and in words (HIT-2)."""
    return _badge(alert_badge(alert))


@register.simple_tag
def grade_badge(grade: str) -> SafeString:
    """Return the name of a match's *grade*; amber where the state or the characters still need care."""
    known = Grade(grade)
    if known is Grade.EXACT_STATE_AGREES:
        return _badge(Badge(_capitalised(known.label), "plain"))
    return _badge(Badge(_capitalised(known.label), "plain-warning", "approximate"))


def _capitalised(label: str) -> str:
    return label[:1].upper() + label[1:]


@register.simple_tag
def priority(value: str) -> SafeString:
    """Return the priority of an alert or entry: ``high``, ``normal`` or ``low``."""
    return _badge(_PRIORITIES[value])


_PRIORITIES: Final = {
    "high": Badge("High", "danger", "bell"),
    "normal": Badge("Normal", "plain-soft"),
    "low": Badge("Low", "quiet"),
}


@register.simple_tag
def clause(clause_id: str) -> SafeString:
    """Return the id of a clause of the policy, set apart from running text."""
    return format_html('<span class="clause">{}</span>', clause_id)


@register.simple_tag
def plate(
    text: str, state: str | None = None, confidences: Sequence[float] | None = None, size: str = ""
) -> SafeString:
    """Return *text* as a licence plate.

    Args:
        text: Plate as it is to be shown.
        state: Postal code; empty means that the state is unknown, which is said; None leaves it out.
        confidences: Of each letter or digit, 0-1; doubtful ones are marked, and named in words.
        size: ``large`` or empty.
    """
    characters = _with_confidence(text, confidences or ())
    doubts = _doubts(characters)
    note = format_html('<span class="{}">{}</span>', "plate-note" if size else "visually-hidden", doubts)
    return format_html(
        '<span class="plate{}">{}<span class="plate-text">{}</span></span>{}',
        format_html(" plate-{}", size) if size else "",
        _state_band(state),
        format_html_join("", "{}", ((_character(*pair),) for pair in characters)),
        note if doubts else "",
    )


def _state_band(state: str | None) -> SafeString:
    if state is None:
        return SafeString("")
    if not state:
        return format_html(
            '<span class="plate-state" title="{0}"><span aria-hidden="true">?</span>'
            '<span class="visually-hidden">{0}</span></span>',
            "State unknown",
        )
    return format_html('<span class="plate-state">{}</span>', state)


def _with_confidence(text: str, confidences: Sequence[float]) -> list[tuple[str, float]]:
    known = iter(confidences)
    return [(char, next(known, 1.0) if char.isalnum() else 1.0) for char in text]


def _character(char: str, confidence: float) -> str:
    if confidence >= SURE:
        return char
    mark = "fair" if confidence >= FAIR else "unsure"
    return format_html(
        '<span class="plate-char-{}" title="{} %">{}</span>', mark, round(100 * confidence), char
    )


def _doubts(characters: Iterable[tuple[str, float]]) -> str:
    doubtful = [
        f"{ordinal(place)} character {char} ({round(100 * confidence)} %)"
        for place, (char, confidence) in enumerate(characters, start=1)
        if confidence < SURE
    ]
    return f"Doubtful: {', '.join(doubtful)}" if doubtful else ""


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime | None, form: str = "full", missing: str = "never") -> SafeString:
    """Return *moment* in the agency's time zone, with how long ago it was in the title.

    Args:
        context: Holds `console`, which knows the zone and the present moment.
        moment: Aware; None shows *missing*.
        form: ``full`` (date, time, zone), ``time`` or ``day``.
        missing: What is shown for None.
    """
    if moment is None:
        return format_html('<span class="soft">{}</span>', missing)
    console = context.get("console")
    local = moment.astimezone(console.time_zone if console else ZoneInfo("UTC"))
    return format_html(
        '<time class="nowrap" datetime="{}" title="{}">{}</time>',
        moment.astimezone(UTC).isoformat(timespec="milliseconds"),
        relative(moment, now=console.now) if console else "",
        local.strftime(_TIME_FORMATS[form]),
    )


@register.inclusion_tag("console/refusal.html")
def refusal(decision: Decision, title: str = "Refused", entry: int | None = None) -> dict[str, Any]:
    """Render why *decision* refused, by which clause, and the remedy; *entry* is its ledger entry."""
    return {"decision": decision, "title": title, "entry": entry}


@register.inclusion_tag("console/field.html")
def field(bound: BoundField, style: str = "") -> dict[str, Any]:
    """Render one form field with label, help and errors; *style* adds a class, e.g. ``choices-inline``."""
    is_tick = isinstance(bound.field.widget, CheckboxInput)
    return {"field": bound, "errors": _messages(bound), "style": style, "is_tick": is_tick}


def _messages(bound: BoundField) -> list[str]:
    """Return what is wrong with a field; a missing value is told with what to do about it."""
    remedy = "choose one" if isinstance(bound.field, ChoiceField) else "fill it in"
    return [
        f"Missing: {remedy}." if error.code == "required" else message
        for error in bound.errors.as_data()
        for message in error.messages
    ]


@register.inclusion_tag("console/form_errors.html")
def form_errors(form: BaseForm, title: str = "Nothing was saved") -> dict[str, Any]:
    """Render what is wrong with *form*: each error names its field, links to it, and says the remedy."""
    fields = [(bound, _messages(bound)) for bound in form if bound.errors]
    return {"title": title, "general": form.non_field_errors(), "fields": fields}


@register.inclusion_tag("console/fact.html")
def fact(term: str, value: object, missing: str = "not given") -> dict[str, Any]:
    """Render one line of a `<dl class="facts">`; an empty *value* says *missing*."""
    return {"term": term, "value": value, "missing": missing}


@register.inclusion_tag("console/comparison.html")
def comparison(compared: Mapping[str, Any]) -> dict[str, Any]:
    """Render a read against an entry, character by character, from a hit's `comparison`."""
    return {"places": [compared_place(place) for place in compared["characters"]]}


@register.inclusion_tag("console/picture.html")
def picture(uri: str, caption: str, alt: str, kind: str = "") -> dict[str, Any]:
    """Render a picture from a data *uri*; without one its place says so. *kind* is ``plate`` or empty."""
    return {"uri": uri, "caption": caption, "alt": alt, "kind": kind}


@register.inclusion_tag("console/metric.html")
def metric(label: str, value: object, note: str = "", tone: str = "") -> dict[str, Any]:
    """Render one tile of a `<dl class="metrics">`."""
    return {"label": label, "value": value, "note": note, "tone": tone}


@register.inclusion_tag("console/timeline.html", takes_context=True)
def timeline(context: Context, events: Iterable[Any]) -> dict[str, Any]:
    """Render *events* in order; each has `at`, `title`, and optionally `detail` and `tone`."""
    return {"console": context.get("console"), "events": events}


@register.inclusion_tag("console/empty.html")
def empty(title: str, text: str = "", symbol: str = "check") -> dict[str, Any]:
    """Render that there is nothing to show, and what that means."""
    return {"title": title, "text": text, "symbol": symbol}


@register.inclusion_tag("console/note.html")
def note(text: str, tone: str = "notice", title: str = "") -> dict[str, Any]:
    """Render a message; *tone* is notice, danger, warning or good."""
    return {"text": text, "tone": tone, "title": title, "symbol": _TONE_ICONS[tone]}


@register.inclusion_tag("console/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], things: str = "entries") -> dict[str, Any]:
    """Render where *page* is among its pages, keeping the other parts of the address."""
    return {"request": context["request"], "page": page, "things": things}


@register.filter
def note_tone(level: str) -> str:
    """Return the tone of a note for the level of a Django message."""
    return _MESSAGE_TONES.get(level, "notice")
