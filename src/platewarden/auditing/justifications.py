"""Signals about why people say they search: one case number for everything, the same words, words that say little."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from platewarden.auditing.attention import (
    FOLLOWED_FACTOR,
    before,
    by_key,
    crosses,
    is_unfollowed,
    share_of_chance,
    tallies,
)
from platewarden.auditing.facts import QueryFact, Window
from platewarden.auditing.signals import Signal, SignalKind, plural, signal
from platewarden.auditing.statistics import newly_beyond
from platewarden.policy.parameters import Parameters
from platewarden.policy.reasons import own_words
from platewarden.policy.use import review_reason

_BODIES: Final = re.compile(
    r"\b(?:(?:FBI|DEA|ATF|HSI|ICE|CBP|USMS|USBP|DHS|TSA|CID|NYPD|NYSP)\b"
    r"|(?i:federal|fed(?:eral)? partners?|feds|homeland|marshals?|out[- ]of[- ]state|other agenc(?:y|ies)|"
    r"another agency|outside agency|partner agency|state police|troopers?|police department|[A-Z]\w+ PD|"
    r"task ?force|private investigator|insurance|repo(?:ssession)?|bail bonds?(?:man)?)\b)"
)
"""Words that name somebody outside the agency for whom a search may be made; coarse, as all words are."""


def of_justifications(window: Window, parameters: Parameters) -> Iterator[Signal]:
    """Yield the signals of this module."""
    yield from _reused_cases(window, parameters)
    yield from _same_reasons(window, parameters)
    yield from _thin_reasons(window, parameters)
    yield from _grounds(window)
    yield from _other_bodies(window)


def names_other_body(text: str) -> bool:
    """Whether *text* names somebody outside the agency for whom a search may be made."""
    return _BODIES.search(text) is not None


def _reused_cases(window: Window, parameters: Parameters) -> Iterator[Signal]:
    many, people_needed = (parameters.integer(f"audit.{name}") for name in ("case_vehicles", "case_people"))
    for (case,), rows in by_key(window.queries, "case_number").items():
        earlier = [row for row in rows if row.asked_at < window.focus_from]
        needed = many if is_unfollowed(rows) else many * FOLLOWED_FACTOR
        by_vehicle = crosses(len(_vehicles(earlier)), len(_vehicles(rows)), needed)
        by_people = is_unfollowed(rows) and crosses(_apart(earlier), _apart(rows), people_needed)
        if not (by_vehicle or by_people):
            continue
        followed = "nothing was" if is_unfollowed(rows) else "something was"
        words = (
            f"{plural(len(_vehicles(rows)), 'vehicle')} searched under case number {case} by "
            f"{plural(len({row.asked_by for row in rows}), 'person', 'people')} within {window.days} days; "
            f"{followed} recorded under it."
        )
        person, _ = Counter(row.asked_by for row in rows).most_common(1)[0]
        yield signal(SignalKind.CASE_REUSED, person, rows, words, strength=len(_vehicles(rows)) / needed)


def _vehicles(rows: list[QueryFact]) -> set[str]:
    return {row.vehicle for row in rows if row.vehicle}


def _apart(rows: list[QueryFact]) -> int:
    """Return how many people of *rows* searched vehicles that none of the others did."""
    by_person = {person: _vehicles(own) for (person,), own in by_key(rows, "asked_by").items()}
    return sum(
        bool(own) and all(own.isdisjoint(theirs) for other, theirs in by_person.items() if other != person)
        for person, own in by_person.items()
    )


def _same_reasons(window: Window, parameters: Parameters) -> Iterator[Signal]:
    least, most = parameters.integer("audit.same_reason"), parameters.integer("audit.thin_words")
    groups: dict[tuple[str, str], list[QueryFact]] = {}
    for query in sorted(window.queries, key=lambda one: one.entry):
        if len(own_words(query.reason)) <= most:
            continue  # the same few words are few words: another signal's matter
        groups.setdefault((query.asked_by, " ".join(query.reason.casefold().split())), []).append(query)
    for (person, _), rows in groups.items():
        cases = len({row.case_number for row in rows})
        earlier = len({row.case_number for row in rows if row.asked_at < window.focus_from})
        if crosses(earlier, cases, least):
            words = (
                f"The same reason, word for word, was given for {plural(cases, 'case number')} and "
                f"{plural(len(_vehicles(rows)), 'vehicle')} within {window.days} days."
            )
            yield signal(SignalKind.SAME_REASON, person, rows, words, strength=cases / least)


def _thin_reasons(window: Window, parameters: Parameters) -> Iterator[Signal]:
    most = parameters.integer("audit.thin_words")
    thin = [row for row in window.queries if len(own_words(row.reason)) <= most]
    found = newly_beyond(
        tallies(before(window, thin), before(window, window.queries)),
        tallies(thin, window.queries),
        least=parameters.integer("audit.thin_reasons"),
        share=share_of_chance(parameters),
    )
    for person, one in found.items():
        words = (
            f"Of {plural(one.trials, 'reason')} within {window.days} days, {one.successes} have at most "
            f"{plural(most, 'word')} of their own; among everybody else {one.rate:.0%} have."
        )
        rows = [row for row in thin if row.asked_by == person]
        yield signal(SignalKind.THIN_REASONS, person, rows, words, strength=1 - one.chance)


def _grounds(window: Window) -> Iterator[Signal]:
    for row in window.focused:
        if grounds := review_reason(row.reason).grounds:
            words = f"The reason names a protected ground: {', '.join(grounds)}."
            yield signal(SignalKind.GROUND, row.asked_by, [row], words)


def _other_bodies(window: Window) -> Iterator[Signal]:
    found = [
        row for row in window.focused if names_other_body(row.reason) or names_other_body(row.requested_by)
    ]
    for (person,), rows in by_key(found, "asked_by").items():
        words = (
            f"The reason of {plural(len(rows), 'search', 'searches')}, or who it was made for, names somebody "
            "outside the agency."
        )
        yield signal(SignalKind.OTHER_BODY, person, rows, words, strength=len(rows))
