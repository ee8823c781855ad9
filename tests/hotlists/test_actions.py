"""A list is loaded whole or not at all, and the ledger says so either way."""

from datetime import timedelta
from typing import Any

import pytest

from platewarden.hotlists import actions
from platewarden.hotlists.models import Entry, Hotlist, Snapshot
from platewarden.hotlists.previews import preview
from platewarden.ledger.models import LedgerBody, LedgerLeaf
from platewarden.matching.plates import PlateError
from platewarden.policy.decision import PolicyRefusal
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, csv_of, facts, load

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    """The kinds of all entries, oldest first."""
    return list(LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True))


@pytest.mark.clause("HOT-1")
def test_a_list_is_loaded_with_its_source_effective_time_and_counts(cast: Cast) -> None:
    """A snapshot keeps when it took effect, who loaded it, the file's digest, and how many entries it brought."""
    hotlist = a_list(cast)
    snapshot = load(cast, hotlist, "KAB 4821,NY,stolen_vehicle,taken overnight", "hxb-7730,,P,")
    assert (snapshot.accepted, snapshot.refused, snapshot.loaded_by) == (2, {}, "sue")
    assert snapshot.effective_at == NOW - timedelta(hours=1)
    entry = Entry.objects.get(plate="KAB4821")
    assert (entry.plate_as_given, entry.skeleton, entry.state) == ("KAB 4821", "KA84821", "NY")
    assert (entry.agency_id, entry.entered_at, entry.priority) == (cast.agency.pk, NOW, "normal")
    assert kinds()[-2:] == ["hotlist.created", "hotlist.loaded"]
