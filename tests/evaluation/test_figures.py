import pytest

from platewarden.evaluation.figures import by_light, by_width, figures_of, width_group
from platewarden.evaluation.labels import LabelledPlate
from platewarden.evaluation.outcomes import Guess, PhotoOutcome, judge
from platewarden.evaluation.shares import Share
from platewarden.evaluation.summary import plates_of
from tests.evaluation.photos import BOX, frame, photo, read


def test_the_figures_of_five_plates() -> None:
    """One right, one right when folded, one with one character wrong, one with two, one missed."""
    photos = [
        read("ABC123", "ABC123"),
        read("ABC120", "ABC12O"),
        read("ABC123", "ABC128"),
        read("ABC123", "ABC1"),
        read("ABC123", ""),
    ]
    figures = figures_of(plates_of(photos))
    assert figures.exact == Share(1, 5)
    assert figures.folded == Share(2, 5)
    assert figures.within_one == Share(3, 5)
    assert figures.character_errors == Share(0 + 1 + 1 + 2 + 6, 30)
    assert figures.found == figures.centred == Share(4, 5)


def test_a_box_may_be_centred_without_being_found_in_its_place() -> None:
    """The box of the serial alone overlaps too little of the plate."""
    outcome = judge(
        photo(LabelledPlate("ABC123", BOX)), frame(), [Guess("ABC123", (120, 115, 180, 135), 0.9)]
    )
    figures = figures_of(outcome.plates)
    assert (figures.found, figures.centred) == (Share(0, 1), Share(1, 1))


def test_a_plate_among_the_alternates_counts_there() -> None:
    """So does one that was read right away."""
    outcome = judge(
        photo(LabelledPlate("ABC120", BOX)), frame(), [Guess("ABC12O", BOX, 0.9, ("ABC12Q", "ABC120"))]
    )
    assert figures_of(outcome.plates).alternates == Share(1, 1)
    assert figures_of(read("A1", "A1").plates).alternates == Share(1, 1)
    assert figures_of(read("A1", "A7").plates).alternates == Share(0, 1)


def test_a_state_counts_where_it_is_known_and_the_plate_was_read() -> None:
    """Given and right are two figures: saying nothing is not being wrong."""
    photos = [
        read("ABC123", "ABC123", states=("NY", "NY")),
        read("ABC123", "ABC12", states=("NY", "NJ")),
        read("ABC123", "ABC123", states=("NY", "")),
        read("ABC123", "ABC123", states=("", "NY")),
        read("ABC123", "", states=("NY", "")),
    ]
    figures = figures_of(plates_of(photos))
    assert (figures.state_given, figures.state_right) == (Share(2, 3), Share(1, 2))


@pytest.mark.parametrize(
    ("width", "group"),
    [(1, "below 40"), (39.9, "below 40"), (40, "40-59"), (199.5, "140-199"), (200, "200 and more")],
)
def test_widths_fall_into_groups(width: float, group: str) -> None:
    """Each group begins at its own first pixel."""
    assert width_group(width) == group


def test_parts_add_up_to_the_whole() -> None:
    """Every plate is in one group of widths and in one light; groups without plates are not shown."""
    boxes = [(0.0, 0.0, width, 20.0) for width in (30.0, 50.0, 90.0, 300.0)]
    photos: list[PhotoOutcome] = [
        read("AB1", "AB1", box=box, light=light) for box in boxes for light in ("day", "night")
    ]
    plates = plates_of(photos)
    assert list(by_width(plates)) == ["below 40", "40-59", "80-99", "200 and more"]
    assert list(by_light(plates)) == ["day", "night"]
    for parts in (by_width(plates), by_light(plates)):
        assert sum(part.exact.whole for part in parts.values()) == 8
