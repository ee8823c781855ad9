"""A search returns what is in scope, all of it up to the limit, and nothing else."""

import fnmatch
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from platewarden.accounts.models import Agency
from platewarden.cameras.models import Camera
from platewarden.matching.plates import PlateError, skeleton
from platewarden.policy.parameters import Parameters, defaults
from platewarden.policy.queries import (
    NARROWING_CHARACTERS,
    QueryKind,
    QueryScope,
    VehicleAsked,
    adjacent_literals,
)
from platewarden.policy.retention import visible_since
from platewarden.queries import search as searching
from platewarden.queries.search import canonical_text, like, search
from platewarden.reads.models import Read
from tests.cast import Cast
from tests.conftest import NOW
from tests.sightings import a_sighting, store

pytestmark = pytest.mark.django_db

ON_A_FIXTURE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PLATES = ("AB10", "A8IO", "ABC1234", "ABC1243", "ABCI234", "8BC1234", "XABC12", "BC123", "0OQD", "KAB4821")
SINCE = datetime(2026, 10, 20, tzinfo=UTC)
ALPHABET = "AB8C1I0O234"
COLOURS = ("", "red", "RED", "SIL", "grey")
ASKED = {"": COLOURS, "red": ("red", "RED"), "silver": ("SIL",), "grey": ("grey",)}
"""Colours asked for, and how those who mean them have written them."""


class World(list[Read]):
    """Many reads, shown as one word when an example fails."""

    def __repr__(self) -> str:
        return "World()"


@pytest.fixture
def parameters() -> Parameters:
    """The policy's own values."""
    return defaults(NOW)


@pytest.fixture
def cameras(cast: Cast) -> list[Camera]:
    """Two cameras of the agency, and one of another."""
    other = Agency.objects.create(name="Elsewhere PD", county="Elsewhere")
    facts = {"kind": "fixed", "place": "somewhere", "registered_at": NOW, "registered_by": cast.ada}
    second = Camera.objects.create(agency=cast.agency, code="second", name="Second", **facts)
    return [cast.camera, second, Camera.objects.create(agency=other, code="theirs", name="Theirs", **facts)]


@pytest.fixture
def world(cameras: list[Camera]) -> World:
    """Reads of a few confusable plates at three cameras over five weeks, the same on every run."""
    chance = random.Random(1)
    span = int((NOW - SINCE).total_seconds())
    sightings = [
        a_sighting(
            chance.choice(cameras), chance.choice(PLATES), SINCE + timedelta(seconds=chance.randrange(span))
        )
        for _ in range(400)
    ]
    for read in sightings:
        read.state = chance.choice(("NY", "NY", "PA", ""))
        read.vehicle_colour, read.vehicle_make = chance.choice(COLOURS), chance.choice(("", "CHEV", "Honda"))
        read.received_at = read.seen_at + timedelta(hours=chance.choice((0, 0, 48)))
    return World(store(sightings))


def fits(read: Read, scope: QueryScope) -> bool:
    """Whether *read* is what *scope* asks for, in the plainest words there are."""
    in_window = scope.seen_from <= read.seen_at < scope.seen_until
    at_camera = not scope.cameras or read.camera_id in scope.cameras
    match scope.kind:
        case QueryKind.EXACT:
            means_it = read.plate == scope.plate_text
        case QueryKind.PATTERN:
            means_it = fnmatch.fnmatchcase(read.plate, scope.plate_text)
        case QueryKind.NEAR:
            alike = skeleton(read.plate) == skeleton(scope.plate_text)
            means_it = alike or Levenshtein.distance(read.plate, scope.plate_text) <= 1
        case QueryKind.CAMERA_TIME:
            means_it = True
    of_state = scope.state in {"", read.state} or (scope.state == "?" and read.state == "")
    looks = read.vehicle_colour in ASKED[scope.vehicle.colour]
    built = not scope.vehicle.make or read.vehicle_make == {"chevrolet": "CHEV"}[scope.vehicle.make]
    return in_window and at_camera and means_it and of_state and looks and built


def scopes() -> Iterator[st.SearchStrategy[QueryScope]]:
    """Every kind of search with texts that find something."""
    moments = st.datetimes(datetime(2026, 10, 18), datetime(2026, 11, 21), timezones=st.just(UTC))  # noqa: DTZ001
    plates = st.sampled_from(PLATES) | st.text(ALPHABET, min_size=1, max_size=8)
    texts = {
        QueryKind.EXACT: plates,
        QueryKind.NEAR: plates,
        QueryKind.PATTERN: st.text(ALPHABET + "*?", min_size=1, max_size=9),
        QueryKind.CAMERA_TIME: st.just(""),
    }
    for kind, text in texts.items():
        chosen = st.lists(st.integers(0, 2), min_size=1 if kind is QueryKind.CAMERA_TIME else 0, max_size=3)
        states = st.sampled_from(["", "", "NY", "PA", "?", "CT"])
        vehicles = st.builds(
            VehicleAsked, colour=st.sampled_from([*ASKED]), make=st.sampled_from(["", "", "chevrolet"])
        )
        yield st.builds(
            QueryScope,
            st.just(kind),
            text,
            chosen.map(tuple),
            moments,
            moments,
            states,
            st.just(VehicleAsked()) | vehicles,
        )


@pytest.mark.clause("QRY-1", "RET-1")
@ON_A_FIXTURE
@given(
    scope=st.one_of(*scopes()),
    most=st.sampled_from([1, 3, 200]),
    age=st.integers(0, 40),
    as_of=st.sampled_from([None, NOW - timedelta(days=10)]),
    few=st.sampled_from([1, 16]),
)
def test_a_search_agrees_with_looking_through_everything(
    world: World,
    cameras: list[Camera],
    parameters: Parameters,
    scope: QueryScope,
    most: int,
    age: int,
    as_of: datetime | None,
    few: int,
) -> None:
    """Every read that fits is found, newest first, up to the limit; none of another agency, window or past its day."""
    ids = tuple(cameras[place].pk for place in scope.cameras)
    scope = replace(scope, cameras=ids)
    now = NOW + timedelta(days=age)
    adopted = parameters.adopting({"query.max_rows": most})
    oldest = visible_since(parameters=adopted, now=now)
    ours = cameras[0].agency_id
    there = [r for r in world if as_of is None or r.received_at <= as_of]
    expected = [r for r in there if r.agency_id == ours and r.seen_at >= oldest and fits(r, scope)]
    expected.sort(key=lambda read: (read.seen_at, read.id), reverse=True)
    with patch.object(searching, "FEW_PLATES", few):
        found = search(scope, agency_id=ours, parameters=adopted, now=now, as_of=as_of)
    assert [read.id for read in found.reads] == [read.id for read in expected[:most]]
    assert found.is_cut is (len(expected) > most)


@ON_A_FIXTURE
@given(pattern=st.text("AB8C1I0O234*?", min_size=1, max_size=8))
@example(pattern="*ABC12*")
@example(pattern="ABC*34")
@example(pattern="*234")
@example(pattern="ABC1234")
def test_a_pattern_means_what_file_names_mean(
    world: World, cameras: list[Camera], parameters: Parameters, pattern: str
) -> None:
    """`*` stands for any characters and `?` for one, whichever index finds the plates."""
    scope = QueryScope(QueryKind.PATTERN, pattern, (), SINCE, NOW)
    found = search(scope, agency_id=cameras[0].agency_id, parameters=parameters, now=NOW)
    oldest = visible_since(parameters=parameters, now=NOW)
    ours = {r.plate for r in world if r.agency_id == cameras[0].agency_id and r.seen_at >= oldest}
    expected = {plate for plate in ours if fnmatch.fnmatchcase(plate, pattern)}
    assert {read.plate for read in found.reads} == expected


@pytest.mark.parametrize(
    ("kind", "typed", "canonical"),
    [
        (QueryKind.EXACT, " kab-48.21 ", "KAB4821"),
        (QueryKind.EXACT, "", ""),
        (QueryKind.EXACT, "KÁB", "KAB"),
        (QueryKind.EXACT, "\uff2b\uff21\uff22\uff11", "KAB1"),
        (QueryKind.PATTERN, "k?b **21", "K?B*21"),
        (QueryKind.NEAR, "kab 4821", "KAB4821"),
    ],
)
def test_what_is_typed_becomes_canonical(kind: QueryKind, typed: str, canonical: str) -> None:
    """Case, separators and accents do not count; repeated stars are one."""
    assert canonical_text(kind, typed) == canonical


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (QueryKind.PATTERN, "ABC%"),
        (QueryKind.PATTERN, "ABC_"),
        (QueryKind.PATTERN, "ABC\\"),
        (QueryKind.PATTERN, "A[BC]1"),
        (QueryKind.EXACT, "ABC*"),
        (QueryKind.NEAR, "AB?1234"),
        (QueryKind.EXACT, "'; DROP TABLE reads; --"),
        (QueryKind.EXACT, "<b>KAB</b>"),
        (QueryKind.EXACT, "\u0416\u0410\u04114821"),
        (QueryKind.EXACT, "ABCDEFGHIJK"),
        (QueryKind.PATTERN, "???????????"),
    ],
)
def test_nothing_but_plates_and_two_signs_is_searched(kind: QueryKind, typed: str) -> None:
    """What SQL, LIKE or a shell would read as something else is refused, without repeating it."""
    with pytest.raises(PlateError) as refused:
        canonical_text(kind, typed)
    assert typed not in str(refused.value)


@pytest.mark.parametrize("pattern", ["ABC%", "A_C", "a*", ""])
def test_only_a_canonical_pattern_reaches_the_database(pattern: str) -> None:
    """A pattern that was not made canonical is a mistake in the program, and stops it."""
    with pytest.raises(ValueError, match="not canonical"):
        like(pattern)


def test_the_narrow_patterns_are_looked_up_by_plate() -> None:
    """The rule that allows a long window and the way of searching draw the same line."""
    assert adjacent_literals("ABC*") == NARROWING_CHARACTERS
