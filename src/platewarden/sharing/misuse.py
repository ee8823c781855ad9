"""Every write about reports of misuse: made, acknowledged, noted, decided; nothing is ever taken back (SHR-4).

The ledger says that a report was made and what was done about it, and seals both by digests; it does not say by whom
or before whom, because those who read the ledger may be those it is about. The rows say it, and stay.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from platewarden.accounts.actors import system_actor
from platewarden.accounts.models import Agency, User
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import misuse as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import refuse, require
from platewarden.policy.misuse import Concern, Outcome, Step
from platewarden.policy.notices import NoticeKind
from platewarden.sharing.models import MisuseReport, MisuseStep
from platewarden.sharing.register import end_for
from platewarden.sharing.suspending import suspend_for

_KINDS = {
    Step.ACKNOWLEDGED: Kind.MISUSE_ACKNOWLEDGED,
    Step.NOTED: Kind.MISUSE_NOTED,
    Step.DECIDED: Kind.MISUSE_DECIDED,
}


def subject_of(report: MisuseReport) -> str:
    """Return how ledger entries and notices name *report*."""
    return f"misuse:{report.pk}"


@transaction.atomic
def report_misuse(
    *, agency: Agency, concern: Concern, whom: str, account: str, actor: Actor, now: datetime
) -> MisuseReport:
    """Report that somebody of *agency* misuses the system or its data; whoever decides is told, nobody else.

    Raises:
        PolicyRefusal: Nobody is signed in, nothing is said, or nobody here could decide on it.
    """
    about = User.objects.filter(username=whom.strip().lower()).exclude(pk=int(actor.id or 0)).first()
    involved = actor.roles | _roles_of(about)
    decision = policy.may_report(actor, concern=concern, account=account, involved=involved)
    require(decision, action="misuse.report")
    decider = policy.decider_of(concern, involved=involved)
    assert decider is not None  # the rule has refused a report that nobody could decide on
    report = MisuseReport.objects.create(
        agency=agency,
        concern=concern,
        about=about,
        whom=whom.strip(),
        account=account.strip(),
        reported_by_id=int(actor.id),
        reported_at=now,
        decider=decider,
        salt=secrets.token_hex(16),
    )
    _append(Kind.MISUSE_REPORTED, report, {"sha256": digest_of(report)})
    tell(
        kind=NoticeKind.MISUSE_REPORTED,
        subject=subject_of(report),
        text="A report of misuse waits for you: acknowledge it, then investigate and decide.",
        to_role=decider,
        actor=_nobody(),
        due_at=policy.acknowledge_by(now, parameters=parameters_at(now)),
        now=now,
    )
    return report


def _nobody() -> Actor:
    return system_actor("reports of misuse")


def _append(kind: Kind, report: MisuseReport, details: Mapping[str, JSON]) -> None:
    ledger.append(kind, actor=_nobody(), subject=subject_of(report), details=details)


def _roles_of(user: User | None) -> frozenset[Role]:
    """Return the roles of whom a report names: a report about the Undersheriff by name goes to the Sheriff, too."""
    held = user.grants.filter(withdrawn_at=None).values_list("role", flat=True) if user else ()
    return frozenset(Role(role) for role in held)


def digest_of(report: MisuseReport) -> str:
    """Return the salted SHA-256 of what *report* says; the ledger holds it from the first moment on."""
    said: dict[str, JSON] = {
        "agency": report.agency_id,
        "concern": str(report.concern),
        "whom": report.whom,
        "account": report.account,
        "by": report.reported_by_id,
        "at": report.reported_at.isoformat(),
    }
    return _digest(report, said)


def digest_of_step(report: MisuseReport, step: MisuseStep) -> str:
    """Return the salted SHA-256 of what was done about *report*, and by whom."""
    said: dict[str, JSON] = {
        "kind": str(step.kind),
        "text": step.text,
        "outcome": str(step.outcome),
        "by": step.by_id,
        "at": step.at.isoformat(),
    }
    return _digest(report, said)


def _digest(report: MisuseReport, said: Mapping[str, JSON]) -> str:
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{report.salt}{canonical}".encode()).hexdigest()


@transaction.atomic
def open_report(*, report: MisuseReport, actor: Actor) -> None:
    """Record that whoever investigates *report* read it.

    Raises:
        PolicyRefusal: It is not theirs to read.
    """
    require(policy.may_read_report(actor, report.facts), action="misuse.read")
    _append(Kind.MISUSE_OPENED, report, {})


@transaction.atomic
def take_step(
    *,
    report: MisuseReport,
    step: Step,
    text: str,
    actor: Actor,
    now: datetime,
    outcome: Outcome | None = None,
) -> MisuseStep:
    """Acknowledge *report*, note something about it, or decide on it; a decision to suspend or end takes effect now.

    Raises:
        PolicyRefusal: *actor* does not decide on it, it is not its turn, or something is missing.
    """
    decision = policy.may_take_step(actor, report.facts, step, text=text, outcome=outcome)
    require(decision, action=f"misuse.{step}", facts={"report": report.pk})
    taken = _keep(report, step, text=text, outcome=outcome, actor=actor, now=now)
    if outcome is Outcome.SUSPENDED:
        because = f"Decided on report of misuse {report.pk}."
        suspend_for(report.agency, because=because, follows_report=True, actor=actor, now=now)
    if outcome is Outcome.ENDED:
        end_for(report.agency, because=f"Decided on report of misuse {report.pk}.", actor=actor, now=now)
    if step is not Step.NOTED:
        settle(subject=subject_of(report), kinds=[NoticeKind.MISUSE_REPORTED], actor=actor, now=now)
    said = {"outcome": outcome.value} if outcome else {}
    _append(_KINDS[step], report, {**said, "sha256": digest_of_step(report, taken)})
    _tell_reporter(report, step, outcome, now=now)
    return taken


def _keep(
    report: MisuseReport, step: Step, *, text: str, outcome: Outcome | None, actor: Actor, now: datetime
) -> MisuseStep:
    try:
        with transaction.atomic():
            return MisuseStep.objects.create(
                report=report,
                kind=step,
                at=now,
                by_id=int(actor.id),
                text=text.strip(),
                outcome=outcome or "",
            )
    except IntegrityError:  # somebody else did it at the same moment
        done = refuse("SHR-4", f"The report was {step} already.", remedy="Nothing: it is on record.")
        require(done, action=f"misuse.{step}", facts={"report": report.pk})
        raise


def _tell_reporter(report: MisuseReport, step: Step, outcome: Outcome | None, *, now: datetime) -> None:
    said = {
        Step.ACKNOWLEDGED: "Your report of misuse arrived and is being looked into.",
        Step.NOTED: "Something was noted about your report of misuse.",
        Step.DECIDED: f"Your report of misuse was decided: {outcome.label if outcome else ''}.",
    }
    tell(
        kind=NoticeKind.MISUSE_STEP,
        subject=subject_of(report),
        text=f"{said[step]} Its page says more.",
        to_user=report.reported_by,
        actor=_nobody(),
        now=now,
    )
