"""What the policy page says of searches that wait, that lack their number, and of copies."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from platewarden.compliance import searches
from platewarden.compliance.figures import Scene
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.parameters import defaults
from platewarden.policy.queries import QueryKind, QueryScope
from platewarden.queries import actions
from platewarden.queries.models import Query, TakenFile
from tests.cast import Cast
from tests.conftest import NOW
from tests.queries.conftest import JUSTIFICATION

pytestmark = pytest.mark.django_db


def figures(found: list[Any]) -> dict[str, tuple[str, str]]:
    """Return value and tone by label."""
    return {one.label: (one.value, one.tone) for one in found}


@pytest.mark.clause("QRY-1", "QRY-2", "USE-4")
def test_what_waits_what_is_late_and_what_was_taken_is_measured(cast: Cast) -> None:
    """A held search is counted while it waits; an exigent one and a file past their time are warned of."""
    until = NOW - timedelta(hours=1)
    query = actions.ask(
        justification=replace(JUSTIFICATION, reason="Arson at the mosque, which car drove away at two?"),
        scope=QueryScope(QueryKind.EXACT, "KAB4821", (), until - timedelta(hours=1), until),
        actor=cast.actor("ivan"),
        now=NOW,
    )
    TakenFile.objects.create(
        id=uuid.uuid4(),
        agency=cast.agency,
        query_id=query.pk,
        taken_by=cast.ivan,
        taken_at=NOW,
        form="csv",
        reads=1,
        digest="",
        destroy_by=NOW,
        entry=1,
    )
    recorded_at = LedgerLeaf.objects.latest("seq").at
    scene = Scene(cast.agency.pk, defaults(NOW), NOW)
    assert figures(searches.asked(scene, refused=0))["Searches that wait for a second person"][0] == "1"
    held = figures(searches.held_for_a_ground(replace(scene, now=recorded_at)))
    assert held["Searches put before a second person in 30 days"][0] == "1"
    late = figures(searches.logged(scene))["Files past their day, neither in a case nor destroyed"]
    assert late == ("1", "warning")
    Query.objects.update(number_due_at=NOW)
    overdue = figures(searches.asked(scene, refused=0))
    assert overdue["Exigent searches not given their case number in time"] == ("1", "warning")
