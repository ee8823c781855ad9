"""The timetable: what Platewarden does by itself, and when (UTC)."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

import platewarden.cases.tasks
import platewarden.hotlists.tasks  # noqa: F401 - registers its jobs
from platewarden.accounts import closing
from platewarden.accounts.actors import owning_agency_id, system_actor
from platewarden.accounts.sharing import tell_of_signs
from platewarden.accounts.sign_ins import forget_old
from platewarden.alerts.escalating import escalate_due
from platewarden.audits import duties as audits
from platewarden.boards.actions import forget_versions
from platewarden.calibration.tasks import calibrate, tell_if_late
from platewarden.cameras.device_stills import destroy_unused
from platewarden.cameras.statements import destroy_old_stills
from platewarden.cameras.watching import look_after_cameras
from platewarden.car.actions import forget_presses
from platewarden.cases.actions import sweep_cases
from platewarden.cases.exporting.actions import end_exports
from platewarden.cases.holds import end_due
from platewarden.compliance.watching import watch
from platewarden.corrections.duties import do_duties
from platewarden.duties import telling
from platewarden.halfyears import duties as halfyears
from platewarden.hotlists import uploads, watching
from platewarden.hotlists.currency import warn_of_stale_lists
from platewarden.hotlists.keeping import keep_entries
from platewarden.ledger.actions import LedgerInconsistent, sign_checkpoint
from platewarden.ledger.erasing import erase_due_bodies
from platewarden.ledger.keys import LogKeyError
from platewarden.notices.actions import forget_handled
from platewarden.queries.holding import escalate_overdue
from platewarden.queries.taking import remind_of_files
from platewarden.reads import days
from platewarden.reads.counting import record_counts
from platewarden.records.actions import escalate_overdue as escalate_records
from platewarden.releases.keeping import keep_releases, sweep_releases
from platewarden.retention.actions import ClockDoubtedError, PurgeIncompleteError, purge_due
from platewarden.retention.sweeping import sweep_passing
from platewarden.retention.watching import look_after_authorisation, look_after_purge
from platewarden.sharing import duties as sharing
from platewarden.site.clock import utc_now
from platewarden.training import duties as training
from platewarden.transparency import duties as transparency
from platewarden.transparency.actions import renew_state
from platewarden.webhooks.actions import bury_stuck
from platewarden.witnesses.actions import raise_alarm
from platewarden.witnesses.asking import tend_witnesses
from platewarden.witnesses.verifying import order_verification

logger = logging.getLogger(__name__)

Work = Callable[[datetime], None]


def every(cron: str, *, name: str) -> Callable[[Work], Work]:
    """Have what is decorated run at the times of *cron*, given the moment, as the job *name*; never twice at once."""

    def entered(work: Work) -> Work:
        @app.periodic(cron=cron)
        @app.task(name=name, queueing_lock=name, pass_context=False)
        def run(timestamp: int) -> None:  # noqa: ARG001 - when it was due; what counts is when it runs
            work(utc_now())

        return work

    return entered


@every("*/10 * * * *", name="purge")
def purge(now: datetime) -> None:
    """Remove what is due, every ten minutes, and make room for today and tomorrow."""
    days.prepare_ahead(now)
    try:
        purge_due(actor=system_actor("purge timer"), now=now)
    except ClockDoubtedError as error:
        logger.warning("the purge is paused: %s", error)
    except PurgeIncompleteError as error:
        logger.error("the purge is incomplete: %s", error)  # noqa: TRY400 - its causes are said, rows are not


@every("5-59/10 * * * *", name="look_after_purge")
def look_after_retention(now: datetime) -> None:
    """Tell people of days past their limit that are still there, every ten minutes, whatever became of the purge."""
    look_after_purge(actor=system_actor("retention timer"), now=now)


@every("13 * * * *", name="keep_accounts")
def keep_accounts(now: datetime) -> None:
    """Close accounts that nobody uses, withdraw roles that have ended, look for signs of sharing, every hour."""
    actor = system_actor("accounts timer")
    closing.close_unused(actor=actor, now=now)
    closing.withdraw_ended(actor=actor, now=now)
    tell_of_signs(actor=actor, now=now)
    forget_old(now=now)


@every("33 * * * *", name="keep_duties")
def keep_duties(now: datetime) -> None:
    """Tell people of what they owe, and those above them of what stays undone, every hour; once each."""
    telling.keep(actor=system_actor("duties timer"), now=now)


@every("29 * * * *", name="look_after_authorisation")
def look_after_approval(now: datetime) -> None:
    """Remind the administrator of the authorisation to destroy, every hour; once each."""
    look_after_authorisation(actor=system_actor("retention timer"), now=now)


@every("53 3 * * *", name="sweep_passing")
def sweep_files(now: datetime) -> None:
    """Remove measured pictures, bodies of requests and sessions past their time, every night."""
    sweep_passing(now=now)


@every("* * * * *", name="escalate")
def escalate(now: datetime) -> None:
    """Tell supervisors of alerts that wait too long, every minute."""
    escalate_due(actor=system_actor("escalation timer"), now=now)


@every("23 3 * * *", name="forget_notices")
def forget_notices(now: datetime) -> None:
    """Remove notices that have been handled long ago, and presses that nobody sends again, every night."""
    forget_handled(now=now)
    forget_presses(now=now)


@every("*/10 * * * *", name="bury_stuck_webhooks")
def bury_stuck_webhooks(now: datetime) -> None:
    """Give up messages that a stopped worker left behind, every ten minutes."""
    bury_stuck(now=now)


@every("*/5 * * * *", name="keep_entries")
def entries(now: datetime) -> None:
    """Remind, end and escalate plates entered by hand, every five minutes, and erase those that ended long ago."""
    keep_entries(actor=system_actor("entry timer"), now=now)
    forget_versions(now=now)


@every("*/5 * * * *", name="keep_queries")
def queries(now: datetime) -> None:
    """Look every five minutes for exigent searches without their number, and for files that are not settled."""
    escalate_overdue(actor=system_actor("query timer"), now=now)
    remind_of_files(actor=system_actor("query timer"), now=now)


@every("8-59/10 * * * *", name="look_after_cameras")
def cameras(now: datetime) -> None:
    """Tell people of cameras that have gone silent, every ten minutes."""
    look_after_cameras(actor=system_actor("camera timer"), now=now)


@every("57 3 * * *", name="destroy_old_stills")
def end_stills(now: datetime) -> None:
    """Destroy stills of cameras whose statements ended long ago, and those that nobody used in time, every night."""
    try:
        destroy_old_stills(now=now)
    finally:
        destroy_unused(now=now)


@every("20 9 * * *", name="calibrate_daily")
def prove(_now: datetime) -> None:
    """Send our own plates through the whole path, every day."""
    calibrate()


@every("35 * * * *", name="look_after_calibration")
def look_after_proof(now: datetime) -> None:
    """Tell the administrators when that has not succeeded for too long, every hour."""
    tell_if_late(actor=system_actor("calibration timer"), now=now)


@every("7 * * * *", name="record_counts")
def count(now: datetime) -> None:
    """Enter the finished hours' counts of reads on the ledger."""
    record_counts(actor=system_actor("count timer"), now=now)


@every("11 * * * *", name="sign_checkpoint")
def checkpoint(now: datetime) -> None:
    """Sign the ledger's head, every hour; that it cannot be signed is told at once."""
    timer = system_actor("checkpoint timer")
    try:
        sign_checkpoint(actor=timer, now=now)
    except (LedgerInconsistent, LogKeyError) as error:
        subject = f"ledger:{type(error).__name__}:{now:%Y-%m-%d}"
        raise_alarm("no checkpoint can be signed", subject, {"why": str(error)}, actor=timer, now=now)


@every("47 4 * * *", name="verify_nightly")
def verify(now: datetime) -> None:
    """Have the whole ledger verified, every night."""
    order_verification(actor=system_actor("verification timer"), now=now)


@every("29 4 * * *", name="erase_bodies")
def erase(now: datetime) -> None:
    """Erase what entries say that are past their time, every night."""
    erase_due_bodies(actor=system_actor("erasure timer"), now=now)


@every("3-59/10 * * * *", name="tend_witnesses")
def witnesses(now: datetime) -> None:
    """Hand new checkpoints to those who witness them, every ten minutes until they have them."""
    tend_witnesses(now=now)


@every("* * * * *", name="tend_uploads")
def tend_uploads(now: datetime) -> None:
    """End hotlist files that nobody works on or decides over any more, every minute."""
    uploads.tend(now=now)


@every("17 * * * *", name="warn_of_stale_lists")
def warn(now: datetime) -> None:
    """Look every hour for hotlists past their age; whoever loads them is told once a day."""
    warn_of_stale_lists(now=now)


_seen: dict[str, watching.Seen] = {}
"""What lay in the watched folder at the last look: a file is taken once it no longer changes."""


@every("* * * * *", name="watch_hotlist_folder")
def watch_folder(now: datetime) -> None:
    """Load, every minute, what has come into the watched folder whole."""
    if folder := settings.PLATEWARDEN_HOTLIST_FOLDER:
        _seen[folder] = watching.look(Path(folder), _seen.get(folder, {}), now=now)


@every("23 * * * *", name="correct")
def correct(now: datetime) -> None:
    """Say which reviews, answers and complaints are overdue, and erase complaints past their time, every hour."""
    do_duties(actor=system_actor("corrections timer"), now=now)


@every("2-59/10 * * * *", name="keep_releases")
def releases(now: datetime) -> None:
    """Say which selected reads are gone, end requests and destroy packages past their time, every ten minutes."""
    keep_releases(actor=system_actor("release timer"), now=now)


@every("49 3 * * *", name="sweep_releases")
def sweep_release_store(now: datetime) -> None:
    """Remove sealed bytes that belong to no release, every night."""
    sweep_releases(now=now)


@every("33 * * * *", name="keep_records_requests")
def keep_records_requests(now: datetime) -> None:
    """Say which steps of records requests were not taken in time, every hour."""
    escalate_records(actor=system_actor("records timer"), now=now)


@every("*/10 * * * *", name="end_holds")
def holds(now: datetime) -> None:
    """End holds whose time is over, every ten minutes, tell of those about to end, and remove copies not fetched."""
    end_due(actor=system_actor("hold timer"), now=now)
    end_exports(actor=system_actor("hold timer"), now=now)


@every("29 * * * *", name="keep_training")
def keep_training(now: datetime) -> None:
    """Ask for acknowledgement of a policy that is new, and remind people before plate data closes, every hour."""
    training.keep(actor=system_actor("training timer"), now=now)


@every("19 * * * *", name="keep_sharing")
def keep_sharing(now: datetime) -> None:
    """Tell people of agreements about to end, and of reports of misuse that wait too long, every hour; once each."""
    sharing.tell_of_duties(actor=system_actor("sharing timer"), now=now)


@every("41 3 * * *", name="sweep_cases")
def sweep(now: datetime) -> None:
    """Remove sealed copies that belong to no record of a case, once a day."""
    sweep_cases(actor=system_actor("sweep timer"), now=now)


@every("*/10 * * * *", name="watch_policy")
def watch_policy(now: datetime) -> None:
    """Look at every figure of the policy, every ten minutes, so that it is known since when one is amiss."""
    watch(agency_id=owning_agency_id(), now=now)


@every("4-59/5 * * * *", name="renew_portal")
def renew_portal(now: datetime) -> None:
    """Measure what the public portal says of the present moment, every five minutes."""
    renew_state(agency_id=owning_agency_id(), now=now)


@every("37 * * * *", name="keep_portal")
def keep_portal(now: datetime) -> None:
    """Measure months that have closed, and tell people what waits for them before the public, every hour."""
    transparency.keep(actor=system_actor("portal timer"), now=now)


@every("43 * * * *", name="keep_audit_reports")
def keep_audit_reports(now: datetime) -> None:
    """Tell people of reports on all searches that are due, overdue or not acknowledged, every hour; once each."""
    halfyears.keep(actor=system_actor("audit timer"), now=now)


@every("47 * * * *", name="keep_audits")
def keep_audits(now: datetime) -> None:
    """Open the review of a week that is over, and say which ones are late, every hour."""
    audits.keep(actor=system_actor("audit timer"), now=now)
