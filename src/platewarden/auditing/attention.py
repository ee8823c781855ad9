"""Signals about whose vehicle was looked for: again and again, by many, a colleague's, or one that does not exist."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from platewarden.auditing.facts import QueryFact, Window
from platewarden.auditing.signals import Signal, SignalKind, plural, signal
from platewarden.policy.parameters import Parameters

FOLLOWED_FACTOR = 3
"""How many times as much is needed where something followed: a record that others see explains a good deal."""


def of_attention(window: Window, parameters: Parameters) -> Iterator[Signal]:
    """Yield the signals of this module."""
    yield from _repeated(window, parameters)
    yield from _crowds(window, parameters)
    yield from _declared(window)
    yield from _canaries(window)


def crosses(before: int, now: int, least: int) -> bool:
    """Whether a count passed *least*, or a doubling of it, between two moments: the same is not shown every week."""
    step = least
    while step <= now:
        if before < step:
            return True
        step *= 2
    return False


def share_of_chance(parameters: Parameters) -> float:
    """Return the share of signals by comparison that may be chance alone."""
    return parameters.integer("audit.false_discovery_percent") / 100


def by_key(queries: Iterable[QueryFact], *fields: str) -> dict[tuple[str, ...], list[QueryFact]]:
    """Return *queries* by the values of *fields*, each group oldest first; those with an empty value are left out."""
    groups: dict[tuple[str, ...], list[QueryFact]] = defaultdict(list)
    for query in sorted(queries, key=lambda one: one.entry):
        key = tuple(str(getattr(query, field)) for field in fields)
        if all(key):
            groups[key].append(query)
    return groups


def before(window: Window, rows: Iterable[QueryFact]) -> list[QueryFact]:
    """Return those of *rows* that were made before the searches under review."""
    return [row for row in rows if row.asked_at < window.focus_from]


def tallies(some: Iterable[QueryFact], of: Iterable[QueryFact]) -> dict[str, tuple[int, int]]:
    """Return by person how many of *some* they made, out of how many *of* all."""
    counts, wholes = (Counter(row.asked_by for row in rows) for rows in (some, of))
    return {person: (counts[person], whole) for person, whole in wholes.items()}


def is_unfollowed(rows: Sequence[QueryFact]) -> bool:
    """Whether nothing at all followed any of *rows*."""
    return not any(row.is_followed for row in rows)


def _repeated(window: Window, parameters: Parameters) -> Iterator[Signal]:
    least = parameters.integer("audit.repeat_searches")
    least_days = parameters.integer("audit.repeat_days")
    for (person, _), rows in by_key(window.queries, "asked_by", "vehicle").items():
        days = {row.asked_at.astimezone(window.zone).date() for row in rows}
        nothing = is_unfollowed(rows)
        needed = least if nothing else least * FOLLOWED_FACTOR
        earlier = sum(row.asked_at < window.focus_from for row in rows)
        if len(days) < least_days or not crosses(earlier, len(rows), needed):
            continue
        cases = len({row.case_number for row in rows})
        words = (
            f"One vehicle was searched {len(rows)} times on {plural(len(days), 'day')} within {window.days} days, "
            f"under {plural(cases, 'case number')}. "
            + ("Nothing" if nothing else "Something")
            + f" was recorded under {'it' if cases == 1 else 'them'}."
        )
        yield signal(SignalKind.REPEATED, person, rows, words, strength=len(rows) / needed)


def _crowds(window: Window, parameters: Parameters) -> Iterator[Signal]:
    least = parameters.integer("audit.crowd_people")
    for rows in by_key(window.queries, "vehicle").values():
        people = {row.asked_by for row in rows}
        earlier = {row.asked_by for row in rows if row.asked_at < window.focus_from}
        cases = {row.case_number for row in rows}
        if len(cases) * 2 < len(people) or not crosses(len(earlier), len(people), least):
            continue
        words = (
            f"{len(people)} people searched one vehicle within {window.days} days, under "
            f"{plural(len(cases), 'case number')}; these are the searches of one of them."
        )
        for person in sorted(people):
            own = [row for row in rows if row.asked_by == person]
            if own[-1].asked_at >= window.focus_from:
                yield signal(SignalKind.CROWD, person, own, words, strength=len(people) / least)


def _declared(window: Window) -> Iterator[Signal]:
    found = [query for query in window.focused if query.declared_by]
    for (person, owner), rows in by_key(found, "asked_by", "declared_by").items():
        whose = "themselves or their household" if person == owner else "a colleague or their household"
        words = f"The plate is declared by {whose}; searched {plural(len(rows), 'time')}."
        yield signal(SignalKind.DECLARED, person, rows, words, strength=len(rows))


def _canaries(window: Window) -> Iterator[Signal]:
    found = [query for query in window.focused if query.is_canary]
    for (person,), rows in by_key(found, "asked_by").items():
        words = (
            f"A plate that was planted, and that no vehicle has, was searched {plural(len(rows), 'time')}."
        )
        yield signal(SignalKind.CANARY, person, rows, words, strength=len(rows))
