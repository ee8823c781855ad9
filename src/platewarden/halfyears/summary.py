"""The first page: what needs attention first, in words that a busy reader takes in within a minute; where to look."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from platewarden.auditing.signals import SignalKind
from platewarden.halfyears.figures import Figures
from platewarden.halfyears.weighing import LAST_TIER, TIERS

MOST_PEOPLE: Final = 2
"""How many people the first page names for each tier; the table of signals has the others."""
MOST_COUNTS: Final = 5


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that needs attention.

    Attributes:
        title: What it is, in a few words.
        words: What was found, in a sentence or two.
        refs: The rows to look at, the first one first.
    """

    title: str
    words: str
    refs: list[str] = field(default_factory=list)


def summary_of(figures: Figures) -> dict[str, Any]:
    """Return the first page: a sentence on the whole, then what needs attention, the most urgent first.

    > AUD-2: a written report goes to the Undersheriff
    """
    items = [
        *_people(figures["signals"]),
        *_stops(figures["stops"]),
        *_reviews(figures["reviews"]),
        *_open(figures["open"]),
        *_loads(figures["loads"]),
    ]
    return {"whole": _whole(figures), "items": [asdict(item) for item in items]}


def _whole(figures: Figures) -> str:
    counted, signals = figures["counted"], figures["signals"]
    people = len({signal["person"] for signal in signals})
    searches = f"All {counted['searches']:,} of {counted['on_ledger']:,} searches on the ledger were audited."
    if not signals:
        return f"{searches} Nothing stands out among them."
    return (
        f"{searches} {_count(len(signals), 'signal')} about {_count(people, 'person', 'people')}: each a reason to "
        "look, none of them a finding."
    )


def _people(signals: Sequence[dict[str, Any]]) -> list[Item]:
    """Name those whom the first kinds of signals point at most, then those whom the second do; once each."""
    named: list[str] = []
    items = []
    for tier in range(1, LAST_TIER):
        groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for signal in signals:
            if TIERS[SignalKind(signal["kind"])] == tier and signal["person"] not in named:
                groups[signal["person"]].append(signal)
        ranked = sorted(groups.values(), key=lambda own: -sum(signal["searches"] for signal in own))
        if tier > 1:  # of each kind whoever stands out most: two sorts of things tell more than one twice
            first = {own[0]["kind"]: own for own in reversed(ranked)}
            ranked = [own for own in ranked if first[own[0]["kind"]] is own]
        for own in ranked[:MOST_PEOPLE]:
            named.append(own[0]["person"])
            others = [signal for signal in signals if signal["person"] == own[0]["person"]]
            items.append(_person(own, others))
    return items


def _person(own: Sequence[dict[str, Any]], every: Sequence[dict[str, Any]]) -> Item:
    """Tell of the signals *own* of one tier, the one about most searches in words, and name the kinds of the others."""
    first = own[0]
    same = [signal for signal in own[1:] if signal["kind"] == first["kind"]]
    rest = list(dict.fromkeys(signal["label"] for signal in every if signal["kind"] != first["kind"]))
    words = first["words"]
    if same:
        further = ", ".join(str(signal["searches"]) for signal in same[:MOST_COUNTS])
        more = " and fewer" if len(same) > MOST_COUNTS else ""
        words += f" {_count(len(same), 'more signal')} of this kind ({further}{more} searches)."
    if rest:
        words += f" Also: {'; '.join(label[0].lower() + label[1:] for label in rest)}."
    return Item(f"{first['who']}: {first['label'].lower()}", words, [signal["ref"] for signal in own])


def _stops(stops: Sequence[dict[str, Any]]) -> list[Item]:
    if not stops:
        return []
    words = "The vehicle or its people were stopped or taken, and the hit turned out false afterwards."
    title = f"{_count(len(stops), 'stop')} followed false hits"
    return [Item(title, words, [stop["ref"] for stop in stops])]


def _reviews(reviews: Sequence[dict[str, Any]]) -> list[Item]:
    amiss = [review for review in reviews if review["standing"] != "in time"]
    if not amiss:
        return []
    kinds = {
        kind: sum(review["standing"] == kind for review in amiss) for kind in ("not begun", "open", "late")
    }
    words = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
    title = f"{_count(len(amiss), 'weekly review')} of {len(reviews)} not done in time"
    return [Item(title, f"{words[0].upper()}{words[1:]}.", [review["ref"] for review in amiss])]


def _open(things: Sequence[dict[str, Any]]) -> list[Item]:
    if not things:
        return []
    words = "Drawn up with these open; the conclusion says what is to become of them."
    return [Item(f"{_count(len(things), 'finding')} still open", words, [one["ref"] for one in things])]


def _loads(loads: Sequence[dict[str, Any]]) -> list[Item]:
    stale = [load for load in loads if load["is_stale"]]
    if not stale:
        return []
    worst = max(stale, key=lambda load: load["longest"])
    words = f"{worst['name']} went {worst['longest']:g} hours without a new version; {worst['limit']:g} are allowed."
    title = "A hotlist was past its age" if len(stale) == 1 else f"{len(stale)} hotlists were past their age"
    return [Item(title, words, [load["ref"] for load in stale])]


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
