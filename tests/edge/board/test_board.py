"""The list on board of a car: what is found on it, and that a change of it is whole or not at all."""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platewarden.edge.board.coding import decode, encode
from platewarden.edge.board.entries import BoardEntry, BoardError
from platewarden.edge.board.matching import ANY_STATE, matches_on_board
from platewarden.edge.board.store import BLOCK, BoardStore, Removal
from platewarden.edge.vault import Vault
from platewarden.matching.edits import ALPHABET
from platewarden.matching.grades import Grade
from platewarden.matching.plates import skeleton
from platewarden.policy.hits import ReadFacts, weigh
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import Parameters, defaults
from tests.conftest import NOW

VAULT = Vault(bytes(range(32)))
PLATES = st.text(ALPHABET, min_size=1, max_size=10)
CLOSE = st.text("0ODQ1I8B5S2Z", min_size=1, max_size=3)
"""Plates so short and so alike that reads fit them in every grade."""
LISTED = tuple(Grade)[:5]


def entry(plate: str, number: int = 1, **facts: Any) -> BoardEntry:
    """An entry of a stolen vehicle of New York."""
    return replace(BoardEntry(number, plate, "NY", "stolen_vehicle", reason="Taken overnight"), **facts)


@pytest.fixture
def store(tmp_path: Path) -> BoardStore:
    """A list on board, empty."""
    return BoardStore(tmp_path / "board.sqlite", VAULT)


def again(tmp_path: Path) -> BoardStore:
    """The same list after a start."""
    return BoardStore(tmp_path / "board.sqlite", VAULT)


def adopted(**codes: Sequence[str]) -> Parameters:
    """The policy's values with other lists of codes."""
    return defaults(NOW).adopting({f"hits.{name}": tuple(value) for name, value in codes.items()})


def found(store: BoardStore, plate: str, state: str = "NY", **codes: Sequence[str]) -> list[tuple[str, bool]]:
    """The plates that a read fits, and whether that alerts."""
    matches = matches_on_board(ReadFacts(plate, state), store, parameters=adopted(**codes), now=NOW)
    return [(one.entry.plate, one.alerts) for one in matches]


@given(st.lists(PLATES, min_size=1, max_size=20))
def test_a_plate_comes_back_from_its_numbers(plates: list[str]) -> None:
    """Nothing is lost, whatever its length."""
    keys, variants = encode(plates)
    assert [decode(int(key), int(variant)) for key, variant in zip(keys, variants, strict=True)] == plates


@given(PLATES, PLATES)
def test_plates_of_one_skeleton_share_a_key_and_no_others_do(one: str, other: str) -> None:
    """A key is the skeleton as a number."""
    keys, _ = encode([one, other])
    assert (keys[0] == keys[1]) == (skeleton(one) == skeleton(other))


@pytest.mark.clause("HIT-1")
@settings(max_examples=60, deadline=None)
@given(
    wanted=st.lists(st.tuples(CLOSE, st.sampled_from(["NY", "PA", "", ANY_STATE])), max_size=8),
    read=CLOSE,
    state=st.sampled_from(["NY", "PA", ""]),
    near=st.booleans(),
)
def test_a_car_finds_what_the_rules_find(
    tmp_path_factory: pytest.TempPathFactory,
    wanted: list[tuple[str, str]],
    read: str,
    state: str,
    near: bool,  # noqa: FBT001 - a drawn value
) -> None:
    """Comparing every entry by the rules themselves gives the same, grade by grade."""
    parameters = adopted(alerting_grades=LISTED, one_character_categories=["stolen_vehicle"] if near else [])
    store = BoardStore(tmp_path_factory.mktemp("board") / "board.sqlite", VAULT)
    entries = [entry(plate, number, state=home) for number, (plate, home) in enumerate(wanted)]
    store.replace(entries, statement={})
    matches = matches_on_board(ReadFacts(read, state), store, parameters=parameters, now=NOW)
    category, expected = Category.STOLEN_VEHICLE, set()
    for one in entries:
        home = None if one.state == ANY_STATE else one.state
        if weighed := weigh(ReadFacts(read, state), one.plate, home, category, parameters=parameters):
            expected.add((one.fingerprint, weighed[0].grade, weighed[1]))
    assert {(one.entry.fingerprint, one.match.grade, one.alerts) for one in matches} == expected


@pytest.mark.clause("HIT-1")
def test_a_hit_brings_what_the_person_in_the_car_is_told(store: BoardStore, tmp_path: Path) -> None:
    """After a start as before it."""
    whole = entry(
        "KRT4821",
        hotlist="State extract",
        case_number="2026-004417",
        cautions="Armed",
        vehicle=("sedan", "Toyota", "Camry", "grey"),
        expires_at=NOW + timedelta(days=1),
    )
    store.replace([whole], statement={"version": 7})
    assert again(tmp_path).statement == {"version": 7}
    matches = matches_on_board(ReadFacts("KRT4821", "NY"), again(tmp_path), parameters=adopted(), now=NOW)
    assert [one.entry for one in matches] == [whole]


@pytest.mark.clause("HOT-2")
def test_an_entry_matches_no_more_once_it_has_expired(store: BoardStore) -> None:
    """To the second, without any connection."""
    store.replace([entry("KRT4821", expires_at=NOW), entry("JWC6644")], statement={})
    assert found(store, "KRT4821") == []
    assert found(store, "JWC6644") == [("JWC6644", True)]


def test_a_partial_entry_is_found_by_what_is_known_of_it(store: BoardStore, tmp_path: Path) -> None:
    """And goes with a change like any other."""
    store.replace([entry("KRT48*", 5), entry("AAA1111", 6)], statement={})
    stolen = ["stolen_vehicle"]
    assert found(again(tmp_path), "KRT4821", partial_alerting_categories=stolen) == [("KRT48*", True)]
    store.change(removed=[Removal("KRT48*", 5)], added=[], statement={})
    assert found(again(tmp_path), "KRT4821", partial_alerting_categories=stolen) == []
    assert len(again(tmp_path)) == 1


@pytest.mark.clause("HOT-1")
@settings(max_examples=30, deadline=None)
@given(st.data())
def test_changes_leave_what_the_whole_list_would_be(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Any number of changes, one after the other, gives what taking the last list anew gives."""
    path = tmp_path_factory.mktemp("board") / "board.sqlite"
    store, present, number = BoardStore(path, VAULT), dict[int, BoardEntry](), 0
    store.replace([], statement={})
    for _ in range(data.draw(st.integers(1, 4))):
        gone = data.draw(st.lists(st.sampled_from(sorted(present)), unique=True)) if present else []
        fresh = {}
        for plate in data.draw(st.lists(PLATES, max_size=5)):
            number += 1
            fresh[number] = entry(plate, number)
        removed = [Removal(present.pop(one).plate, one) for one in gone]
        store.change(removed=removed, added=fresh.values(), statement={"count": number})
        present |= fresh
    kept = BoardStore(path, VAULT)
    assert len(kept) == len(present)
    for one in present.values():
        rows = kept.index.rows_of([skeleton(one.plate)])
        assert one in [kept.entry(kept.index.place(row)) for row in rows]


def test_a_change_of_another_version_changes_nothing(store: BoardStore, tmp_path: Path) -> None:
    """What is to go is not there: the whole list is asked for, and the old one serves meanwhile."""
    store.replace([entry("KRT4821", 1), entry("JWC6644", 2)], statement={"version": 1})
    with pytest.raises(BoardError, match="another version"):
        store.change(
            removed=[Removal("KRT4821", 1), Removal("JWC6644", 99)],
            added=[entry("ZZZ9999", 3)],
            statement={"version": 2},
        )
    for kept in (store, again(tmp_path)):
        assert kept.statement == {"version": 1}
        assert found(kept, "KRT4821") == [("KRT4821", True)]
        assert found(kept, "ZZZ9999") == []


def test_a_list_that_breaks_off_leaves_the_one_before(store: BoardStore, tmp_path: Path) -> None:
    """The connection may go in the middle of it."""
    store.replace([entry("KRT4821")], statement={"version": 1})

    def broken() -> Any:
        yield entry("JWC6644")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.replace(broken(), statement={"version": 2})
    assert found(store, "KRT4821") == found(again(tmp_path), "KRT4821") == [("KRT4821", True)]
    with pytest.raises(ConnectionError):
        store.change(removed=[], added=broken(), statement={"version": 2})
    assert found(store, "KRT4821") == found(again(tmp_path), "KRT4821") == [("KRT4821", True)]


@pytest.mark.clause("RET-1")
def test_what_was_taken_off_the_list_is_in_its_block_no_more(store: BoardStore, tmp_path: Path) -> None:
    """It does not stay sealed on disk until the next whole list: whoever has the device's secret does not find it."""
    store.replace([entry(f"KRT{number:04d}", number) for number in range(BLOCK + 9)], statement={})
    places = [store.index.place(row) for row in store.index.rows_of(["KRT0007"])]
    store.change(removed=[Removal("KRT0007", 7)], added=[], statement={})
    with pytest.raises(BoardError, match="lost"):
        again(tmp_path).entry(places[0])
    assert store.index.rows_of(["KRT0007"]) == []
    assert store.entry(places[0] + 1).plate == "KRT0008"


@pytest.mark.clause("ADM-4")
def test_a_stolen_list_tells_nothing_and_an_altered_one_is_refused(store: BoardStore, tmp_path: Path) -> None:
    """Without the device's secret there is no plate, no reason and no statement in any file."""
    store.replace([entry(f"KRT{number:04d}", number) for number in range(400)], statement={"by": "Cayuta"})
    for file in tmp_path.iterdir():
        # three letters alone stand in so much that is sealed by chance
        assert not re.search(rb"KRT\d{4}|Taken overnight|Cayuta|stolen", file.read_bytes())
    with pytest.raises(BoardError, match="another device"):
        BoardStore(tmp_path / "board.sqlite", Vault(bytes(32)))
    with closing(sqlite3.connect(tmp_path / "board.sqlite")) as database, database:
        blocks = database.execute("SELECT number, sealed FROM blocks ORDER BY number").fetchall()
        database.execute("UPDATE blocks SET sealed = ? WHERE number = ?", (blocks[1][1], blocks[0][0]))
    with pytest.raises(BoardError, match="altered"):
        again(tmp_path).entry(0)


@pytest.mark.parametrize(
    "row",
    [
        "text",
        [1, "KRT4821"],
        [1, "KRT4821", "NY", "immigration", 0, *[""] * 10],
        ["1", "KRT4821", "NY", "stolen_vehicle", 0, *[""] * 10],
        [1, "", "NY", "stolen_vehicle", 0, *[""] * 10],
        [1, "KRT4821", "NY", "stolen_vehicle", 1e300, *[""] * 10],
    ],
)
def test_a_row_of_another_form_is_refused(row: Any) -> None:
    """A category that the policy does not know is one of them."""
    with pytest.raises(BoardError):
        BoardEntry.of_row(row)


@given(PLATES, st.sampled_from(["", "NY", ANY_STATE]), st.text(max_size=20))
def test_a_row_comes_back_as_the_entry_it_was_made_of(plate: str, state: str, reason: str) -> None:
    """The form on the wire and on disk loses nothing."""
    whole = entry(plate, state=state, reason=reason, expires_at=NOW)
    assert BoardEntry.of_row(whole.row()) == whole
