"""The figures of a report, from its material alone: what is frozen, shown as a page, and set as a PDF.

Rows that the summary points to have a name of their own, e.g. ``S1``; the PDF and the page lead there.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from platewarden.auditing.signals import Signal
from platewarden.evaluation.shares import Share
from platewarden.halfyears.material import Material, Person, Reviewed, Search
from platewarden.halfyears.weighing import in_order
from platewarden.policy.teams import peers_of
from platewarden.policy.use import Purpose

Figures = dict[str, Any]
"""JSON: what a report says, each row ready to be shown."""

MOST_ENTRIES: Final = 12
"""How many entries a row names; the ledger's page finds the others by person and day."""
MOST_VEHICLES: Final = 12
LEAST_REPEATED: Final = 3
"""From how many searches of one vehicle on it is listed among those with repeated attention."""


def figures_of(material: Material) -> Figures:
    """Return everything that the report on *material* says, but for its summary.

    > AUD-3: The audit reports use by purpose, area and time, stops that followed false hits, and repeated attention
    > to one vehicle, so that partial or biased enforcement is noticed.
    """
    facts = [search.fact for search in material.searches]
    entries = sorted(fact.entry for fact in facts)
    hours = [fact.asked_at.astimezone(material.zone) for fact in facts]
    return {
        "period": material.period.name,
        "is_invented": material.is_invented,
        "counted": {
            "searches": len(facts),
            "on_ledger": material.on_ledger,
            "first": entries[0] if entries else None,
            "last": entries[-1] if entries else None,
        },
        "purposes": _purposes(material.searches),
        "areas": _areas(material.searches),
        "hours": [sum(moment.hour == hour for moment in hours) for hour in range(24)],
        "grid": [[sum((m.weekday(), m.hour) == (d, h) for m in hours) for h in range(24)] for d in range(7)],
        "weeks": _weeks(hours),
        "people": _people(material),
        "refused": _refused(material),
        "held": _held(material.searches),
        "signals": _signals(material),
        "reviews": [_review(place, review) for place, review in enumerate(material.reviews, 1)],
        "ends": _ends(material),
        "stops": _stops(material),
        "vehicles": _vehicles(material),
        "loads": [
            {
                "ref": f"L{place}",
                "name": load.name,
                "loads": load.loads,
                "longest": round(load.longest_hours, 1),
                "limit": round(load.limit_hours, 1),
                "is_stale": load.longest_hours > load.limit_hours,
            }
            for place, load in enumerate(material.loads, 1)
        ],
        "counts": [[label, count] for label, count in material.counts.items()],
        "open": [
            {"ref": f"O{place}", "what": one.what, "since": f"{one.since:%Y-%m-%d}", "where": one.where}
            for place, one in enumerate(material.open, 1)
        ],
        "subjects": sorted({fact.asked_by for fact in facts}),
    }


def share_of(part: int, whole: int) -> dict[str, Any]:
    """Return *part* of *whole* in words, with the interval that says how far so small a count can be trusted."""
    low, high = Share(part, whole).interval
    words = f"{100 * part / whole:.0f} %" if whole else "none"
    return {
        "part": part,
        "whole": whole,
        "percent": words,
        "interval": f"{100 * low:.0f} to {100 * high:.0f} %" if whole else "",
        "value": round(part / whole, 4) if whole else 0.0,
        "low": round(low, 4),
        "high": round(high, 4),
    }


def _purposes(searches: Sequence[Search]) -> list[dict[str, Any]]:
    counts = Counter(search.fact.purpose for search in searches)
    known = [purpose for purpose in Purpose if purpose.justifies_query]
    return [
        {"label": purpose.label, "code": purpose.value, **share_of(counts[purpose.value], len(searches))}
        for purpose in known
    ]


def _areas(searches: Sequence[Search]) -> list[dict[str, Any]]:
    """Count by place; a search of several places counts for each, so that the shares add up to more than the whole."""
    counts = Counter(place for search in searches for place in (search.places or ("All cameras",)))
    return [
        {"label": place, **share_of(count, len(searches))}
        for place, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _weeks(moments: Sequence[datetime]) -> list[list[Any]]:
    mondays = Counter(moment.date() - timedelta(days=moment.weekday()) for moment in moments)
    if not mondays:
        return []
    first, last = min(mondays), max(mondays)
    weeks = [first + timedelta(weeks=place) for place in range((last - first).days // 7 + 1)]
    return [[f"{monday:%Y-%m-%d}", mondays[monday]] for monday in weeks]


def _people(material: Material) -> list[dict[str, Any]]:
    asked = Counter(search.fact.asked_by for search in material.searches)
    held = Counter(search.fact.asked_by for search in material.searches if search.held_for)
    refused = Counter(refusal.person for refusal in material.refusals)
    vehicles: dict[str, set[str]] = defaultdict(set)
    for search in material.searches:
        vehicles[search.fact.asked_by].add(search.fact.vehicle)
    ordered = sorted(material.people.values(), key=lambda person: (-asked[person.id], person.name))
    return [
        {
            "ref": f"P{place}",
            "id": person.id,
            "name": person.name,
            "role": person.role,
            "searches": asked[person.id],
            "vehicles": len(vehicles[person.id] - {""}),
            "held": held[person.id],
            "refused": refused[person.id],
            **_beside(person, material.people, asked),
        }
        for place, person in enumerate(ordered, 1)
    ]


def _beside(person: Person, people: Mapping[str, Person], asked: Mapping[str, int]) -> dict[str, Any]:
    others = [
        asked.get(other.id, 0)
        for other in people.values()
        if other.role == person.role and other.id != person.id
    ]
    peers = peers_of(others)
    if peers is None:
        return {"peers": "too few to compare", "low": None, "middle": None, "high": None, "is_above": False}
    return {
        "peers": f"{peers.low} to {peers.high}, middle {peers.middle:g} ({peers.people})",
        "low": peers.low,
        "middle": peers.middle,
        "high": peers.high,
        "is_above": peers.is_exceeded_by(asked.get(person.id, 0)),
    }


def _refused(material: Material) -> list[dict[str, Any]]:
    by_clause = _grouped(material.refusals, lambda refusal: refusal.clause)
    ordered = sorted(by_clause.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        {
            "ref": f"R{place}",
            "clause": clause,
            "count": len(refusals),
            "people": len({refusal.person for refusal in refusals}),
            "entries": _entries(refusal.entry for refusal in refusals),
        }
        for place, (clause, refusals) in enumerate(ordered, 1)
    ]


def _held(searches: Sequence[Search]) -> list[list[Any]]:
    held = [search for search in searches if search.held_for]
    decided = Counter(search.decision or "lapsed or waiting" for search in held)
    return [["Put before a second person", len(held)], *([name, decided[name]] for name in sorted(decided))]


def _signals(material: Material) -> list[dict[str, Any]]:
    names = {
        person.id: f"{person.name}, {person.role}" if person.role else person.name
        for person in material.people.values()
    }
    return [
        {
            "ref": f"S{place}",
            "kind": signal.kind.value,
            "label": signal.kind.label,
            "caution": signal.kind.caution,
            "person": signal.person,
            "who": names.get(signal.person, f"account {signal.person}"),
            "words": signal.words,
            "searches": len(signal.entries),
            "entries": _entries(signal.entries),
            "reviewed": _looked_at(signal, material.looked_at),
        }
        for place, signal in enumerate(in_order(material.signals), 1)
    ]


def _looked_at(signal: Signal, looked_at: Mapping[int, str]) -> str:
    said = Counter(looked_at[entry] for entry in signal.entries if entry in looked_at)
    if not said:
        return "not in a weekly review"
    parts = [f"{count} {verdict}" for verdict, count in sorted(said.items())]
    return f"{', '.join(parts)}, of {len(signal.entries)}"


def _review(place: int, review: Reviewed) -> dict[str, Any]:
    if not review.is_opened:
        standing = "not begun"
    elif review.closed_at is None:
        standing = "open"
    else:
        standing = "late" if review.closed_at > review.due_at else "in time"
    return {
        "ref": f"W{place}",
        "week": review.week,
        "standing": standing,
        "closed": f"{review.closed_at:%Y-%m-%d}" if review.closed_at else "",
        "marks": [[verdict, count] for verdict, count in review.marks.items()],
        "waiting": review.waiting,
        "seed": review.seed,
        "seed_size": review.seed_size,
    }


def _ends(material: Material) -> dict[str, Any]:
    ended = list(material.ended)
    false = [alert for alert in ended if alert.finding.is_false_hit]
    stops = [alert for alert in ended if alert.action.touches_someone]
    findings = Counter(alert.finding.label for alert in ended)
    return {
        "false": share_of(len(false), len(ended)),
        "stops": share_of(len(stops), len(ended)),
        "false_among_stops": share_of(sum(alert.finding.is_false_hit for alert in stops), len(stops)),
        "findings": [[finding, count] for finding, count in findings.most_common()],
    }


def _stops(material: Material) -> list[dict[str, Any]]:
    """Return every stop, arrest or recovery on a hit that turned out false."""
    found = [alert for alert in material.ended if alert.finding.is_false_hit and alert.action.touches_someone]
    return [
        {
            "ref": f"F{place}",
            "alert": alert.number,
            "month": f"{alert.at:%Y-%m}",
            "category": alert.category.replace("_", " "),
            "finding": alert.finding.label,
            "action": alert.action.label,
            "basis": alert.basis.replace("_", " "),
        }
        for place, alert in enumerate(sorted(found, key=lambda alert: alert.number), 1)
    ]


def _vehicles(material: Material) -> list[dict[str, Any]]:
    """Return the vehicles searched most, each known by a name of this report's alone."""
    groups = _grouped(
        (search.fact for search in material.searches if search.fact.vehicle), lambda fact: fact.vehicle
    )
    repeated = [facts for facts in groups.values() if len(facts) >= LEAST_REPEATED]
    repeated.sort(key=lambda facts: (-len(facts), min(fact.entry for fact in facts)))
    return [
        {
            "ref": f"V{place}",
            "searches": len(facts),
            "people": len({fact.asked_by for fact in facts}),
            "days": len({fact.asked_at.astimezone(material.zone).date() for fact in facts}),
            "cases": len({fact.case_number for fact in facts} - {""}),
            "followed": "something" if any(fact.is_followed for fact in facts) else "nothing",
            "entries": _entries(fact.entry for fact in facts),
        }
        for place, facts in enumerate(repeated[:MOST_VEHICLES], 1)
    ]


def _entries(numbers: Iterable[int]) -> str:
    """Return the first of *numbers* in words, and how many there are besides."""
    ordered = sorted(numbers)
    more = f" and {len(ordered) - MOST_ENTRIES} more" if len(ordered) > MOST_ENTRIES else ""
    return ", ".join(str(number) for number in ordered[:MOST_ENTRIES]) + more


def _grouped(things: Iterable[Any], key: Callable[[Any], str]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return groups
