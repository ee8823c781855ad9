"""The policy's text, and the trace from clause to code to test."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from platewarden.policy import traceability
from platewarden.policy.clauses import Clause, Kind, Progress, clauses, parse_policy
from platewarden.policy.location import PolicyFileError
from platewarden.policy.traceability import Place, Trace, problems, proofs_under, quotes_under

ROOT = Path(__file__).parents[2]
IDS = (
    "CAP-1 CAP-2 CAP-3 CAP-4 CAP-5 USE-1 USE-2 USE-3 USE-4 USE-5 HOT-1 HOT-2 HOT-3 HIT-1 HIT-2 HIT-3 "
    "QRY-1 QRY-2 SHR-1 SHR-2 SHR-3 SHR-4 RET-1 RET-2 RET-3 RET-4 ADM-1 ADM-2 ADM-3 ADM-4 "
    "AUD-1 AUD-2 AUD-3 TPR-1 TRN-1 TRN-2 RPT-1"
)
LAW = Clause(
    id="RET-1",
    title="Gone",
    chapter="Retention",
    text="Nothing is stored longer than 30 days.",
    kinds=frozenset({Kind.ENFORCED}),
    source="VII.A",
    reading="",
    progress=Progress.BUILT,
    missing="",
)
QUOTED = Place("RET-1", "src/a.py", "rule", "Nothing is stored longer than 30 days.")
PROVED = Place("RET-1", "tests/test_a.py", "test_rule")
SOUND = Trace((LAW,), (QUOTED,), (PROVED,))
RULE = '''"""A chapter."""

def rule():
    """Decide.

    > RET-1: Nothing is stored
    > longer than 30 days.

    > USE-1: Official use
    > USE-2: In the state

    More words.
    """
'''
PROOF = '''"""Tests."""

import pytest

@pytest.mark.clause("RET-1", "RET-2")
def test_rule():
    """It holds."""

class TestMore:
    """More."""

    @pytest.mark.clause("USE-1")
    async def test_more(self):
        """It holds."""

@pytest.mark.parametrize("n", [1])
def test_unmarked(n):
    """It is a test."""
'''


def test_the_policy_words_every_clause_once_and_in_order() -> None:
    """All thirty-seven, under the ids everything else uses."""
    assert " ".join(clause.id for clause in clauses()) == IDS
    assert all(clause.title and clause.text.endswith(".") and clause.source for clause in clauses())


def test_the_policy_is_one_paragraph_a_clause() -> None:
    """A clause is a text that can be read aloud, without markup."""
    for clause in clauses():
        assert 8 <= len(clause.text.split()) <= 80, clause.id
        assert not re.search(r"[`*_|]", clause.text), clause.id


def test_the_corrections_to_the_source_are_told() -> None:
    """The two headings C., the wrong reference and the missing attachment are named."""
    text = (ROOT / "policy" / "policy.md").read_text(encoding="utf-8")
    for words in (
        'two headings "C."',
        "Section IV-B",
        "Freedom of Information *Law*",
        "Attachment A is missing",
    ):
        assert words in text


def test_this_checkout_keeps_its_policy_in_code_and_tests() -> None:
    """Code quotes what the policy says; an enforced clause has code and a test; nothing built is hidden."""
    assert problems(traceability.trace(ROOT)) == []


def test_a_sound_trace_has_no_problems() -> None:
    """Policy, code and test agree."""
    assert problems(SOUND) == []


def test_an_amended_clause_names_the_code_that_kept_the_old_words() -> None:
    """Thirty days become twenty-one, and the rule no longer matches."""
    amended = replace(LAW, text="Nothing is stored longer than 21 days.")
    (problem,) = problems(replace(SOUND, clauses=(amended,)))
    assert "src/a.py: rule misquotes RET-1" in problem


@pytest.mark.parametrize("quote", ["Nothing is stored long", "is stored longer", "NOTHING IS STORED"])
def test_a_quotation_is_a_passage_word_for_word(quote: str) -> None:
    """Half words, other letters and scraps do not count."""
    (problem,) = problems(replace(SOUND, code=(replace(QUOTED, quote=quote),)))
    assert "RET-1" in problem


@pytest.mark.parametrize(
    ("kinds", "code", "tests", "missing"),
    [
        ({Kind.ENFORCED}, (), (PROVED,), "no code"),
        ({Kind.ENFORCED}, (QUOTED,), (), "no test"),
        ({Kind.ENFORCED, Kind.EVIDENCED}, (), (PROVED,), "no code"),
        ({Kind.BY_CONSTRUCTION}, (), (), "no test"),
        ({Kind.EVIDENCED}, (QUOTED,), (), "no test"),
    ],
)
def test_a_clause_that_is_built_has_what_its_kind_asks(
    kinds: set[Kind], code: tuple[Place, ...], tests: tuple[Place, ...], missing: str
) -> None:
    """Enforced: code and a test. By construction or evidenced: a test."""
    law = replace(LAW, kinds=frozenset(kinds))
    (problem,) = problems(Trace((law,), code, tests))
    assert missing in problem


def test_what_people_do_needs_neither_code_nor_test() -> None:
    """A procedure is kept by people."""
    assert problems(Trace((replace(LAW, kinds=frozenset({Kind.PROCEDURAL})),), (), ())) == []


def test_what_is_not_yet_built_is_allowed_until_it_is_built() -> None:
    """Code or a test alone is a beginning; both together are the thing itself."""
    later = (replace(LAW, progress=Progress.NOT_YET),)
    assert problems(Trace(later, (), ())) == []
    assert problems(Trace(later, (QUOTED,), ())) == []
    (problem,) = problems(Trace(later, (QUOTED,), (PROVED,)))
    assert "not yet built" in problem


def test_unknown_ids_are_found_everywhere() -> None:
    """In code, in tests and among the parameters."""
    strange = Trace(
        (LAW,),
        (QUOTED, replace(QUOTED, clause="XYZ-9")),
        (PROVED, replace(PROVED, clause="XYZ-8")),
        (("some.value", "XYZ-7"),),
    )
    found = " ".join(problems(strange))
    assert all(name in found for name in ("XYZ-9", "XYZ-8", "XYZ-7"))


def test_quotations_and_marks_are_read_from_source(tmp_path: Path) -> None:
    """Across lines, one after another, in functions, methods and classes."""
    (tmp_path / "rules.py").write_text(RULE, encoding="utf-8")
    (tmp_path / "test_rules.py").write_text(PROOF, encoding="utf-8")
    assert list(quotes_under(tmp_path, tmp_path)) == [
        Place("RET-1", "rules.py", "rule", "Nothing is stored longer than 30 days."),
        Place("USE-1", "rules.py", "rule", "Official use"),
        Place("USE-2", "rules.py", "rule", "In the state"),
    ]
    assert [(place.clause, place.name) for place in proofs_under(tmp_path, tmp_path)] == [
        ("RET-1", "test_rule"),
        ("RET-2", "test_rule"),
        ("USE-1", "TestMore.test_more"),
    ]


def test_write_makes_the_page_and_check_notices_when_it_is_old(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page that is missing or old fails the check; one freshly written does not."""
    (tmp_path / "src").mkdir()
    (tmp_path / "tests").mkdir()
    assert traceability.main(["check"], tmp_path) == 1
    assert "is out of date" in capsys.readouterr().err
    traceability.main(["write"], tmp_path)
    capsys.readouterr()
    traceability.main(["check"], tmp_path)
    assert "is out of date" not in capsys.readouterr().err
    assert "RET-1" in (tmp_path / traceability.PAGE).read_text(encoding="utf-8")
    assert traceability.main(["frobnicate"], tmp_path) == 2


def test_the_page_shows_clause_state_code_tests_and_parameters() -> None:
    """Relative paths and names, no line numbers."""
    law = replace(LAW, progress=Progress.IN_PART, missing="the backups.")
    shown = traceability.page(Trace((law,), (QUOTED,), (PROVED,), (("retention.limit_days", "RET-1"),)))
    for words in (
        "| [RET-1](#ret-1) | Gone | enforced, in part | 1 | 1 |",
        "- Code: `src/a.py` `rule`",
        "- Test: `tests/test_a.py` `test_rule`",
        "- Parameter: `retention.limit_days`",
        "- Missing: the backups.",
    ):
        assert words in shown


@pytest.mark.parametrize(
    "body",
    [
        "### RET-1 Gone\n\nText.\n",
        "### RET-1 Gone\n\n- Kind: enforced\n",
        "### RET-1 Gone\n\nText.\n\n- Kind: wished\n",
        "### RET-1 Gone\n\nText.\n\n- Kind: enforced\n- Perhaps later.\n",
        "### RET-1 Gone\n\nText.\n\n- Kind: enforced\n\n### RET-1 Gone\n\nText.\n\n- Kind: enforced\n",
    ],
)
def test_a_policy_that_breaks_its_markup_is_refused(body: str) -> None:
    """Without text, without a known kind, with an unknown note, or twice: nothing is guessed."""
    with pytest.raises(PolicyFileError):
        parse_policy(f"## Retention\n\n{body}")


def test_the_markup_is_read(tmp_path: Path) -> None:
    """Chapter, title, text on several lines, kinds, source, reading and progress."""
    markdown = (
        "# Policy\n\nWords.\n\n## Retention\n\n### RET-1 Gone\n\nNothing is\nstored.\n\n"
        "- Kind: enforced, evidenced\n- Source: VII.A\n"
        "- Reading: from capture: always.\n- Built in part. Missing: backups.\n\n"
        "### RET-2 Cases\n\nText here.\n\n- Kind: procedural\n- Not yet built.\n"
    )
    first, second = parse_policy(markdown)
    assert (first.chapter, first.title, first.text) == ("Retention", "Gone", "Nothing is stored.")
    assert (first.state, first.source, first.reading) == ("enforced", "VII.A", "from capture: always.")
    assert (first.progress, first.missing) == (Progress.IN_PART, "backups.")
    assert second.state == "not yet built"
