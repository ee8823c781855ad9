"""The timetable: what Platewarden does by itself, and when (UTC)."""

import logging
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


@app.periodic(cron="*/10 * * * *")
@app.task(name="purge", queueing_lock="purge", pass_context=False)
def purge(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Remove what is due, every ten minutes, and make room for today and tomorrow."""
    now = utc_now()
    days.prepare_ahead(now)
    try:
        purge_due(actor=system_actor("purge timer"), now=now)
    except ClockDoubtedError as error:
        logger.warning("the purge is paused: %s", error)
    except PurgeIncompleteError as error:
        logger.error("the purge is incomplete: %s", error)  # noqa: TRY400 - its causes are said, rows are not


@app.periodic(cron="5-59/10 * * * *")
@app.task(name="look_after_purge", queueing_lock="look_after_purge", pass_context=False)
def look_after_retention(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Tell people of days past their limit that are still there, every ten minutes, whatever became of the purge."""
    look_after_purge(actor=system_actor("retention timer"), now=utc_now())


@app.periodic(cron="13 * * * *")
@app.task(name="keep_accounts", queueing_lock="keep_accounts", pass_context=False)
def keep_accounts(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Close accounts that nobody uses, withdraw roles that have ended, look for signs of sharing, every hour."""
    actor, now = system_actor("accounts timer"), utc_now()
    closing.close_unused(actor=actor, now=now)
    closing.withdraw_ended(actor=actor, now=now)
    tell_of_signs(actor=actor, now=now)
    forget_old(now=now)


@app.periodic(cron="33 * * * *")
@app.task(name="keep_duties", queueing_lock="keep_duties", pass_context=False)
def keep_duties(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Tell people of what they owe, and those above them of what stays undone, every hour; once each."""
    telling.keep(actor=system_actor("duties timer"), now=utc_now())


@app.periodic(cron="29 * * * *")
@app.task(name="look_after_authorisation", queueing_lock="look_after_authorisation", pass_context=False)
def look_after_approval(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Remind the administrator of the authorisation to destroy, every hour; once each."""
    look_after_authorisation(actor=system_actor("retention timer"), now=utc_now())


@app.periodic(cron="53 3 * * *")
@app.task(name="sweep_passing", queueing_lock="sweep_passing", pass_context=False)
def sweep_files(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Remove measured pictures, bodies of requests and sessions past their time, every night."""
    sweep_passing(now=utc_now())


@app.periodic(cron="* * * * *")
@app.task(name="escalate", queueing_lock="escalate", pass_context=False)
def escalate(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Tell supervisors of alerts that wait too long, every minute."""
    escalate_due(actor=system_actor("escalation timer"), now=utc_now())


@app.periodic(cron="23 3 * * *")
@app.task(name="forget_notices", queueing_lock="forget_notices", pass_context=False)
def forget_notices(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Remove notices that have been handled long ago, and presses that nobody sends again, every night."""
    forget_handled(now=utc_now())
    forget_presses(now=utc_now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="bury_stuck_webhooks", queueing_lock="bury_stuck_webhooks", pass_context=False)
def bury_stuck_webhooks(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Give up messages that a stopped worker left behind, every ten minutes."""
    bury_stuck(now=utc_now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="keep_entries", queueing_lock="keep_entries", pass_context=False)
def entries(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Remind, end and escalate plates entered by hand, every five minutes, and erase those that ended long ago."""
    keep_entries(actor=system_actor("entry timer"), now=utc_now())
    forget_versions(now=utc_now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="keep_queries", queueing_lock="keep_queries", pass_context=False)
def queries(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Look every five minutes for exigent searches without their number, and for files that are not settled."""
    escalate_overdue(actor=system_actor("query timer"), now=utc_now())
    remind_of_files(actor=system_actor("query timer"), now=utc_now())


@app.periodic(cron="8-59/10 * * * *")
@app.task(name="look_after_cameras", queueing_lock="look_after_cameras", pass_context=False)
def cameras(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Tell people of cameras that have gone silent, every ten minutes."""
    look_after_cameras(actor=system_actor("camera timer"), now=utc_now())


@app.periodic(cron="57 3 * * *")
@app.task(name="destroy_old_stills", queueing_lock="destroy_old_stills", pass_context=False)
def end_stills(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Destroy stills of cameras whose statements ended long ago, every night."""
    destroy_old_stills(now=utc_now())


@app.periodic(cron="20 9 * * *")
@app.task(name="calibrate_daily", queueing_lock="calibrate_daily", pass_context=False)
def prove(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Send our own plates through the whole path, every day."""
    calibrate()


@app.periodic(cron="35 * * * *")
@app.task(name="look_after_calibration", queueing_lock="look_after_calibration", pass_context=False)
def look_after_proof(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Tell the administrators when that has not succeeded for too long, every hour."""
    tell_if_late(actor=system_actor("calibration timer"))


@app.periodic(cron="7 * * * *")
@app.task(name="record_counts", queueing_lock="record_counts", pass_context=False)
def count(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Enter the finished hours' counts of reads on the ledger."""
    record_counts(actor=system_actor("count timer"), now=utc_now())


@app.periodic(cron="11 * * * *")
@app.task(name="sign_checkpoint", queueing_lock="sign_checkpoint", pass_context=False)
def checkpoint(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Sign the ledger's head, every hour; that it cannot be signed is told at once."""
    timer, now = system_actor("checkpoint timer"), utc_now()
    try:
        sign_checkpoint(actor=timer, now=now)
    except (LedgerInconsistent, LogKeyError) as error:
        subject = f"ledger:{type(error).__name__}:{now:%Y-%m-%d}"
        raise_alarm("no checkpoint can be signed", subject, {"why": str(error)}, actor=timer, now=now)


@app.periodic(cron="47 4 * * *")
@app.task(name="verify_nightly", queueing_lock="verify_nightly", pass_context=False)
def verify(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Have the whole ledger verified, every night."""
    order_verification(actor=system_actor("verification timer"), now=utc_now())


@app.periodic(cron="29 4 * * *")
@app.task(name="erase_bodies", queueing_lock="erase_bodies", pass_context=False)
def erase(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Erase what entries say that are past their time, every night."""
    erase_due_bodies(actor=system_actor("erasure timer"), now=utc_now())


@app.periodic(cron="3-59/10 * * * *")
@app.task(name="tend_witnesses", queueing_lock="tend_witnesses", pass_context=False)
def witnesses(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Hand new checkpoints to those who witness them, every ten minutes until they have them."""
    tend_witnesses(now=utc_now())


@app.periodic(cron="* * * * *")
@app.task(name="tend_uploads", queueing_lock="tend_uploads", pass_context=False)
def tend_uploads(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """End hotlist files that nobody works on or decides over any more, every minute."""
    uploads.tend(now=utc_now())


@app.periodic(cron="17 * * * *")
@app.task(name="warn_of_stale_lists", queueing_lock="warn_of_stale_lists", pass_context=False)
def warn(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Look every hour for hotlists past their age; whoever loads them is told once a day."""
    warn_of_stale_lists(now=utc_now())


_seen: dict[str, watching.Seen] = {}
"""What lay in the watched folder at the last look: a file is taken once it no longer changes."""


@app.periodic(cron="* * * * *")
@app.task(name="watch_hotlist_folder", queueing_lock="watch_hotlist_folder", pass_context=False)
def watch_folder(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Load, every minute, what has come into the watched folder whole."""
    if folder := settings.PLATEWARDEN_HOTLIST_FOLDER:
        _seen[folder] = watching.look(Path(folder), _seen.get(folder, {}), now=utc_now())


@app.periodic(cron="23 * * * *")
@app.task(name="correct", queueing_lock="correct", pass_context=False)
def correct(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Say which reviews, answers and complaints are overdue, and erase complaints past their time, every hour."""
    do_duties(actor=system_actor("corrections timer"), now=utc_now())


@app.periodic(cron="2-59/10 * * * *")
@app.task(name="keep_releases", queueing_lock="keep_releases", pass_context=False)
def releases(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Say which selected reads are gone, end requests and destroy packages past their time, every ten minutes."""
    keep_releases(actor=system_actor("release timer"), now=utc_now())


@app.periodic(cron="49 3 * * *")
@app.task(name="sweep_releases", queueing_lock="sweep_releases", pass_context=False)
def sweep_release_store(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Remove sealed bytes that belong to no release, every night."""
    sweep_releases(now=utc_now())


@app.periodic(cron="33 * * * *")
@app.task(name="keep_records_requests", queueing_lock="keep_records_requests", pass_context=False)
def keep_records_requests(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Say which steps of records requests were not taken in time, every hour."""
    escalate_records(actor=system_actor("records timer"), now=utc_now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="end_holds", queueing_lock="end_holds", pass_context=False)
def holds(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """End holds whose time is over, every ten minutes, tell of those about to end, and remove copies not fetched."""
    end_due(actor=system_actor("hold timer"), now=utc_now())
    end_exports(actor=system_actor("hold timer"), now=utc_now())


@app.periodic(cron="29 * * * *")
@app.task(name="keep_training", queueing_lock="keep_training", pass_context=False)
def keep_training(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Ask for acknowledgement of a policy that is new, and remind people before plate data closes, every hour."""
    training.keep(actor=system_actor("training timer"), now=utc_now())


@app.periodic(cron="19 * * * *")
@app.task(name="keep_sharing", queueing_lock="keep_sharing", pass_context=False)
def keep_sharing(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Tell people of agreements about to end, and of reports of misuse that wait too long, every hour; once each."""
    sharing.tell_of_duties(actor=system_actor("sharing timer"), now=utc_now())


@app.periodic(cron="41 3 * * *")
@app.task(name="sweep_cases", queueing_lock="sweep_cases", pass_context=False)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Remove sealed copies that belong to no record of a case, once a day."""
    sweep_cases(actor=system_actor("sweep timer"), now=utc_now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="watch_policy", queueing_lock="watch_policy", pass_context=False)
def watch_policy(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Look at every figure of the policy, every ten minutes, so that it is known since when one is amiss."""
    watch(agency_id=owning_agency_id(), now=utc_now())


@app.periodic(cron="4-59/5 * * * *")
@app.task(name="renew_portal", queueing_lock="renew_portal", pass_context=False)
def renew_portal(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Measure what the public portal says of the present moment, every five minutes."""
    renew_state(agency_id=owning_agency_id(), now=utc_now())


@app.periodic(cron="37 * * * *")
@app.task(name="keep_portal", queueing_lock="keep_portal", pass_context=False)
def keep_portal(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Measure months that have closed, and tell people what waits for them before the public, every hour."""
    transparency.keep(actor=system_actor("portal timer"), now=utc_now())


@app.periodic(cron="43 * * * *")
@app.task(name="keep_audit_reports", queueing_lock="keep_audit_reports", pass_context=False)
def keep_audit_reports(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Tell people of reports on all searches that are due, overdue or not acknowledged, every hour; once each."""
    halfyears.keep(actor=system_actor("audit timer"), now=utc_now())


@app.periodic(cron="47 * * * *")
@app.task(name="keep_audits", queueing_lock="keep_audits", pass_context=False)
def keep_audits(timestamp: int) -> None:  # noqa: ARG001 - given by the timer
    """Open the review of a week that is over, and say which ones are late, every hour."""
    audits.keep(actor=system_actor("audit timer"), now=utc_now())
