"""What sharing asks of people by a date: agreements that end, reports of misuse that wait (SHR-1, SHR-4)."""

from datetime import datetime

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.notices.actions import tell
from platewarden.policy import misuse
from platewarden.policy.actor import Actor, Role
from platewarden.policy.duties import Duty
from platewarden.policy.notices import NoticeKind
from platewarden.policy.sharing import renewal_notice_at
from platewarden.sharing.agreements import subject
from platewarden.sharing.misuse import subject_of
from platewarden.sharing.models import AgreementVersion, MisuseReport
from platewarden.sharing.standing import version_in_force


def duties_at(now: datetime) -> list[Duty]:
    """Return what is due about sharing: the next end of each agreement, and the reports that wait.

    Those before the Sheriff or an auditor are left out: the Undersheriff, whom they may be about, sees what others owe,
    and is told of what they leave undone. The others are told by notice alone.
    """
    return [*(_renewal(version) for version in _in_force(now)), *_reports(now)]


def _in_force(now: datetime) -> list[AgreementVersion]:
    partners = Agency.objects.filter(is_owner=False).order_by("name")
    found = (version_in_force(agency.pk, now=now) for agency in partners)
    return [version for version in found if version]


def _renewal(version: AgreementVersion) -> Duty:
    return Duty(
        f"Renew the agreement with {version.agency.name}, or let it end",
        "SHR-1",
        Role.ADMINISTRATOR,
        version.ends_at,
        f"version {version.number} is in force until {version.ends_at:%Y-%m-%d}",
        "sharing:agencies",
        is_rare=True,
        is_told=True,
        page=("sharing:agency", version.agency_id),
    )


def _reports(now: datetime) -> list[Duty]:
    parameters, found = parameters_at(now), []
    for report in _undecided():
        if report.decider != Role.UNDERSHERIFF:
            continue
        is_new = not report.facts.is_acknowledged
        due_at = (misuse.acknowledge_by if is_new else misuse.decide_by)(
            report.reported_at, parameters=parameters
        )
        what = "Acknowledge a report of misuse" if is_new else "Decide on a report of misuse"
        evidence = f"report {report.pk}, made on {report.reported_at:%Y-%m-%d}"
        page, where = ("sharing:investigate", report.pk), "sharing:misuse"
        owed = Duty(what, "SHR-4", Role.UNDERSHERIFF, due_at, evidence, where, is_told=True, page=page)
        found.append(owed)
    return found


def _undecided() -> list[MisuseReport]:
    waiting = MisuseReport.objects.exclude(steps__kind=misuse.Step.DECIDED)
    return list(waiting.select_related("agency").prefetch_related("steps").order_by("pk"))


def tell_of_duties(*, actor: Actor, now: datetime) -> None:
    """Tell people, once each, of agreements about to end and of reports that were not dealt with in time."""
    parameters = parameters_at(now)
    for version in _in_force(now):
        if renewal_notice_at(version.facts, parameters=parameters) <= now:
            tell(
                kind=NoticeKind.AGREEMENT_ENDING,
                subject=subject(version),
                text=f"The agreement with {version.agency.name} ends by itself on {version.ends_at:%Y-%m-%d}. "
                "Prepare a new version, or let it end.",
                to_role=Role.ADMINISTRATOR,
                actor=actor,
                due_at=version.ends_at,
                now=now,
                once_key=f"agreement:{version.pk}:ending",
            )
    for report in _undecided():
        _tell_of_report(report, actor, now)


def _tell_of_report(report: MisuseReport, actor: Actor, now: datetime) -> None:
    parameters, is_new = parameters_at(now), not report.facts.is_acknowledged
    rule = misuse.acknowledge_by if is_new else misuse.decide_by
    due_at = rule(report.reported_at, parameters=parameters)
    if due_at <= now:
        what = "acknowledged" if is_new else "decided on"
        tell(
            kind=NoticeKind.MISUSE_REPORTED,
            subject=subject_of(report),
            text=f"A report of misuse was not {what} in time. Do it now.",
            to_role=Role(report.decider),
            actor=actor,
            due_at=due_at,
            now=now,
            once_key=f"{subject_of(report)}:{what}",
        )
