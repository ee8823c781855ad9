"""The answer at the top is what the figures say, and says since when; the same stands on paper."""

from datetime import datetime, timedelta

import pytest

from platewarden.cases.holds import place_hold
from platewarden.compliance.duties import duties_of
from platewarden.compliance.evidence import measure
from platewarden.compliance.figures import Scene
from platewarden.compliance.models import Standing
from platewarden.compliance.pages import KEY_FIGURES, Outlook, page_of
from platewarden.compliance.printing import printed
from platewarden.compliance.watching import watch
from platewarden.ledger.keys import ensure_log_key
from platewarden.ledger.models import Checkpoint, LedgerLeaf
from platewarden.policy.parameters import defaults
from platewarden.policy.traces import read_traces, traces
from tests.cases.scenes import placed, sightings, wanted
from tests.cast import Cast
from tests.conftest import NOW
from tests.reports.scenes import text_of
from tests.sightings import a_sighting, store

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_the_figures_a_sheriff_asks_for_first_are_all_measured(cast: Cast) -> None:
    """Each of them is there under its label, whatever becomes of the code that measures it."""
    measured = measure(Scene(cast.agency.pk, defaults(NOW), NOW))
    labels = {(clause, taken.label) for clause, several in measured.items() for taken in several}
    assert set(KEY_FIGURES) <= labels
    assert len(page_of(cast.agency.pk, now=NOW).key_figures) == len(KEY_FIGURES)


@pytest.mark.django_db
@pytest.mark.clause("RET-1")
def test_the_gravest_figure_gives_the_verdict(cast: Cast) -> None:
    """A read past its day breaks its clause, and the page says so first of all."""
    store([a_sighting(cast.camera, "KAB4821", NOW - timedelta(days=31))])
    page = page_of(cast.agency.pk, now=NOW)
    assert page.verdict.tone == "danger"
    assert "broken" in page.verdict.words
    broken = {finding.clause.id for finding in page.findings if finding.outlook is Outlook.BROKEN}
    assert "RET-1" in broken
    assert page.concerns[0].taken.tone == "danger"
    assert dict(page.counts())["broken"] == len(broken)


@pytest.mark.django_db
def test_it_is_known_since_when_something_is_amiss(cast: Cast) -> None:
    """Since it was first seen so; a figure that comes right and goes wrong again begins anew."""

    def since(label: str, now: object) -> object:
        page = page_of(cast.agency.pk, now=now)  # type: ignore[arg-type]  # a moment
        return next((each.since for each in page.concerns if each.taken.label.startswith(label)), None)

    read = "Age of the oldest read"
    store([a_sighting(cast.camera, "KAB4821", NOW - timedelta(days=29, hours=15))])
    watch(agency_id=cast.agency.pk, now=NOW)
    assert since(read, NOW) is None
    broken_at = NOW + timedelta(hours=10)
    assert watch(agency_id=cast.agency.pk, now=broken_at) >= 1
    assert since(read, broken_at + 5 * HOUR) == broken_at
    assert watch(agency_id=cast.agency.pk, now=broken_at + HOUR) == 0
    assert Standing.objects.get(label=read).since == broken_at


@pytest.mark.usefixtures("fresh_database")
def test_what_is_due_next_is_listed_by_its_day(cast: Cast) -> None:
    """What was never done comes first; a hold's end, a statement's, the next purge with their days."""
    sightings(cast, NOW)
    hold = placed(cast, NOW)
    store([a_sighting(cast.camera, "KAB4821", NOW - timedelta(days=2))])
    duties = duties_of(Scene(cast.agency.pk, defaults(NOW), NOW))
    by_clause = {duty.clause: duty for duty in duties}
    assert by_clause["RET-2"].due_at == hold.ends_at
    assert by_clause["CAP-1"].due_at == NOW + timedelta(days=365)
    assert by_clause["RET-4"].due_at == NOW
    overdue = [duty.is_overdue(NOW) for duty in duties]
    assert overdue == sorted(overdue, reverse=True)
    assert by_clause["RET-4"].is_overdue(NOW)
    assert not by_clause["RET-2"].is_overdue(NOW)


@pytest.mark.usefixtures("fresh_database")
@pytest.mark.clause("AUD-1")
def test_the_page_on_paper_carries_time_and_checkpoint(cast: Cast, store_home: object) -> None:
    """The checkpoint covers the entry that it was printed under; every clause with its figures is on it."""
    from django.conf import settings

    ensure_log_key(settings.PLATEWARDEN_KEYS, settings.PLATEWARDEN_ORIGIN)
    pdf = printed(actor=cast.actor("tom"), now=NOW)
    said = text_of(pdf)
    entry = LedgerLeaf.objects.get(kind="policy.printed").seq
    checkpoint = Checkpoint.objects.get()
    assert checkpoint.size > entry
    assert checkpoint.note.split("\n")[2] in said.replace(" ", "")
    assert "2026-11-20 10:30 EST" in said
    assert f"ledger entry {entry}" in said
    for words in (
        "RET-2 Records taken into a case",
        "Age of the oldest read",
        "nobody is registered",
    ):
        assert words in said
    assert b"pdfuaid" in pdf


@pytest.mark.usefixtures("fresh_database")
def test_without_a_key_the_page_on_paper_says_so(cast: Cast) -> None:
    """Rather than looking as if there were a checkpoint."""
    assert "No checkpoint could be signed" in text_of(printed(actor=cast.actor("sue"), now=NOW))


def test_code_and_tests_come_from_the_list_of_clauses() -> None:
    """In the form in which it is generated."""
    places = "- Code: `src/a.py` `f`\n- Code: `src/b.py` ``\n- Test: `tests/t.py` `T.test`\n"
    page = f"# X\n## RET-1 Title\n\n> words\n\n{places}"
    traced = read_traces(page)["RET-1"]
    assert (traced.code, traced.tests) == (("src/a.py: f", "src/b.py"), ("tests/t.py: T.test",))
    assert all(
        traced.code and traced.tests for name, traced in traces().items() if name in {"RET-1", "QRY-2"}
    )


@pytest.mark.usefixtures("fresh_database")
@pytest.mark.clause("RET-2")
def test_a_hold_past_its_end_breaks_the_clause(cast: Cast) -> None:
    """One that waits for a decision needs somebody; in force it is well; an hour past its end it is not."""

    def tone(label: str, now: datetime = NOW) -> str:
        found = measure(Scene(cast.agency.pk, defaults(NOW), now))["RET-2"]
        return next(taken.tone for taken in found if taken.label.startswith(label))

    sightings(cast, NOW)
    hold = wanted(cast, NOW)
    assert tone("Holds that wait") == "warning"
    place_hold(hold=hold, actor=cast.actor("ada"), now=NOW)
    assert (tone("Holds that wait"), tone("Holds past")) == ("good", "good")
    assert tone("Holds past", hold.ends_at + timedelta(minutes=59)) == "good"
    assert tone("Holds past", hold.ends_at + HOUR) == "danger"
