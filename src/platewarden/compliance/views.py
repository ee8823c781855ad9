"""The policy as it stands: every clause with its evidence, and the values in force."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.accounts.actors import owning_agency
from platewarden.adoption import actions as adoption
from platewarden.adoption.in_force import parameters_at
from platewarden.adoption.models import AdoptedValue
from platewarden.compliance.evidence import measure
from platewarden.compliance.figures import Evidence, Scene
from platewarden.compliance.forms import ProposeForm, in_words
from platewarden.policy.accounts import Right, may, may_adopt_parameter, may_propose_parameter
from platewarden.policy.clauses import Clause, Kind, Progress
from platewarden.policy.clauses import clauses as adopted_clauses
from platewarden.policy.decision import require
from platewarden.policy.parameters import Definition, ParameterError, Parameters, definitions
from platewarden.policy.retention import may_confirm_clock
from platewarden.retention.actions import confirm_clock
from platewarden.retention.models import PurgeClock
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

STATES = (*(kind.value for kind in Kind), Progress.NOT_YET.value)
"""How a clause may be kept, the strongest first."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter with the value in force and where it comes from."""

    definition: Definition
    value: str
    default: str
    bounds: str
    adopted: AdoptedValue | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause with everything known about it now."""

    clause: Clause
    evidence: list[Evidence]
    settings: list[Setting]
    starts_chapter: bool

    @property
    def is_partial(self) -> bool:
        """Whether something of the clause is still missing."""
        return self.clause.progress is Progress.IN_PART


@require_GET
def clauses(request: ActorRequest) -> HttpResponse:
    """Show every clause: how it is kept, and what can be measured of it at this moment."""
    require(may(request.actor, Right.SEE_COMPLIANCE), action="policy.see")
    now = utc_now()
    in_force = parameters_at(now)
    evidence = measure(Scene(request.actor.agency_id, in_force, now))
    state = request.GET.get("state", "")
    found = adopted_clauses()
    counts = Counter(clause.state for clause in found)
    context = {
        "findings": _findings(
            [clause for clause in found if state in {"", clause.state}], evidence, in_force, now
        ),
        "state": state,
        "states": [(name, counts[name]) for name in STATES if counts[name]],
        "total": len(found),
        "built": sum(clause.progress is Progress.BUILT for clause in found),
        "built_note": f"of {len(found)}",
        "partial": sum(clause.progress is Progress.IN_PART for clause in found),
        "waiting": [(clause, taken) for clause, taken in _all(evidence) if taken.needs_someone],
        "holding": sum(taken.tone == "good" for _, taken in _all(evidence)),
        "figures": len(_all(evidence)),
        "measured_at": now,
        "clock_is_doubted": PurgeClock.objects.filter(paused_at__isnull=False).exists(),
        "may_confirm_clock": may_confirm_clock(request.actor).allowed,
    }
    return render(request, "compliance/clauses.html", context)


def _all(evidence: Mapping[str, list[Evidence]]) -> list[tuple[str, Evidence]]:
    return [(clause, taken) for clause, several in evidence.items() for taken in several]


def _findings(
    found: list[Clause], evidence: Mapping[str, list[Evidence]], in_force: Parameters, now: datetime
) -> list[Finding]:
    settings, chapter, findings = _settings(in_force, now), "", []
    for clause in found:
        own = [setting for setting in settings if setting.definition.clause == clause.id]
        findings.append(Finding(clause, evidence.get(clause.id, []), own, clause.chapter != chapter))
        chapter = clause.chapter
    return findings


def _settings(in_force: Parameters, now: datetime) -> list[Setting]:
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


@require_http_methods(["GET", "POST"])
def parameters(request: ActorRequest) -> HttpResponse:
    """Show the values in force and those proposed; take a proposal from whoever may make one."""
    require(may(request.actor, Right.SEE_COMPLIANCE), action="parameters.see")
    now, zone = utc_now(), ZoneInfo(owning_agency().time_zone)
    form = ProposeForm(request.POST if request.method == "POST" else None, zone=zone, now=now)
    if form.is_bound and form.is_valid() and _propose(request, form, now=now):
        return redirect("compliance:parameters")
    waiting = AdoptedValue.objects.filter(approved_at=None).select_related("proposed_by")
    context = {
        "settings": _settings(parameters_at(now), now),
        "waiting": [(row, _may_adopt(request, row)) for row in waiting],
        "form": form if may_propose_parameter(request.actor).allowed else None,
    }
    return render(request, "compliance/parameters.html", context, status=422 if form.is_bound else 200)


def _may_adopt(request: ActorRequest, row: AdoptedValue) -> bool:
    return may_adopt_parameter(request.actor, proposed_by_id=str(row.proposed_by_id)).allowed


def _propose(request: ActorRequest, form: ProposeForm, *, now: datetime) -> bool:
    facts = form.cleaned_data
    try:
        adoption.propose_value(**facts, actor=request.actor, now=now)
    except ParameterError as error:
        form.add_error("value", str(error))
        return False
    messages.success(request, "Proposed and recorded. A second person must adopt it before it is in force.")
    return True


@require_POST
def adopt(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """Adopt what somebody else proposed."""
    try:
        adoption.approve_value(proposal_id=proposal_id, actor=request.actor, now=utc_now())
    except AdoptedValue.DoesNotExist:
        raise Http404("no such proposal, or it is adopted already") from None
    messages.success(request, "Adopted and recorded.")
    return redirect("compliance:parameters")


@require_POST
def clock(request: ActorRequest) -> HttpResponse:
    """Say that the clock is right after a jump, and let the purge go on."""
    confirm_clock(actor=request.actor, now=utc_now())
    messages.success(request, "Recorded: the clock is right. The purge goes on within ten minutes.")
    return redirect("compliance:clauses")
