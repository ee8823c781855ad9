"""The portal's page in one language: words, figures and drawings, ready for the template."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from platewarden.policy.clauses import Progress
from platewarden.transparency.charts import Chart, bars, shares
from platewarden.transparency.measuring import STEPS
from platewarden.transparency.publication import VERSION, Publication
from platewarden.transparency.texts import LANGUAGES, texts


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by month: `heads` name the columns, each row is a month's name and its cells."""

    heads: list[str]
    rows: list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One drawing with its table.

    Attributes:
        key: Part of the addresses within the page.
        title: Its heading.
        explained: What it counts, in a sentence or two.
        chart: The drawing; None where the table says it better.
        table: The same in figures.
    """

    key: str
    title: str
    explained: str
    chart: Chart | None
    table: Table


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the template shows."""

    language: str
    others: list[tuple[str, str, str]]
    t: dict[str, Any]
    facts: dict[str, Any]
    measured: str
    version: str
    cameras: list[tuple[str, int]]
    tiles: list[tuple[str, str, str]]
    figures: list[Figure]
    latest: str
    duties: list[tuple[dict[str, Any], str, str]]
    oversight: list[tuple[str, str, str]]
    agreements: list[tuple[str, str, str]]
    policy: list[tuple[str, list[dict[str, str]]]]
    standing: list[tuple[str, int]]


def page_of(publication: Publication, language: str) -> Page:
    """Return the page that shows *publication* in *language*."""
    t, facts, months = texts(language), publication.facts, publication.months
    latest = months[-1] if months else None
    return Page(
        language=language,
        others=[
            (code, texts(code)["name"], reverse(f"transparency:portal_{code}"))
            for code in LANGUAGES
            if code != language
        ],
        t=t,
        facts=facts,
        measured=_measured(publication.measured_at, t),
        version=VERSION,
        cameras=[(t["camera_kinds"][kind], count) for kind, count in facts["cameras"]["by_kind"].items()],
        tiles=_tiles(latest, t) if latest else [],
        figures=_figures(months, t) if months else [],
        latest=_month_name(latest["month"], t) if latest else "",
        duties=[
            (duty, t["duties"].get(duty["name"], duty["clause"]), _duty_words(duty, t))
            for duty in facts["duties"]
        ],
        oversight=_oversight(facts["oversight"], t) if "oversight" in facts else [],
        agreements=_agreements(facts.get("oversight", {}), t),
        policy=_by_chapter(facts["policy"]),
        standing=_standing(facts["policy"], t),
    )


def _tiles(month: dict[str, Any], t: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (t["tile_reads"], _count(month["reads"], t), ""),
        (t["tile_hits"], _count(month["hits"]["raised"], t), ""),
        (t["tile_verified"], *_share(month["verified_share"], t)),
        (t["tile_false"], *_share(month["false_hit_rate"], t)),
        (t["tile_searches"], _count(month["searches"]["total"], t), ""),
        (t["tile_refusals"], _count(month["refusals"]["total"], t), ""),
    ]


def _figures(months: list[dict[str, Any]], t: dict[str, Any]) -> list[Figure]:
    purposes = list(months[-1]["searches"]["by_purpose"])
    chapters = list(months[-1]["refusals"]["by_chapter"])
    reads = [(month, [month["reads"]]) for month in months]
    hits = [(month, [month["hits"][step] for step in STEPS]) for month in months]
    searches = [
        (month, [month["searches"]["total"], *(month["searches"]["by_purpose"].get(p, 0) for p in purposes)])
        for month in months
    ]
    refusals = [
        (month, [month["refusals"]["total"], *(month["refusals"]["by_chapter"].get(c, 0) for c in chapters)])
        for month in months
    ]
    return [
        _figure("reads", bars(months, lambda month: month["reads"]), [t["tile_reads"]], reads, t),
        _figure("hits", bars(months, lambda month: month["hits"]["raised"]), [t[s] for s in STEPS], hits, t),
        _rates(months, t),
        _figure(
            "searches",
            bars(months, lambda month: month["searches"]["total"]),
            [t["total"], *(t["purposes"][purpose] for purpose in purposes)],
            searches,
            t,
        ),
        _figure(
            "refusals",
            bars(months, lambda month: month["refusals"]["total"]),
            [t["total"], *(t["chapters"].get(chapter, chapter) for chapter in chapters)],
            refusals,
            t,
        ),
    ]


def _figure(
    key: str,
    chart: Chart,
    heads: list[str],
    rows: Iterable[tuple[dict[str, Any], list[int | None]]],
    t: dict[str, Any],
) -> Figure:
    cells = [
        (_month_name(month["month"], t), [_count(count, t) for count in counts]) for month, counts in rows
    ]
    return Figure(key, t[f"{key}_title"], t[f"{key}_explained"], chart, Table(heads, cells[::-1]))


def _rates(months: list[dict[str, Any]], t: dict[str, Any]) -> Figure:
    heads = [t["tile_verified"], t["interval"], t["tile_false"], t["interval"]]
    rows = [
        (
            _month_name(month["month"], t),
            [*_share(month["verified_share"], t), *_share(month["false_hit_rate"], t)],
        )
        for month in months
    ]
    chart = shares(months, "false_hit_rate")
    return Figure("rates", t["rates_title"], t["rates_explained"], chart, Table(heads, rows[::-1]))


def _count(count: int | None, t: dict[str, Any]) -> str:
    return str(t["withheld"]) if count is None else f"{count:,}"


def _share(share: dict[str, float] | None, t: dict[str, Any]) -> tuple[str, str]:
    if share is None:
        return t["not_told"], ""
    low, high = 100 * share["low"], 100 * share["high"]
    return f"{100 * share['share']:.1f} %", f"{low:.1f} - {high:.1f} %"


def _month_name(month: str, t: dict[str, Any]) -> str:
    year, number = month.split("-")
    return f"{t['months'][int(number) - 1]} {year}"


def _oversight(facts: dict[str, Any], t: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return what is told of sharing, audits, releases and requests: label, clause, sentence."""
    words = t["oversight"]
    lines = [
        (words["agreements"], "SHR-1", words["agreements_text"].format(**facts["agreements"])),
        (words["reviews"], "AUD-1", words["reviews_text"].format(**facts["reviews"])),
        (words["reports"], "AUD-2", words["reports_text"].format(**facts["reports"])),
    ]
    for name, clause in (("releases", "SHR-2"), ("records", "SHR-3")):
        if name in facts:  # a state measured before releases were told
            lines.append((words[name], clause, _of_quarter(facts[name], words[f"{name}_text"], t)))
    return lines


def _of_quarter(counts: dict[str, Any], text: str, t: dict[str, Any]) -> str:
    year, _, quarter = counts["quarter"].partition("-Q")
    shown = {name: _count(count, t) for name, count in counts.items() if name != "quarter"}
    return text.format(year=year, quarter=quarter, **shown)


def _agreements(facts: dict[str, Any], t: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return each agreement in force: with whom, for what, how it stands."""
    told = []
    for agreement in facts.get("agreements", {}).get("list", []):
        words = t["agreement_suspended"] if agreement["is_suspended"] else t["agreement_text"]
        days = {name: _day(agreement[name], t) for name in ("since", "until")}
        purposes = "; ".join(t["purposes"].get(code, code) for code in agreement["purposes"])
        told.append((agreement["agency"], purposes, words.format(**{**agreement, **days})))
    return told


def _duty_words(duty: dict[str, Any], t: dict[str, Any]) -> str:
    if not duty["is_built"]:
        return str(t["not_built"])
    done = t["done"].format(_day(duty["done"], t)) if duty["done"] else t["never_done"]
    due = t["due"].format(_day(duty["due"], t)) if duty["due"] else ""
    return f"{done} {due}".strip()


def _measured(at: str, t: dict[str, Any]) -> str:
    moment = datetime.fromisoformat(at)
    return str(t["measured"].format(day=_day(moment.date().isoformat(), t), time=f"{moment:%H:%M}"))


def _day(text: str, t: dict[str, Any]) -> str:
    day = date.fromisoformat(text)
    return str(t["day"].format(day=day.day, month=t["months"][day.month - 1], year=day.year))


def _by_chapter(policy: list[dict[str, str]]) -> list[tuple[str, list[dict[str, str]]]]:
    chapters: dict[str, list[dict[str, str]]] = {}
    for clause in policy:
        chapters.setdefault(clause["chapter"], []).append(clause)
    return list(chapters.items())


def _standing(policy: list[dict[str, str]], t: dict[str, Any]) -> list[tuple[str, int]]:
    return [
        (t["progress"][progress.value], sum(clause["progress"] == progress for clause in policy))
        for progress in Progress
    ]
