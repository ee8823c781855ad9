"""The lists on board of a car are those of the server: whole, by difference, signed, and on record."""

import gzip
import json
from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platewarden.adoption.in_force import parameters_at
from platewarden.boards.actions import forget_versions
from platewarden.boards.models import BoardVersion
from platewarden.cameras.models import Camera
from platewarden.edge.board.entries import BoardEntry, BoardError
from platewarden.edge.board.fetching import fetch_board, lines_of
from platewarden.edge.board.matching import matches_on_board
from platewarden.edge.board.store import BoardStore
from platewarden.edge.board.wire import Coming, Statement
from platewarden.hotlists.actions import enter_manually, withdraw_entry
from platewarden.hotlists.loading import create_hotlist, load_snapshot
from platewarden.hotlists.models import Change, Entry, Hotlist, Step
from platewarden.hotlists.steps import forget_steps
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy.capture import CameraKind
from platewarden.policy.hits import ReadFacts
from tests.cast import Cast
from tests.conftest import NOW
from tests.devices.boxes import Box
from tests.hotlists.lists import facts


class Lists:
    """What the supervisor loads."""

    def __init__(self, cast: Cast) -> None:
        known = Hotlist.objects.filter(name="State extract").first()
        self.cast = cast
        self.hotlist = known or create_hotlist(
            name="State extract", source="State police", max_age_hours=24, actor=cast.actor("sue"), now=NOW
        )

    def load(self, *plates: str) -> None:
        """Load a list of stolen vehicles."""
        at = NOW - timedelta(hours=5) + timedelta(minutes=self.hotlist.snapshots.count())
        lines = "".join(f"{plate},NY,stolen_vehicle,Taken overnight\n" for plate in plates)
        load_snapshot(
            hotlist=self.hotlist,
            content=f"plate,state,category,reason\n{lines}".encode(),
            file_name="extract.csv",
            effective_at=at,
            actor=self.cast.actor("sue"),
            now=at,
        )


@pytest.fixture
def lists(cast: Cast) -> Lists:
    """One list, empty."""
    return Lists(cast)


def many(*changed: str) -> list[str]:
    """A list long enough that a few changes of it are few."""
    return [*changed, *(f"KRT{number:04d}" for number in range(40))]


def on_board(store: BoardStore) -> list[str]:
    """The plates that the car carries."""
    return sorted(store.index.plate(row) for row in range(len(store.index)))


def fetch(car: Box, store: BoardStore) -> bool:
    """Let the car ask."""
    return fetch_board(car.line, store, car.identity)


@pytest.mark.clause("HOT-1")
def test_a_car_takes_the_whole_list_and_then_only_what_changed(
    car: Box, store: BoardStore, lists: Lists
) -> None:
    """It says which version it carries; while that is the one in force nothing comes."""
    lists.load(*many("AAA1111", "BBB2222"))
    assert fetch(car, store)
    assert on_board(store) == sorted(many("AAA1111", "BBB2222"))
    assert not fetch(car, store)
    first = store.statement["version"]
    lists.load(*many("AAA1111", "CCC3333"))
    assert fetch(car, store)
    assert on_board(store) == sorted(many("AAA1111", "CCC3333"))
    assert store.statement["base"] == first
    given_to = LedgerBody.objects.filter(leaf__kind=Kind.BOARD_GIVEN).values_list("subject", flat=True)
    assert list(given_to) == ["device:box-1"] * 2


@pytest.mark.clause("HOT-1")
def test_what_is_found_on_board_says_as_much_as_at_the_server(
    car: Box, store: BoardStore, lists: Lists
) -> None:
    """List, reason, category and age come along; a car in a valley shows what the console would."""
    lists.load("KRT4821")
    fetch(car, store)
    statement = Statement.of_json(store.statement)
    found = matches_on_board(ReadFacts("KRT4821", "NY"), store, parameters=statement.weighing(), now=NOW)
    assert [(one.entry.hotlist, one.entry.reason, one.alerts) for one in found] == [
        ("State extract", "Taken overnight", True)
    ]
    assert not statement.is_stale("State extract", now=NOW)
    assert statement.is_stale("State extract", now=NOW + timedelta(hours=30))
    assert statement.is_stale("Another", now=NOW)


@pytest.mark.clause("HOT-2")
def test_an_entry_by_hand_comes_and_goes_by_difference(
    car: Box, store: BoardStore, lists: Lists, cast: Cast
) -> None:
    """Withdrawn at the console, it matches on board no more after the next request."""
    lists.load(*many())
    fetch(car, store)
    entry = enter_manually(plate="JWC 6644", facts=facts(), actor=cast.actor("ivan"), now=NOW)
    fetch(car, store)
    assert "JWC6644" in on_board(store)
    assert store.statement["base"]
    withdraw_entry(entry=entry, actor=cast.actor("ivan"), now=NOW)
    fetch(car, store)
    assert on_board(store) == sorted(many())


@pytest.mark.clause("HIT-1")
def test_an_entry_for_certain_people_stays_at_the_server(car: Box, store: BoardStore, cast: Cast) -> None:
    """Nobody knows who sits in the car; how many stay behind is said."""
    entry = enter_manually(plate="JWC 6644", facts=facts(), actor=cast.actor("ivan"), now=NOW)
    Entry.objects.filter(pk=entry.pk).update(audience=[f"person:{cast.ivan.pk}"])
    fetch(car, store)
    assert on_board(store) == []
    assert store.statement["left_out"] == 1


@pytest.mark.clause("HOT-1")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_by_difference_a_car_comes_to_what_the_whole_list_is(
    cast: Cast, car: Box, store: BoardStore, data: st.DataObject
) -> None:
    """Whatever was loaded in between, however often it asked."""
    lists = Lists(cast)
    for _ in range(data.draw(st.integers(1, 4))):
        changed = data.draw(st.sets(st.sampled_from([f"CHG{number:04d}" for number in range(6)])))
        lists.load(*many(*sorted(changed)))
        if data.draw(st.booleans()):
            fetch(car, store)
    fetch(car, store)
    whole = BoardStore(car.folder / f"whole-{data.draw(st.uuids())}.sqlite", car.vault)
    fetch(car, whole)
    assert on_board(store) == on_board(whole) == sorted(many(*sorted(changed)))


def test_a_list_that_changed_too_much_is_taken_whole(car: Box, store: BoardStore, lists: Lists) -> None:
    """As is one whose steps are no longer kept."""
    lists.load(*many())
    fetch(car, store)
    lists.load("ZZZ9999")
    assert not Step.objects.exists()
    fetch(car, store)
    assert (on_board(store), store.statement["base"]) == (["ZZZ9999"], 0)


@pytest.mark.clause("RET-1")
def test_steps_and_versions_go_after_their_days(car: Box, store: BoardStore, lists: Lists) -> None:
    """What a list once held is not kept for cars that never come back."""
    lists.load(*many())
    fetch(car, store)
    lists.load(*many("AAA1111"))
    assert Change.objects.count() == 1
    later = NOW + timedelta(days=4)
    forget_steps(parameters=parameters_at(later), now=later)
    forget_versions(now=later)
    assert not Change.objects.exists()
    fetch(car, store)
    assert (on_board(store), store.statement["base"]) == (sorted(many("AAA1111")), 0)


@pytest.mark.clause("HOT-1")
def test_a_box_at_a_pole_carries_no_list(car: Box, store: BoardStore, cast: Cast) -> None:
    """Whoever takes it down has none."""
    Camera.objects.filter(pk=cast.camera.pk).update(kind=CameraKind.FIXED)
    with pytest.raises(BoardError, match="Only a mobile unit"):
        fetch(car, store)
    assert not BoardVersion.objects.exists()


def answered(car: Box) -> list[bytes]:
    """The lines of the whole list, as they come."""
    with car.line.asking("GET", "/board") as answer:
        return list(lines_of([answer.read()]))


def taken(lines: Iterable[bytes], car: Box, store: BoardStore) -> None:
    """Take lines as if they had come."""
    Coming(lines, device=car.identity.device, key=car.identity.server_key).take_into(store)


@pytest.mark.clause("ADM-4")
@pytest.mark.parametrize(
    "altered",
    [
        lambda lines: lines[:-1],
        lambda lines: [lines[0], lines[-1]],
        lambda lines: [*lines[:-1], lines[1], lines[-1]],
        lambda lines: [lines[0].replace(b'"version":', b'"version":1'), *lines[1:]],
        lambda lines: [lines[0], lines[1].replace(b"NY", b"PA"), *lines[2:]],
        lambda lines: [*lines[:-1], b'{"note":"x"}\n'],
        lambda lines: [lines[0], b'["-","KRT0001",1]\n', *lines[1:]],
        lambda lines: [lines[0].replace(b"box-1", b"box-2"), *lines[1:]],
        lambda _lines: [b"not json\n"],
        lambda _lines: [],
    ],
)
def test_a_list_that_is_not_as_the_server_signed_it_is_not_taken(
    altered: Callable[[list[bytes]], list[bytes]], car: Box, store: BoardStore, lists: Lists
) -> None:
    """Shortened, added to, altered, or another device's: what is on board stays."""
    lists.load("KRT4821")
    fetch(car, store)
    lists.load("JWC6644")
    lines = answered(car)
    with pytest.raises(BoardError):
        taken(altered(lines), car, store)
    assert on_board(store) == ["KRT4821"]
    taken(lines, car, store)
    assert on_board(store) == ["JWC6644"]


@pytest.mark.clause("HOT-1")
def test_an_older_list_is_not_taken_again(car: Box, store: BoardStore, lists: Lists) -> None:
    """Whoever recorded yesterday's answer cannot bring yesterday's list back."""
    lists.load("KRT4821")
    old = answered(car)
    lists.load("JWC6644")
    fetch(car, store)
    with pytest.raises(BoardError, match="older"):
        taken(old, car, store)
    assert on_board(store) == ["JWC6644"]


def test_an_answer_may_come_in_any_pieces() -> None:
    """Lines are found again wherever the network cut them."""
    lines = [json.dumps(["+", number]).encode() + b"\n" for number in range(300)]
    packed = gzip.compress(b"".join(lines))
    for size in (1, 7, 64, len(packed)):
        pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
        assert list(lines_of(pieces)) == lines
    with pytest.raises(BoardError, match="packed"):
        list(lines_of([b"no gzip at all"]))


def test_an_entry_says_nothing_that_its_list_did_not(car: Box, store: BoardStore, lists: Lists) -> None:
    """Nobody who entered or approved anything is named on board."""
    lists.load("KRT4821")
    fetch(car, store)
    assert store.entry(0) == BoardEntry(
        store.entry(0).fingerprint,
        "KRT4821",
        "NY",
        "stolen_vehicle",
        hotlist="State extract",
        reason="Taken overnight",
    )
