from collections.abc import Sequence

import pytest

from platewarden.edge.passes import FIRST_LOOKS, LONGEST_PASS_S, Passes, PassRead
from platewarden.edge.repeats import REMEMBER_S
from platewarden.edge.sights import MAX_SIGHTS
from tests.edge.stage import BarReader, Passing, driving, frames, hidden, plate_of, standing


def reads_of(
    traffic: Sequence[Passing], seconds: float, reader: BarReader | None = None, *, rate: float = 25
) -> list[tuple[PassRead, float]]:
    """Return the reads of *traffic*, with the time at which each was given out; infinite for those of the end."""
    reader = reader or BarReader()
    passes, found = Passes(reader), []
    for frame in frames(traffic, seconds, rate=rate):
        found += [(read, frame.at_s) for read in passes.see(frame, reader.find(frame.picture))]
    return found + [(read, float("inf")) for read in passes.finish()]


def plates(found: Sequence[tuple[PassRead, float]]) -> list[str]:
    """Return the plates that were read."""
    return [read.read.plate for read, _ in found]


@pytest.mark.parametrize("rate", [8, 25])
def test_a_pass_is_one_read(rate: float) -> None:
    """A vehicle drives by: one read, with plate, state and vehicle, of the time of its best sight."""
    ((read, given_s),) = reads_of([Passing(9, driving(begin_s=0.4, end_s=2.4))], 5, rate=rate)
    assert (read.read.plate, read.read.state, read.read.vehicle.colour) == (plate_of(9), "NY", "red")
    assert read.first_s <= read.sight.at_s <= read.last_s
    assert given_s < 3


def test_vehicles_one_after_another_and_side_by_side_are_a_read_each() -> None:
    """Two lanes and three vehicles in each, with plates that differ in one character."""
    traffic = [
        Passing(10 * lane + turn, driving(begin_s=turn * 1.2, end_s=turn * 1.2 + 2, x=160 + 320 * lane))
        for lane in (0, 1)
        for turn in range(3)
    ]
    assert sorted(plates(reads_of(traffic, 6))) == sorted(plate_of(one.number) for one in traffic)


def test_a_vehicle_that_is_hidden_for_a_while_is_one_read() -> None:
    """A lorry hides it for a second and more; what was seen before and after is read together."""
    reader = BarReader()
    path = hidden(driving(begin_s=0, end_s=3, speed=100), begin_s=1.0, end_s=2.2)
    ((read, _),) = reads_of([Passing(9, path)], 6, reader)
    assert read.first_s < 1.0
    assert read.sight.at_s > 2.2


def test_one_misread_character_after_a_gap_is_the_same_vehicle() -> None:
    """Far away it was read wrong, near by right: one read, and the better one."""

    def misread(plate: str, looks: int) -> str:
        return plate[:-1] + "X" if looks <= 1 else plate

    path = hidden(driving(begin_s=0, end_s=3, speed=100, width=40), begin_s=0.2, end_s=1.3)
    found = reads_of([Passing(9, path)], 6, BarReader(misread=misread))
    assert plates(found) == [plate_of(9)]


def test_two_vehicles_whose_plates_differ_in_one_character_are_two_reads() -> None:
    """Seen at the same time, or one behind the other in one lane, they are never made one."""
    abreast = [Passing(n, driving(begin_s=0, end_s=2, x=160 + 320 * n)) for n in (0, 1)]
    assert sorted(plates(reads_of(abreast, 4))) == [plate_of(0), plate_of(1)]
    behind = [Passing(n, driving(begin_s=1.5 * n, end_s=1.5 * n + 2)) for n in (0, 1)]
    assert sorted(plates(reads_of(behind, 6))) == [plate_of(0), plate_of(1)]


def test_a_vehicle_that_appears_elsewhere_is_another_whatever_its_plate() -> None:
    """One is lost from sight, and a plate that differs in one character appears two lanes farther."""
    traffic = [
        Passing(4, driving(begin_s=0, end_s=1.5, x=120)),
        Passing(5, driving(begin_s=2, end_s=3.5, x=360)),
    ]
    assert plates(reads_of(traffic, 6)) == [plate_of(4), plate_of(5)]


def test_a_parked_vehicle_is_read_once() -> None:
    """It is read when it has stayed for the longest pass, and then there is silence, though it stays and leaves."""
    parked = [Passing(9, standing(begin_s=0, end_s=55))]
    ((_, given_s),) = reads_of(parked, 60, rate=5)
    assert given_s == pytest.approx(LONGEST_PASS_S, abs=0.3)


def test_a_parked_vehicle_hidden_now_and_then_is_read_once() -> None:
    """Others pass in front of it for seconds: it is remembered as long as it is seen again and again."""
    path = standing(begin_s=0, end_s=70)
    for begin_s in range(12, 70, 12):
        path = hidden(path, begin_s=begin_s, end_s=begin_s + 6)
    assert plates(reads_of([Passing(9, path)], 75, rate=5)) == [plate_of(9)]


def test_a_vehicle_that_takes_the_place_of_another_is_read() -> None:
    """At a barrier, the next vehicle stands where the last stood: two reads."""
    queue = [Passing(9, standing(begin_s=0, end_s=14)), Passing(70, standing(begin_s=14.2, end_s=40))]
    assert plates(reads_of(queue, 45, rate=5)) == [plate_of(9), plate_of(70)]


def test_a_vehicle_that_comes_back_later_is_read_again() -> None:
    """After the time for which reads are remembered, the same plate is another pass."""
    again_s = 2 + REMEMBER_S + 2
    twice = [Passing(9, driving(begin_s=begin_s, end_s=begin_s + 2)) for begin_s in (0.0, again_s)]
    assert plates(reads_of(twice, again_s + 4, rate=10)) == [plate_of(9)] * 2
    soon = [Passing(9, driving(begin_s=begin_s, end_s=begin_s + 2)) for begin_s in (0.0, 9.0)]
    assert plates(reads_of(soon, 13, rate=10)) == [plate_of(9)]


def test_looks_are_few_and_a_pass_is_described_once() -> None:
    """Frames are many and looks cost time: three if they agree, six if they do not, one description."""
    reader = BarReader()
    reads_of([Passing(9, driving(begin_s=0, end_s=2))], 4, reader)
    assert (reader.looked, reader.described) == (FIRST_LOOKS, 1)
    unsure = BarReader(misread=lambda plate, looks: plate if looks > 1 else "OTHER1")
    ((read, _),) = reads_of([Passing(9, driving(begin_s=0, end_s=2))], 4, unsure)
    assert (unsure.looked, unsure.described) == (MAX_SIGHTS, 1)
    assert read.read.plate == plate_of(9)


def test_what_cannot_be_read_is_no_read() -> None:
    """The looks bear out no plate: nothing is given out, and nothing is described."""
    reader = BarReader(misread=lambda _plate, _looks: "")
    assert reads_of([Passing(9, driving(begin_s=0, end_s=2))], 4, reader) == []
    assert reader.described == 0


def test_what_flashes_up_for_one_frame_is_no_plate() -> None:
    """A single doubtful find is not even looked at."""
    reader, flash = BarReader(certainty=0.6), [Passing(9, standing(begin_s=0.4, end_s=0.43))]
    assert reads_of(flash, 2, reader) == []
    assert reader.looked == 0
    assert plates(reads_of(flash, 2, BarReader(certainty=0.95))) == [plate_of(9)]


def test_vehicles_in_sight_at_the_end_are_read() -> None:
    """Nothing is lost when the recording ends, or somebody ends it."""
    ((read, given_s),) = reads_of([Passing(9, driving(begin_s=0, end_s=9, speed=50))], 1)
    assert (read.read.plate, given_s) == (plate_of(9), float("inf"))


def test_the_box_of_a_read_lies_on_the_plate_in_its_picture() -> None:
    """The images of a read are cut from the picture of its best sight."""
    ((read, _),) = reads_of([Passing(9, driving(begin_s=0.4, end_s=2.4))], 5)
    (again,) = BarReader().find(read.sight.picture)
    assert max(abs(a - b) for a, b in zip(again.box_xyxy, read.read.box_xyxy, strict=True)) < 2
