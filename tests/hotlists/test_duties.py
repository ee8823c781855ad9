"""By when each list is loaded anew."""

from datetime import timedelta

import pytest

from platewarden.cameras.showing import agency_zone
from platewarden.hotlists.duties import duties_at
from tests.boards.test_boards import Lists
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.clause("HOT-1")
def test_a_list_says_since_when_on_the_agency_s_clock(cast: Cast) -> None:
    """As every other time on the page of duties; one that was never loaded says so."""
    lists = Lists(cast)
    (due,) = (duty for duty in duties_at(NOW) if "State extract" in duty.what)
    assert due.evidence == "never loaded"
    lists.load("KRT4821")
    (due,) = (duty for duty in duties_at(NOW) if "State extract" in duty.what)
    local = (NOW - timedelta(hours=5)).astimezone(agency_zone())
    assert due.evidence == f"took effect {local:%Y-%m-%d %H:%M} EST"
