"""The sample: the same for everybody, chosen by nobody."""

import hashlib
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from platewarden.auditing.drawing import draw, sample_size, ticket
from platewarden.auditing.ledgerfile import LedgerFileError, read_week
from platewarden.auditing.weeks import Week
from platewarden.cli import main
from platewarden.ledger.checkpoint import Note, SignerKey, TreeHead
from platewarden.ledger.leaf import leaf_bytes
from platewarden.policy.location import policy_folder
from platewarden.policy.parameters import Parameters

pytestmark = pytest.mark.clause("AUD-1")

PAGE = (policy_folder().parent / "docs/reference/audit-sample.md").read_text(encoding="utf-8")
SEED = bytes.fromhex("465f857f5ee3e2b6c2e394f2a34aff751e9320636b5f72fb724beb78b05a1d19")
SEEDS = st.binary(min_size=32, max_size=32)
ENTRIES = st.sets(st.integers(0, 2**40), max_size=60)
WEEK = Week.parse("2026-W47")


def test_the_worked_example_is_what_the_program_does() -> None:
    """Seed, tickets and the drawn numbers on the page of the reference."""
    assert hashlib.sha256(b"platewarden audit sample: worked example").digest() == SEED
    rows = re.findall(r"^\| (\d+) \| `([0-9a-f]{64})` \|$", PAGE, re.MULTILINE)
    assert len(rows) == 5
    assert all(ticket(SEED, int(number)).hex() == told for number, told in rows)
    told = re.search(r"in this order: ([\d, ]+)\.", PAGE)
    assert told
    assert draw(SEED, range(100, 130), 5) == [int(number) for number in told[1].split(", ")]


def test_the_page_s_own_lines_of_python_draw_the_same() -> None:
    """Whoever types them off the page needs nothing of ours."""
    lines = PAGE.partition("Five lines of Python")[2].split("\n\n")[1]
    script = "\n".join(line[4:] for line in lines.splitlines())
    numbers = [str(number) for number in range(100, 130)]
    asked = [sys.executable, "-c", script, SEED.hex(), "5", *numbers]
    assert subprocess.run(asked, capture_output=True, check=True, text=True).stdout.split() == [
        "102",
        "113",
        "119",
        "114",
        "124",
    ]


@given(SEEDS, ENTRIES, st.integers(0, 70), st.randoms())
def test_the_order_of_the_searches_changes_nothing(
    seed: bytes, entries: set[int], count: int, rng: Random
) -> None:
    """However they come, and however often each is named."""
    shuffled = [*entries, *entries]
    rng.shuffle(shuffled)
    assert draw(seed, shuffled, count) == draw(seed, sorted(entries), count)


@given(SEEDS, ENTRIES, st.integers(0, 70), st.integers(0, 70))
def test_a_larger_sample_holds_the_smaller(seed: bytes, entries: set[int], one: int, other: int) -> None:
    """Drawing more adds; it takes nothing away."""
    less, more = sorted((one, other))
    assert draw(seed, entries, more)[:less] == draw(seed, entries, less)[:less]


@given(SEEDS, ENTRIES, st.integers(0, 2**40), st.integers(1, 30))
def test_one_search_more_changes_one_place_at_most(
    seed: bytes, entries: set[int], added: int, count: int
) -> None:
    """It comes in and pushes the last out, or it does not come in."""
    entries -= {added}
    before, after = draw(seed, entries, count), draw(seed, entries | {added}, count)
    stayed = [entry for entry in after if entry != added]
    assert stayed == before[: len(stayed)]
    assert len(before) - len(stayed) <= 1


def test_every_search_is_as_likely_as_the_next() -> None:
    """Over two thousand seeds each of forty searches is drawn about a quarter of the time (within five deviations)."""
    drawn = [0] * 40
    for number in range(2000):
        seed = hashlib.sha256(number.to_bytes(4, "big")).digest()
        for entry in draw(seed, range(40), 10):
            drawn[entry] += 1
    deviation = (2000 * 0.25 * 0.75) ** 0.5
    assert all(abs(count - 500) < 5 * deviation for count in drawn)


@given(population=st.integers(0, 5000))
def test_one_in_ten_is_drawn_and_never_too_few_or_too_many(population: int, parameters: Parameters) -> None:
    """Rounded up, at least ten or all there are, at most sixty."""
    size = sample_size(population, parameters=parameters)
    assert size == min(population, 60, max(10, -(-population // 10)))


def test_a_seed_of_another_length_draws_nothing() -> None:
    """A root hash has 32 bytes."""
    with pytest.raises(ValueError, match="32 bytes"):
        ticket(b"short", 1)


def test_a_week_runs_from_monday_to_monday() -> None:
    """By UTC, named as ISO 8601 names it, also over the year's end."""
    assert (WEEK.begins_at, WEEK.ends_at) == (
        datetime(2026, 11, 16, tzinfo=UTC),
        datetime(2026, 11, 23, tzinfo=UTC),
    )
    assert Week.of(WEEK.ends_at - timedelta(microseconds=1)) == WEEK
    assert Week.of(WEEK.ends_at) == WEEK.next
    assert Week.parse("2026-W53").next.name == "2027-W01"
    for wrong in ("2026-W54", "2026-47", "W47"):
        with pytest.raises(ValueError, match="week"):
            Week.parse(wrong)


KEY = SignerKey.generate("test.invalid/ledger")


def a_copy(checkpoints: dict[int, bytes]) -> list[str]:
    """Lines of a copy of a ledger: three searches in the week, one before, one after, checkpoints where told."""
    lines = [json.dumps({"format": "platewarden ledger export 1"})]
    made = [
        (timedelta(hours=-1), "query.asked"),
        (timedelta(0), "query.asked"),
        (timedelta(days=3), "query.held"),
        (timedelta(days=3), "query.answered"),
        (timedelta(days=7, microseconds=-1), "query.asked"),
        (timedelta(days=7), "checkpoint.signed"),
        (timedelta(days=8), "query.asked"),
    ]
    for seq, (after, kind) in enumerate(made):
        leaf = leaf_bytes(seq, WEEK.begins_at + after, kind, bytes(32)).decode()
        lines.append(json.dumps({"seq": seq, "leaf": leaf}))
        if seq + 1 in checkpoints:
            head = TreeHead(KEY.name, seq + 1, checkpoints[seq + 1])
            lines.append(json.dumps({"checkpoint": Note.sign(head.text, KEY).encode()}))
    return lines


def test_seed_and_searches_are_read_off_a_copy_of_the_ledger() -> None:
    """The first checkpoint that covers an entry after the week, not one before it and not a later one."""
    found = read_week(a_copy({5: b"e" * 32, 6: b"f" * 32, 7: b"g" * 32}), WEEK)
    assert (found.entries, found.checkpoint, found.seed) == ([1, 2, 4], 6, b"f" * 32)


def test_a_copy_that_ends_too_early_has_no_seed() -> None:
    """A checkpoint that covers nothing after the week is none."""
    with pytest.raises(LedgerFileError, match="take a later copy"):
        read_week(a_copy({5: b"e" * 32}), WEEK)
    with pytest.raises(LedgerFileError, match="no JSON"):
        read_week(["What is this?"], WEEK)
    with pytest.raises(LedgerFileError, match="no leaf"):
        read_week([json.dumps({"seq": 0, "leaf": "something"})], WEEK)


def test_the_command_draws_from_a_copy_and_from_a_seed(tmp_path: Path) -> None:
    """Both ways print the same numbers; half of each way is refused."""
    ledger, numbers = tmp_path / "copy.ledger", tmp_path / "numbers"
    ledger.write_text("\n".join(a_copy({6: SEED})))
    numbers.write_text("1\n2\n4\n")
    run = CliRunner().invoke
    one = run(main, ["audit", "draw", "--ledger", str(ledger), "--week", "2026-W47", "--count", "2"])
    other = run(main, ["audit", "draw", "--seed", SEED.hex(), "--entries", str(numbers), "--count", "2"])
    assert one.stdout.split() == other.stdout.split() == [str(entry) for entry in draw(SEED, [1, 2, 4], 2)]
    assert "3 searches" in one.stderr
    for half in (["--ledger", str(ledger)], ["--seed", "00", "--entries", str(numbers)], ["--seed", "zz"]):
        assert run(main, ["audit", "draw", *half, "--count", "2"]).exit_code != 0
