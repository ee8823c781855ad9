"""Reads that the policy refuses: each submission with any leaves an entry, which says nothing of what was in them."""

from datetime import timedelta
from typing import Any

import pytest

from platewarden.ledger.models import LedgerBody
from tests.cast import Cast
from tests.conftest import NOW
from tests.ingest.test_ingest import a_read, submit
from tests.telling import spoken

__all__ = ["submit"]
pytestmark = pytest.mark.django_db


@pytest.mark.clause("CAP-2", "RET-1")
def test_what_a_camera_sent_in_vain_is_counted_by_clause(cast: Cast, submit: Any) -> None:
    """Too old, from the future, and with members that may not be kept; a blurred picture is no refusal."""
    past = (NOW - timedelta(days=40)).isoformat()
    coming = (NOW + timedelta(days=1)).isoformat()
    answer = submit(
        a_read("c-1"),
        a_read("c-2", seen_at=past),
        a_read("c-3", seen_at=coming),
        a_read("c-4", face="a face"),
        a_read("c-5", plate_image=""),
    )
    assert [result["code"] for result in answer.json()["results"]] == [201, 403, 403, 422, 422]
    (entry,) = LedgerBody.objects.filter(leaf__kind="reads.refused")
    assert entry.content["details"] == {"reads": {"RET-1": 1, "CAP-2": 2}}
    assert (entry.subject, entry.actor) == (f"camera:{cast.camera.pk}", "route-13")
    assert "4821" not in spoken(entry.body)


def test_reads_in_order_leave_no_such_entry(submit: Any) -> None:
    """Ordinary reads are counted by the hour."""
    submit(a_read("c-1"), a_read("c-2"))
    assert not LedgerBody.objects.filter(leaf__kind="reads.refused").exists()
