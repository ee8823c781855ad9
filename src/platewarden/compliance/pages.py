"""What the page on the policy shows, on a screen and on paper: the verdict, what is amiss since when, every clause."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from platewarden.adoption.in_force import parameters_at
from platewarden.adoption.models import AdoptedValue
from platewarden.compliance.duties import Due, duties_of
from platewarden.compliance.evidence import measure
from platewarden.compliance.figures import Evidence, Scene
from platewarden.compliance.forms import in_words
from platewarden.compliance.watching import Key, since_when
from platewarden.policy.clauses import Clause, Kind, Progress
from platewarden.policy.clauses import clauses as adopted_clauses
from platewarden.policy.parameters import Definition, Parameters, definitions
from platewarden.policy.traces import Traced, traces
from platewarden.site.looks import one_look


class Outlook(StrEnum):
    """How a clause stands at this moment."""

    BROKEN = "broken"
    ATTENTION = "needs somebody"
    HOLDS = "holds"
    BUILT_IN = "kept by the program"
    NOT_BUILT = "not yet built"


TONES: Final = {
    Outlook.BROKEN: "danger",
    Outlook.ATTENTION: "warning",
    Outlook.HOLDS: "good",
    Outlook.BUILT_IN: "notice",
    Outlook.NOT_BUILT: "quiet",
}
IN_PART: Final = Progress.IN_PART.value
FILTERS: Final = (*(outlook.value for outlook in Outlook), IN_PART, *(kind.value for kind in Kind))
"""By what the clauses can be narrowed down: how they stand, and how they are kept."""

KEY_FIGURES: Final = (
    ("RET-1", "Age of the oldest read"),
    ("RET-1", "Last day purged"),
    ("HOT-1", "Hotlists in use that are stale"),
    ("HIT-3", "Alerts without a disposition"),
    ("AUD-1", "Newest checkpoint co-signed by a witness"),
)
"""The figures that a Sheriff asks for first, by clause and label."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter with the value in force and where it comes from."""

    definition: Definition
    value: str
    default: str
    bounds: str
    adopted: AdoptedValue | None


@dataclass(frozen=True, slots=True)
class Concern:
    """A figure that needs somebody, and since when."""

    clause: str
    taken: Evidence
    since: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause with everything known about it now."""

    clause: Clause
    evidence: list[Evidence]
    settings: list[Setting]
    traced: Traced
    duties: list[Due]
    starts_chapter: bool

    @property
    def is_partial(self) -> bool:
        """Whether something of the clause is still missing."""
        return self.clause.progress is Progress.IN_PART

    @property
    def outlook(self) -> Outlook:
        """How the clause stands: the gravest of its figures says it."""
        tones = {taken.tone for taken in self.evidence}
        if self.clause.progress is Progress.NOT_YET:
            return Outlook.NOT_BUILT
        for tone, outlook in (
            ("danger", Outlook.BROKEN),
            ("warning", Outlook.ATTENTION),
            ("good", Outlook.HOLDS),
        ):
            if tone in tones:
                return outlook
        return Outlook.BUILT_IN

    @property
    def tone(self) -> str:
        """The tone of its outlook."""
        return TONES[self.outlook]

    @property
    def kinds(self) -> str:
        """How it is kept, in words."""
        return ", ".join(kind for kind in Kind if kind in self.clause.kinds)

    def is_among(self, state: str) -> bool:
        """Whether the clause belongs to those that *state*, one of `FILTERS`, narrows down to; empty: all."""
        by_progress = {IN_PART: self.is_partial, Progress.NOT_YET.value: self.outlook is Outlook.NOT_BUILT}
        return state in {"", self.outlook.value, self.clause.state} or by_progress.get(state, False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer at the top: in a sentence, with its tone."""

    words: str
    tone: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page shows, measured at `now`."""

    now: datetime
    verdict: Verdict
    concerns: list[Concern]
    key_figures: list[Evidence]
    duties: list[Due]
    findings: list[Finding]
    since: Mapping[Key, datetime]

    @property
    def overdue(self) -> int:
        """How many duties are overdue."""
        return sum(duty.is_overdue(self.now) for duty in self.duties)

    @property
    def limited(self) -> list[Evidence]:
        """Every figure that has a limit."""
        return [taken for finding in self.findings for taken in finding.evidence if taken.tone != "quiet"]

    @property
    def holding(self) -> int:
        """How many of them hold."""
        return sum(taken.tone == "good" for taken in self.limited)

    @property
    def unbuilt(self) -> int:
        """How many clauses are not built."""
        return sum(finding.outlook is Outlook.NOT_BUILT for finding in self.findings)

    def counts(self) -> list[tuple[str, int]]:
        """Return how many clauses each of the filters leaves, those that leave none missing."""
        found = Counter(state for state in FILTERS for finding in self.findings if finding.is_among(state))
        return [(state, found[state]) for state in FILTERS if found[state]]


def page_of(agency_id: int, *, now: datetime) -> Page:
    """Return the whole page, measured now: in one look, so that all figures are told from the same values."""
    with one_look():
        return _measured(agency_id, now)


def _measured(agency_id: int, now: datetime) -> Page:
    scene = Scene(agency_id, parameters_at(now), now)
    measured = measure(scene)
    since = since_when(measured, agency_id=agency_id, now=now)
    duties = duties_of(scene)
    findings = _findings(measured, duties, scene.parameters, now)
    concerns = [
        Concern(clause, taken, since[clause, taken.label])
        for clause, several in measured.items()
        for taken in several
        if taken.needs_someone
    ]
    concerns.sort(key=lambda concern: (concern.taken.tone != "danger", concern.since))
    return Page(now, _verdict(concerns, findings), concerns, _key_figures(measured), duties, findings, since)


def _verdict(concerns: list[Concern], findings: list[Finding]) -> Verdict:
    broken = sum(finding.outlook is Outlook.BROKEN for finding in findings)
    waiting = sum(finding.outlook is Outlook.ATTENTION for finding in findings)
    if broken:
        also = f"; {_clauses(waiting)} need{_s(waiting)} somebody" if waiting else ""
        return Verdict(
            f"Not everywhere: {_clauses(broken)} {_are(broken)} broken{also}.", "danger", "warning"
        )
    if concerns:
        words = f"Yes, where it can be measured; {_clauses(waiting)} need{_s(waiting)} somebody."
        return Verdict(words, "warning", "information")
    return Verdict("Yes, where it can be measured: every figure is within its limit.", "good", "check")


def _clauses(count: int) -> str:
    return f"{count} clause{'' if count == 1 else 's'}"


def _s(count: int) -> str:
    return "s" if count == 1 else ""


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _key_figures(measured: Mapping[str, list[Evidence]]) -> list[Evidence]:
    found = {(clause, taken.label): taken for clause, several in measured.items() for taken in several}
    return [found[key] for key in KEY_FIGURES if key in found]


def _findings(
    measured: Mapping[str, list[Evidence]], duties: list[Due], in_force: Parameters, now: datetime
) -> list[Finding]:
    settings, chapter, findings = settings_of(in_force, now), "", []
    for clause in adopted_clauses():
        findings.append(
            Finding(
                clause=clause,
                evidence=measured.get(clause.id, []),
                settings=[setting for setting in settings if setting.definition.clause == clause.id],
                traced=traces().get(clause.id, Traced()),
                duties=[duty for duty in duties if duty.clause == clause.id],
                starts_chapter=clause.chapter != chapter,
            )
        )
        chapter = clause.chapter
    return findings


def settings_of(in_force: Parameters, now: datetime) -> list[Setting]:
    """Return every parameter with its value in force and where that comes from."""
    adopted = AdoptedValue.objects.filter(approved_at__isnull=False, in_force_from__lte=now)
    latest = {row.name: row for row in adopted.select_related("proposed_by", "approved_by")}
    return [
        Setting(
            definition=found,
            value=in_words(in_force.values[found.name], found.unit),
            default=in_words(found.default, found.unit),
            bounds=_bounds(found),
            adopted=latest.get(found.name),
        )
        for found in definitions().values()
    ]


def _bounds(found: Definition) -> str:
    if found.choices:
        return "of " + ", ".join(sorted(found.choices))
    ends = (("at least", found.floor), ("at most", found.ceiling))
    return ", ".join(f"{word} {bound}" for word, bound in ends if bound is not None)
