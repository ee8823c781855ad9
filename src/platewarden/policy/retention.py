"""When a day of reads is gone, and who may let it go.

The unit is the capture day in UTC. Day D is due at D + limit days, 00:00 UTC: nothing outgrows the limit.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from platewarden.policy.actor import Actor
from platewarden.policy.casenumbers import may_name_case
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


class AuthorisationState(StrEnum):
    """How the standing authorisation to destroy stands."""

    MISSING = "never given"
    IN_FORCE = "in force"
    ENDING = "about to lapse"
    LAPSED = "lapsed"


def purge_due_at(day: date, *, parameters: Parameters) -> datetime:
    """Return when the reads captured on *day* (UTC) are due for removal.

    > RET-1: Nothing is stored longer than 30 days after it was captured; then it is removed automatically
    > and for ever.
    """
    return _midnight(day) + parameters.days("retention.limit_days")


def is_due(day: date, *, parameters: Parameters, now: datetime) -> bool:
    """Whether the reads captured on *day* (UTC) are to be removed.

    > RET-1: Nothing is stored longer than 30 days after it was captured; then it is removed automatically
    > and for ever.
    """
    return now >= purge_due_at(day, parameters=parameters)


def visible_since(*, parameters: Parameters, now: datetime) -> datetime:
    """Return the capture time before which no read is visible, whether or not its removal has happened.

    > RET-1: nothing past its day is visible even if its removal is late
    """
    limit = parameters.days("retention.limit_days")
    return _midnight(now.astimezone(UTC).date()) - limit + timedelta(days=1)


def is_overdue(day: date, *, parameters: Parameters, now: datetime) -> bool:
    """Whether the reads captured on *day* (UTC) are still there so long after their limit that people are told.

    > RET-1: nothing past its day is visible even if its removal is late
    """
    late = parameters.minutes("retention.overdue_alarm_minutes")
    return now >= purge_due_at(day, parameters=parameters) + late


def backup_ends_at(oldest_day: date, *, parameters: Parameters) -> datetime:
    """Return when the key of a backup is destroyed whose oldest reads were captured on *oldest_day* (UTC).

    > RET-1: Reads, images and everything made from them go together

    A day early: what is late with a backup's key would be late with everything in it.
    """
    return purge_due_at(oldest_day, parameters=parameters) - timedelta(days=1)


def may_back_up(actor: Actor, *, read_days: int, parameters: Parameters, now: datetime) -> Decision:
    """Decide whether *actor* may make a backup that holds reads of the youngest *read_days* capture days.

    > RET-1: Nothing is stored longer than 30 days after it was captured
    """
    oldest = now.astimezone(UTC).date() - timedelta(days=max(read_days - 1, 0))
    if read_days and backup_ends_at(oldest, parameters=parameters) <= now + timedelta(days=1):
        most = parameters.days("retention.limit_days").days - 2
        return refuse(
            "RET-1",
            "The key of this backup would have to be destroyed within a day.",
            remedy=f"Leave the oldest days out: ask for at most {max(most, 0)} days of reads, better for half.",
        )
    return may(actor, Right.BACK_UP)


def may_authorise_destruction(actor: Actor) -> Decision:
    """Decide whether *actor* may give, or renew, the standing authorisation to destroy what is past its day.

    > RET-4: Destruction follows the office's procedure under a standing, dated authorisation by the
    > administrator, renewed every year.
    """
    return may(actor, Right.AUTHORISE_DESTRUCTION)


def authorisation_ends_at(given_at: datetime, *, parameters: Parameters) -> datetime:
    """Return when a standing authorisation given at *given_at* lapses.

    > RET-4: a standing, dated authorisation by the administrator, renewed every year
    """
    return given_at + parameters.days("retention.authorisation_days")


def authorisation_stands(
    given_at: datetime | None, *, parameters: Parameters, now: datetime
) -> AuthorisationState:
    """Return how the latest standing authorisation, given at *given_at*, stands; no purge depends on it.

    > RET-4: Its lapse raises an alarm and never keeps data longer.
    """
    if given_at is None:
        return AuthorisationState.MISSING
    ends_at = authorisation_ends_at(given_at, parameters=parameters)
    if now >= ends_at:
        return AuthorisationState.LAPSED
    is_ending = now >= ends_at - parameters.days("retention.authorisation_reminder_days")
    return AuthorisationState.ENDING if is_ending else AuthorisationState.IN_FORCE


def may_purge(actor: Actor) -> Decision:
    """Decide whether *actor* may start the removal of days that are due; nobody can skip it.

    > RET-1: then it is removed automatically and for ever
    """
    return may(actor, Right.PURGE)


def may_preserve(actor: Actor, case_number: str, *, parameters: Parameters) -> Decision:
    """Decide whether *actor* may take a hit into a case although nobody was stopped and nothing was taken.

    > RET-2: A record taken into a case file leaves these rules for those of the case. That happens only under
    > a case number.
    """
    return first_refusal(
        may(actor, Right.PRESERVE_IN_CASE),
        may_name_case(case_number, clause="RET-2", parameters=parameters),
    )


def may_confirm_clock(actor: Actor) -> Decision:
    """Decide whether *actor* may confirm that the clock is right after a jump, so that the purge goes on.

    > RET-1: then it is removed automatically and for ever
    """
    return may(actor, Right.CONFIRM_CLOCK)


def may_trust_clock(last_seen: datetime | None, *, parameters: Parameters, now: datetime) -> Decision:
    """Decide whether the purge may rely on *now*, given the last time anything was recorded.

    > RET-1: nothing past its day is visible even if its removal is late

    A wrong clock must not destroy what is not due: after a jump forward the purge waits for a person.
    """
    longest = parameters.hours("retention.clock_jump_alarm_hours")
    if last_seen is None or now - last_seen <= longest:
        return allow("RET-1")
    return refuse(
        "RET-1",
        f"The clock stands {int((now - last_seen).total_seconds() // 3600)} hours after the last record.",
        remedy="Let the administrator compare the clock with another and confirm it; the purge then goes on.",
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
