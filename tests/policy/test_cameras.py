"""The rules about the register of cameras."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.cameras import MOST_DROPPED_NAMES, OTHER_FIELD, countable_names

_COUNTS = st.dictionaries(st.text(max_size=60), st.integers(0, 1000), max_size=80)


@pytest.mark.clause("CAP-2")
@given(dropped=_COUNTS)
def test_every_dropped_field_is_counted_and_no_name_has_a_digit(dropped: dict[str, int]) -> None:
    """Nothing is lost, whatever a device calls its fields, and no name kept can be a plate with digits."""
    counted = countable_names(dropped)
    assert sum(counted.values()) == sum(dropped.values())
    assert len(counted) <= MOST_DROPPED_NAMES + 1
    assert not any(character.isdigit() for name in counted for character in name)
    assert all(counted.values())


def test_names_of_fields_stay_as_the_device_spells_them() -> None:
    """Parts may be joined by points."""
    assert countable_names({"vehicle.seatBelt": 2, "face": 1}) == {"vehicle.seatBelt": 2, "face": 1}
    assert countable_names({"plate2": 3}) == {OTHER_FIELD: 3}
