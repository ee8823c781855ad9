"""Figures are measured: each changes when what it measures changes, and says when it cannot know."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from platewarden.alerts.models import Alert
from platewarden.cameras.models import FieldOfViewStatement
from platewarden.compliance.evidence import measure
from platewarden.compliance.figures import Evidence, Scene, span
from platewarden.hotlists.models import Hotlist, Snapshot
from platewarden.ledger.actions import record_refusal
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy.clauses import Progress, clauses
from platewarden.policy.decision import PolicyRefusal, refuse
from platewarden.policy.parameters import defaults
from platewarden.reads import days
from platewarden.retention.models import PurgeClock
from tests.cast import Cast
from tests.conftest import NOW
from tests.hotlists.lists import a_list, load
from tests.sightings import a_sighting, store

pytestmark = pytest.mark.django_db
Taken = Callable[..., Evidence]


@pytest.fixture
def taken(cast: Cast) -> Taken:
    """Return a function that measures now and gives the figure whose label begins with some words."""

    def _taken(clause: str, label: str, *, later: timedelta = timedelta(0)) -> Evidence:
        scene = Scene(cast.agency.pk, defaults(NOW), NOW + later)
        return next(found for found in measure(scene)[clause] if found.label.startswith(label))

    return _taken


def test_evidence_belongs_to_clauses_that_are_built(cast: Cast) -> None:
    """A clause that is not built has no figure that could make it look built, except what is already kept."""
    known = {clause.id: clause for clause in clauses()}
    measured = measure(Scene(cast.agency.pk, defaults(NOW), NOW))
    assert measured.keys() <= known.keys()
    assert all(isinstance(found, Evidence) for several in measured.values() for found in several)
    assert {"CAP-1", "USE-5", "HOT-1", "HIT-2", "QRY-1", "QRY-2", "RET-1", "AUD-1"} <= {
        name for name in measured if known[name].progress is not Progress.NOT_YET
    }


@pytest.mark.clause("RET-1")
def test_the_oldest_read_is_held_against_the_limit(taken: Taken, cast: Cast) -> None:
    """Within it all is well; a read past its day is a breach, whatever the purge says."""
    assert taken("RET-1", "Age of the oldest").value == "no read is kept"
    store([a_sighting(cast.camera, "KAB4821", NOW - timedelta(days=29))])
    inside = taken("RET-1", "Age of the oldest")
    assert (inside.value, inside.tone, inside.note) == ("29 days", "good", "Limit: 30 days.")
    assert taken("RET-1", "Age of the oldest", later=timedelta(days=1)).tone == "danger"


@pytest.mark.clause("RET-1")
def test_the_next_purge_is_computed_from_what_is_kept(taken: Taken) -> None:
    """A day that is due and still there is overdue, even with nothing in it."""
    assert taken("RET-1", "Next purge").value == "nothing to purge"
    days.prepare([date(2026, 10, 22)])
    assert (taken("RET-1", "Next purge").value, taken("RET-1", "Next purge").tone) == ("in 8 hours", "good")
    late = taken("RET-1", "Next purge", later=timedelta(hours=10))
    assert (late.value, late.tone) == ("overdue by 1 hour", "danger")


@pytest.mark.clause("RET-1")
def test_a_purge_that_never_looked_or_was_paused_is_said(taken: Taken) -> None:
    """Silence is not a good sign."""
    assert taken("RET-1", "The timer").value == "never"
    PurgeClock.objects.create(last_seen_at=NOW - timedelta(hours=2))
    assert (taken("RET-1", "The timer").value, taken("RET-1", "The timer").tone) == ("2 hours ago", "good")
    assert taken("RET-1", "The timer", later=timedelta(days=2)).tone == "warning"
    PurgeClock.objects.update(paused_at=NOW)
    assert (taken("RET-1", "The timer").value, taken("RET-1", "The timer").tone) == ("paused", "danger")
    assert taken("RET-1", "Last day purged").value == "none yet"


@pytest.mark.clause("HOT-1")
def test_stale_and_empty_lists_are_counted(taken: Taken, cast: Cast) -> None:
    """By their effective time, not by when they were loaded."""
    facts = {"agency": cast.agency, "source": "state", "created_at": NOW, "created_by": "ada"}
    loaded = Hotlist.objects.create(name="State extract", **facts)
    Hotlist.objects.create(name="Never loaded", **facts)
    Snapshot.objects.create(
        hotlist=loaded,
        effective_at=NOW - timedelta(hours=23),
        loaded_at=NOW,
        loaded_by="ada",
        file_digest=b"",
        accepted=1,
    )
    assert (taken("HOT-1", "Hotlists in use that").value, taken("HOT-1", "Hotlists in use that").tone) == (
        "0",
        "good",
    )
    assert taken("HOT-1", "Hotlists never").value == "1"
    assert taken("HOT-1", "Hotlists in use that", later=timedelta(hours=2)).value == "1"


@pytest.mark.clause("HIT-2", "HIT-3")
def test_alerts_that_wait_are_counted(taken: Taken, cast: Cast) -> None:
    """Unverified and undisposed alerts need somebody; those that ended do not."""
    facts: dict[str, Any] = {"agency": cast.agency, "category": "manual", "grade": "exact_state_agrees"}
    for number, ended in enumerate([None, None, NOW]):
        Alert.objects.create(
            id=f"00000000-0000-0000-0000-00000000000{number}",
            number=number,
            changed_number=number,
            raised_at=NOW - timedelta(hours=3),
            priority="normal",
            verified_at=NOW if number else None,
            disposed_at=ended,
            **facts,
        )
    assert taken("HIT-2", "Open alerts").value == "1"
    undisposed = taken("HIT-3", "Alerts without")
    assert (undisposed.value, undisposed.tone) == ("2", "warning")
    assert "waited 3 hours" in undisposed.note


@pytest.mark.clause("CAP-1")
def test_cameras_without_a_valid_statement_are_counted(taken: Taken, cast: Cast) -> None:
    """A statement that has run out counts like none."""
    assert taken("CAP-1", "Approved cameras without").value == "0"
    FieldOfViewStatement.objects.update(signed_at=NOW - timedelta(days=366))
    assert (
        taken("CAP-1", "Approved cameras without").value,
        taken("CAP-1", "Approved cameras without").tone,
    ) == (
        "1",
        "warning",
    )


@pytest.mark.clause("QRY-1", "USE-5")
def test_refusals_are_counted_by_clause_and_by_what_was_asked(cast: Cast) -> None:
    """What somebody typed into a reason cannot pass for a refusal."""
    typed = '","action":"query.ask","clause":"USE-3'
    refusal = PolicyRefusal(
        refuse("USE-5", "No.", remedy="None."), refused_action="query.ask", facts={"reason": typed}
    )
    record_refusal(refusal, actor=cast.actor("ivan"))
    recorded_at = LedgerLeaf.objects.latest("seq").at
    figures = measure(Scene(cast.agency.pk, defaults(NOW), recorded_at))
    assert figures["USE-5"][0].value == "1"
    assert figures["USE-3"][0].value == "0"
    assert figures["QRY-1"][1].value == "1"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=3, hours=5), "3 days"),
        (timedelta(hours=25), "1 day"),
        (timedelta(minutes=61), "1 hour"),
        (timedelta(seconds=59), "under a minute"),
    ],
)
def test_spans_are_said_in_their_largest_unit(length: timedelta, words: str) -> None:
    """Short enough to be read at a glance."""
    assert span(length) == words


@pytest.mark.clause("HOT-3", "USE-5")
def test_lines_left_out_of_lists_are_counted_by_clause(cast: Cast) -> None:
    """Both figures come from the lists in use: those of other categories, and those about immigration status."""
    load(
        cast, a_list(cast), "KAB4821,NY,P,", "A1,NY,gang,", "A2,NY,gang,", "A3,NY,N,", "A4,NY,W,visa overstay"
    )
    measured = measure(Scene(cast.agency.pk, defaults(NOW), NOW))
    values = {found.label: found.value for found in (*measured["HOT-3"], *measured["USE-5"])}
    assert values["Lines left out of the lists in use by their category"] == "2"
    assert values["Lines left out of the lists in use for it"] == "2"
    assert values["Categories switched on"] == "9"
