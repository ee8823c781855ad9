"""When a camera that says where it is counts as moved."""

from datetime import timedelta

import pytest

from platewarden.policy.capture import FOUND_MOVED, CameraFacts, CameraKind, may_submit
from platewarden.policy.moves import Elsewhere, has_moved, is_elsewhere, metres_between, stays_in_place
from platewarden.policy.parameters import defaults
from tests.conftest import NOW

PARAMETERS = defaults(NOW)
MINUTE = timedelta(minutes=1)


def test_distances_are_those_of_a_sphere() -> None:
    """A thousandth of a degree of latitude is 111 m, one of longitude less by the cosine, also across 180 degrees."""
    assert metres_between((42.45, -76.5), (42.451, -76.5)) == pytest.approx(111.2, abs=0.1)
    assert metres_between((42.45, -76.5), (42.45, -76.501)) == pytest.approx(82.1, abs=0.1)
    assert metres_between((0, 179.9995), (0, -179.9995)) == pytest.approx(111.2, abs=0.1)
    assert metres_between((0, 0), (0, 180)) == pytest.approx(20_015_115, rel=1e-6)


@pytest.mark.clause("CAP-1")
def test_a_camera_counts_as_moved_after_several_deliveries_and_some_time() -> None:
    """Not by four deliveries, not by a burst of them within seconds; by five over two minutes."""
    assert not is_elsewhere(100, parameters=PARAMETERS)
    assert is_elsewhere(101, parameters=PARAMETERS)
    for deliveries, since, moved in ((4, 60, False), (500, 1, False), (5, 2, True)):
        found = Elsewhere(deliveries, NOW - since * MINUTE)
        assert has_moved(found, parameters=PARAMETERS, seen_at=NOW) is moved


@pytest.mark.clause("CAP-1", "CAP-5")
def test_only_cameras_that_stay_in_place_can_be_found_elsewhere() -> None:
    """A mobile one is where its carrier is."""
    assert [kind for kind in CameraKind if stays_in_place(kind)] == [CameraKind.FIXED, CameraKind.PORTABLE]


@pytest.mark.clause("CAP-1")
def test_a_camera_found_elsewhere_is_told_why_it_may_not_submit() -> None:
    """The reason is its place, not that a statement is missing."""
    facts = CameraFacts(
        is_approved=True, is_credential_revoked=False, statement_signed_at=None, is_found_moved=True
    )
    assert may_submit(facts, parameters=PARAMETERS, now=NOW) == FOUND_MOVED
