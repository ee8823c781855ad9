"""How much misuse the signals of the weekly review find, beside two other ways of spending the same number of looks.

Half years of an invented agency, one a seed, with fifteen kinds of misuse in each (see
`platewarden.auditing.scenarios`), are reviewed week by week as the product does it. An item is right when at least
one of its searches is misuse; a scenario is found when an item is about one of its searches. Three others
try beside it:

- chance, items: as many searches drawn from the week as there are items;
- chance, searches: as many searches drawn as an auditor reads in those items;
- anomaly index: as many people as there are items, those whose week scores highest by the share of their searches
  outside their usual hours (the block that holds 85 per cent of their earlier ones) times the z-score of how many
  they made.

    python -m benchmarks.audit_signals [--seeds 20]
"""

import argparse
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from platewarden.auditing.facts import QueryFact, Window
from platewarden.auditing.finding import signals_of
from platewarden.auditing.habits import usual_hours
from platewarden.auditing.invented import History
from platewarden.auditing.scenarios import WEEKS, invented_history
from platewarden.auditing.signals import SignalKind
from platewarden.policy.parameters import Parameters, defaults

BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
LEAST_HISTORY = 4
WAYS = ("signals", "chance, items", "chance, searches", "anomaly index")


@dataclass
class Way:
    """One way of choosing what to look at: how many items it gave, how many were right, what they found and when."""

    items: int = 0
    right: int = 0
    rows: int = 0
    found: dict[str, int] = field(default_factory=dict)

    def look(self, history: History, week: int, entries: Iterable[int]) -> None:
        """Count one item about *entries*."""
        numbers = list(entries)
        scenarios = {history.queries[number].scenario for number in numbers} - {""}
        self.items += 1
        self.rows += len(numbers)
        self.right += bool(scenarios)
        for scenario in scenarios:
            self.found.setdefault(scenario, week)


@dataclass
class Run:
    """One half year: the three ways, the signals one by one, and when each scenario began."""

    history: History
    ways: dict[str, Way] = field(default_factory=lambda: {name: Way() for name in WAYS})
    kinds: dict[SignalKind, Way] = field(default_factory=lambda: defaultdict(Way))

    def began(self) -> dict[str, int]:
        """The week of the first search of each scenario."""
        first: dict[str, int] = {}
        for query in self.history.queries:
            if query.scenario:
                first.setdefault(query.scenario, (query.at - BEGINS).days // 7)
        return first


def review(seed: int, parameters: Parameters) -> Run:
    """Review the half year of *seed* week by week."""
    history = invented_history(seed=seed, begins_at=BEGINS)
    run, rng = Run(history), Random(seed)
    for week in range(WEEKS):
        monday = BEGINS + timedelta(weeks=week)
        ends = monday + timedelta(weeks=1)
        begins = max(BEGINS, ends - parameters.days("audit.lookback_days"))
        window = history.window(begins_at=begins, focus_from=monday, ends_at=ends)
        found = signals_of(window, parameters=parameters)
        for one in found:
            run.ways["signals"].look(history, week, one.entries)
            run.kinds[one.kind].look(history, week, one.entries)
        fresh = [query.entry for query in window.focused]
        for entry in rng.sample(fresh, min(len(found), len(fresh))):
            run.ways["chance, items"].look(history, week, [entry])
        read = len({entry for one in found for entry in one.entries} & set(fresh))
        for entry in rng.sample(fresh, read):
            run.ways["chance, searches"].look(history, week, [entry])
        whole = history.window(begins_at=BEGINS, focus_from=monday, ends_at=ends)
        for entries in by_anomaly(whole)[: len(found)]:
            run.ways["anomaly index"].look(history, week, entries)
    return run


def by_anomaly(window: Window) -> list[list[int]]:
    """Return the weeks of people by the index, the highest first; without history or anything outside there is none."""
    rows: dict[str, list[QueryFact]] = defaultdict(list)
    for query in window.queries:
        rows[query.asked_by].append(query)
    scored = []
    for own in rows.values():
        before = [row for row in own if row.asked_at < window.focus_from]
        fresh = own[len(before) :]
        counts = Counter((row.asked_at - window.begins_at).days // 7 for row in before)
        weeks = [counts[week] for week in range((window.focus_from - window.begins_at).days // 7)]
        if len(weeks) < LEAST_HISTORY or not before or not fresh:
            continue
        usual = usual_hours([row.asked_at.astimezone(window.zone).hour for row in before], 85)
        outside = sum(row.asked_at.astimezone(window.zone).hour not in usual for row in fresh) / len(fresh)
        z = (len(fresh) - statistics.mean(weeks)) / (statistics.pstdev(weeks) or 1.0)
        scored.append((outside * z, [row.entry for row in fresh]))
    return [entries for score, entries in sorted(scored, key=lambda one: -one[0]) if score > 0]


def main() -> None:
    """Print both tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=20)
    seeds = options.parse_args().seeds
    parameters = defaults(BEGINS)
    runs = [review(seed, parameters) for seed in range(1, seeds + 1)]
    searches = sum(len(run.history.queries) for run in runs)
    weeks = seeds * WEEKS
    print(f"{seeds} half years, {searches} searches, {searches / weeks:.0f} a week\n")
    _print_ways(runs, weeks)
    _print_scenarios(runs)
    _print_kinds(runs, weeks)


def _print_ways(runs: list[Run], weeks: int) -> None:
    print("| way | items a week | searches a week | precision |\n|---|---|---|---|")
    for name in WAYS:
        ways = [run.ways[name] for run in runs]
        items, right, rows = (sum(getattr(way, part) for way in ways) for part in ("items", "right", "rows"))
        print(
            f"| {name} | {items / weeks:.1f} | {rows / weeks:.0f} | {right / items:.2f} ({right} of {items}) |"
        )
    print()


def _print_scenarios(runs: list[Run]) -> None:
    print(
        "| scenario | searches | signals | after weeks | chance, items | chance, searches | anomaly index |"
        "\n|---|---|---|---|---|---|---|"
    )
    for scenario in sorted({name for run in runs for name in run.began()}):
        having = [run for run in runs if scenario in run.began()]
        size = statistics.mean(
            sum(query.scenario == scenario for query in run.history.queries) for run in having
        )
        found = {name: [run for run in having if scenario in run.ways[name].found] for name in WAYS}
        waits = [run.ways["signals"].found[scenario] - run.began()[scenario] for run in found["signals"]]
        wait = f"{statistics.median(waits):g}" if waits else ""
        shares = [f"{len(found[name]) / len(having):.2f}" for name in WAYS]
        print(f"| {scenario} | {size:.0f} | {shares[0]} | {wait} | {shares[1]} | {shares[2]} | {shares[3]} |")
    print()


def _print_kinds(runs: list[Run], weeks: int) -> None:
    print("| signal | items a week | precision | scenarios found |\n|---|---|---|---|")
    for kind in SignalKind:
        ways = [run.kinds[kind] for run in runs if kind in run.kinds]
        items, right = sum(way.items for way in ways), sum(way.right for way in ways)
        if items:
            names = Counter(name for way in ways for name in way.found)
            told = ", ".join(f"{name} {count}" for name, count in names.most_common(4))
            print(
                f"| {kind.label} | {items / weeks:.2f} | {right / items:.2f} ({right} of {items}) | {told} |"
            )


if __name__ == "__main__":
    main()
