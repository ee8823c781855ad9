"""The demo's request for a copy waits for its decision, and lacks nothing that a decision needs."""

from datetime import timedelta

import pytest

from platewarden.demo.feed import PAST
from platewarden.demo.releasing import PLATE, ask_for_copy
from platewarden.policy.releases import ReleaseState
from platewarden.releases.deciding import decide
from platewarden.site.clock import utc_now
from tests.cast import Cast
from tests.sightings import a_sighting, store, with_images


@pytest.mark.django_db
@pytest.mark.clause("SHR-2")
def test_the_sheriff_may_approve_what_waits(cast: Cast) -> None:
    """All reads of the plate that the feed makes are in it; who prepared it did not decide."""
    now = utc_now()
    store(
        [
            with_images(a_sighting(cast.camera, PLATE, now - passage.ago))
            for passage in PAST
            if passage.plate == PLATE
        ]
    )
    selection = ask_for_copy(receiver=cast.actor("sue"), preparer=cast.actor("ivan"), now=now)
    request = selection.request
    assert (request.state, selection.reads) == (ReleaseState.PREPARED, 4)
    later = now + timedelta(minutes=1)
    decide(
        request=request, approve=True, reason="", seen=selection.digest, actor=cast.actor("sol"), now=later
    )
    request.refresh_from_db()
    assert request.state == ReleaseState.APPROVED
