"""The console's kit, as page authors use it."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template

from platewarden.matching.comparing import compare_characters
from platewarden.policy.decision import refuse

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"


def render(source: str, **context: Any) -> str:
    """Render a template that uses the kit."""
    return Template(source).render(Context(context))


class AskForm(forms.Form):
    """A form with one of each kind of field."""

    case_number = forms.CharField(label="Case number", help_text="As in 2026-004217.")
    purpose = forms.ChoiceField(label="Purpose", choices=[("a", "A")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Agreed", required=False)


def test_plate_says_its_state() -> None:
    """A plate is shown with its state of registration."""
    assert '<span class="plate-state">NY</span>' in render('{% plate "ABC1234" "NY" %}')


@pytest.mark.clause("HIT-2")
def test_unknown_state_is_said_plainly() -> None:
    """A state that was not read is shown as unknown, in words too."""
    assert "State unknown" in render('{% plate "ABC1234" "" %}')


def test_doubtful_characters_are_marked_and_named() -> None:
    """A doubtful character is marked by an underline and named in words; separators carry no confidence."""
    html = render('{% plate "A-8C" "NY" known "large" %}', known=[0.99, 0.62, 0.8])
    assert '<span class="plate-char-unsure" title="62 %">8</span>' in html
    assert '<span class="plate-char-fair" title="80 %">C</span>' in html
    assert "Doubtful: 3rd character 8 (62 %), 4th character C (80 %)" in html


@pytest.mark.parametrize(
    "source",
    [
        "{% plate hostile hostile %}",
        "{% badge hostile %}",
        "{% clause hostile %}",
        "{% note hostile %}",
        "{% fact hostile hostile %}",
        "{% metric hostile hostile hostile %}",
        "{% empty hostile hostile %}",
        "{% picture hostile hostile hostile %}",
        "{% refusal decision %}",
        "{% comparison compared %}",
    ],
)
def test_nothing_from_outside_becomes_markup(source: str) -> None:
    """Text from outside is escaped by every tag of the kit."""
    html = render(
        source,
        hostile=HOSTILE,
        decision=refuse(HOSTILE, HOSTILE, remedy=HOSTILE),
        compared={"characters": compare_characters(HOSTILE, HOSTILE), "state": HOSTILE},
    )
    assert "<script" not in html


def test_refusal_gives_clause_reason_remedy_and_entry() -> None:
    """A refusal shows the clause, the reason, what would satisfy it, and its entry on the ledger."""
    decision = refuse("QRY-1", "There is no case number.", remedy="Give one.")
    html = render("{% refusal decision entry=17 %}", decision=decision)
    for part in ("QRY-1", "There is no case number.", "Give one.", "ledger entry 17"):
        assert part in html


def test_times_are_shown_in_the_agencys_zone() -> None:
    """A time is shown in the agency's zone, by name, and says in its title how long ago it was."""
    console = SimpleNamespace(time_zone=ZoneInfo("America/New_York"), now=NOW)
    html = render("{% when moment %}", moment=NOW.replace(hour=14), console=console)
    assert "2026-11-20 09:30:00 EST" in html
    assert 'title="1 hour ago"' in html
    assert 'datetime="2026-11-20T14:30:00.000+00:00"' in html


def test_missing_time_says_so() -> None:
    """A time that never came is told as such."""
    assert "not yet" in render('{% when None missing="not yet" %}')


def test_missing_field_is_told_with_its_name_and_remedy() -> None:
    """An empty field is named above the form, linked, and told with what to do."""
    form = AskForm({})
    html = render("{% form_errors form %}{% for bound in form %}{% field bound %}{% endfor %}", form=form)
    assert '<a href="#id_case_number">Case number</a>: Missing: fill it in.' in html
    assert "Missing: choose one." in html
    assert 'aria-describedby="id_case_number_helptext id_case_number_error"' in html
    assert 'id="id_case_number_error"' in html


def test_form_that_was_not_sent_has_no_errors() -> None:
    """A fresh form shows no summary of errors."""
    assert render("{% form_errors form %}", form=AskForm()).strip() == ""


def test_comparison_says_each_outcome_in_words() -> None:
    """Each place of a read and an entry is compared in words as well as in colour."""
    told = {
        ("A8C", "ABD"): ("same", "looks alike", "different"),
        ("ABC", "AC"): ("read, and not in the entry",),
        ("AC", "ABC"): ("in the entry, and not read",),
        ("ABC", "A?C"): ("left open by the entry",),
    }
    for (read, entry), outcomes in told.items():
        html = render("{% comparison compared %}", compared={"characters": compare_characters(read, entry)})
        assert all(f'aria-label="{words}"' in html for words in outcomes)
