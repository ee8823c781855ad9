"""Whether an alert of our own plate is told: heard where a console would hear it."""

from datetime import timedelta

import pytest

from platewarden.accounts.actors import system_actor
from platewarden.calibration import hearing
from platewarden.calibration.running import run_calibration
from platewarden.calibration.setting_up import set_up
from platewarden.calibration.standing import standing_of
from platewarden.cameras.statements import approve_statement
from platewarden.policy.parameters import defaults
from tests.calibration.readers import right
from tests.cast import Cast
from tests.conftest import NOW


@pytest.mark.clause("HIT-1")
def test_an_alert_is_heard_from_the_database_once_it_is_committed(fresh_database: str, cast: Cast) -> None:
    """And the proof stands until the next day; how long it took is told with it."""
    camera = set_up(actor=cast.actor("ada"), now=NOW)
    approve_statement(statement=camera.statements.get(), actor=cast.actor("sue"), now=NOW)
    with hearing.listening() as hear:
        done = run_calibration(
            recogniser=right(), hear=hear, actor=system_actor("calibration timer"), clock=lambda: NOW
        )
    assert done.has_passed, done.problem
    standing = standing_of(cast.agency.pk, parameters=defaults(NOW), now=NOW + timedelta(days=1))
    assert (standing.tone, standing.told) == ("good", "1 day ago")


def test_what_is_not_told_is_waited_for_no_longer_than_patience_lasts(
    fresh_database: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other news on the channel is not taken for it."""
    from platewarden.site.channel import announce

    monkeypatch.setattr(hearing, "PATIENCE_SECONDS", 0.2)
    with hearing.listening() as hear:
        announce("calibration", {"agency": cast.agency.pk, "number": 1, "read": "another"})
        announce("duty", {"agency": cast.agency.pk, "user": "1"})
        assert not hear("the one")
