"""What can be measured of retention: what is kept and how old it is, what was destroyed and on whose word."""

from datetime import timedelta
from typing import Final

from django.db.models import Min

from platewarden.adoption.models import AdoptedValue
from platewarden.cases.models import CaseExport, CaseRead, Hold, PreservedHit
from platewarden.compliance.figures import Evidence, Scene, count, span
from platewarden.images.store import image_store
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf
from platewarden.policy import retention
from platewarden.policy import schedule as policy_schedule
from platewarden.policy.parameters import definition
from platewarden.policy.retention import AuthorisationState
from platewarden.reads.models import Read
from platewarden.retention.actions import kept_days
from platewarden.retention.authorising import latest_authorisation
from platewarden.retention.models import PurgeClock
from platewarden.site.databases import archive_mode


def kept_and_purged(scene: Scene) -> list[Evidence]:
    """Measure the oldest read, the next and the last purge, and the purge's clock."""
    return [
        _oldest_read(scene),
        _next_purge(scene),
        _last_purge(scene),
        _purge_clock(scene),
        _backups(scene),
        _archives(),
        Evidence(
            "Reads that hit nothing",
            "never stored" if scene.parameters.flag("retention.hit_only") else "kept",
        ),
    ]


def _backups(scene: Scene) -> Evidence:
    label = "Backups with reads that can still be opened"
    kept = image_store().keystore.backups().values()
    if not kept:
        return Evidence(label, "none", "good")
    ends_at = min(retention.backup_ends_at(oldest, parameters=scene.parameters) for oldest in kept)
    if ends_at <= scene.now:
        return Evidence(label, str(len(kept)), "danger", "A key is past its end: run the purge.")
    return Evidence(label, str(len(kept)), "good", f"The next key is destroyed on {ends_at:%Y-%m-%d}.")


def _archives() -> Evidence:
    mode = archive_mode()
    note = "Archived segments hold rows of reads: switch archive_mode off, or destroy them within the limit."
    label = "The database archives write-ahead segments"
    return Evidence(label, "no", "good") if mode == "off" else Evidence(label, "yes", "danger", note)


def _oldest_read(scene: Scene) -> Evidence:
    limit = scene.parameters.days("retention.limit_days")
    oldest = Read.objects.filter(agency_id=scene.agency_id).aggregate(Min("seen_at"))["seen_at__min"]
    if oldest is None:
        return Evidence("Age of the oldest read", "no read is kept", "good", f"Limit: {limit.days} days.")
    is_visible = oldest >= retention.visible_since(parameters=scene.parameters, now=scene.now)
    note = f"Limit: {limit.days} days." + (
        "" if is_visible else " It is past its day: no search shows it. Purge now."
    )
    return Evidence(
        "Age of the oldest read", span(scene.now - oldest), "good" if is_visible else "danger", note
    )


def _next_purge(scene: Scene) -> Evidence:
    kept = kept_days()
    if not kept:
        return Evidence("Next purge", "nothing to purge", "good")
    due = retention.purge_due_at(kept[0], parameters=scene.parameters)
    if due <= scene.now:
        return Evidence(
            "Next purge", f"overdue by {span(scene.now - due)}", "danger", f"{kept[0]} is still there."
        )
    return Evidence("Next purge", f"in {span(due - scene.now)}", "good", f"{kept[0]} is the oldest day kept.")


def _last_purge(scene: Scene) -> Evidence:
    last = LedgerLeaf.objects.filter(kind=Kind.DAY_PURGED).order_by("-seq").first()
    if last is None:
        return Evidence("Last day purged", "none yet")
    ago = span(max(scene.now - last.at, timedelta(0)))
    return Evidence("Last day purged", f"{ago} ago", note=f"Destruction record: ledger entry {last.seq}.")


def _purge_clock(scene: Scene) -> Evidence:
    clock = PurgeClock.objects.filter(id=1).first()
    label = "The timer last looked for days due"
    if clock is None:
        return Evidence(label, "never", "warning", "Start the worker, or run the purge command.")
    if clock.paused_at is not None:
        return Evidence(
            label, "paused", "danger", "The clock jumped: the administrator compares and confirms it."
        )
    idle = scene.now - clock.last_seen_at
    is_late = idle > scene.parameters.hours("retention.clock_jump_alarm_hours")
    return Evidence(label, f"{span(max(idle, timedelta(0)))} ago", "warning" if is_late else "good")


def taken_into_cases(scene: Scene) -> list[Evidence]:
    """Count what cases have, and say whether any hold or copy outlives its end."""
    kept = PreservedHit.objects.filter(case__agency_id=scene.agency_id)
    reads = CaseRead.objects.filter(case__agency_id=scene.agency_id)
    holds = Hold.objects.filter(case__agency_id=scene.agency_id)
    asked = holds.filter(placed_at=None, declined_at=None)
    over = holds.filter(placed_at__isnull=False, ended_at=None, ends_at__lte=scene.now - _LATE)
    copies = CaseExport.objects.filter(
        case__agency_id=scene.agency_id, gone_at=None, expires_at__lte=scene.now - _LATE
    )
    return [
        count("Hits preserved in cases", kept.count()),
        count("Reads in case files", reads.filter(taken_at__isnull=False).count()),
        count("Reads that only a hold keeps", reads.filter(taken_at=None).count()),
        count("Holds that wait for the administrator", asked.count(), ill="Place or decline them."),
        count("Holds past their end", over.count(), ill="Start the worker: it ends them.", tone="danger"),
        count("Copies of cases past their time", copies.count(), ill="Start the worker.", tone="danger"),
    ]


_LATE: Final = timedelta(hours=1)
"""The worker ends holds and copies every ten minutes; an hour later a person must know."""


def schedule(scene: Scene) -> list[Evidence]:
    """Say which periods of the state's schedule are verified, by whom, and whether one contradicts the policy."""
    problem = policy_schedule.conflict(scene.parameters)
    resolve = "A person resolves it. Nothing is adopted until then; destruction goes on at the policy's most."
    found = (
        [Evidence("Conflict with the state's schedule", "yes", "danger", f"{problem} {resolve}")]
        if problem
        else []
    )
    return [*found, *(_period(item, scene) for item in policy_schedule.ITEMS)]


def _period(item: str, scene: Scene) -> Evidence:
    label = definition(item).meaning
    if not policy_schedule.is_verified(item, parameters=scene.parameters):
        note = "Unverified: compare it with the schedule, then propose what it says, quoting it."
        return Evidence(label, "not known", "warning", note)
    adopted = AdoptedValue.objects.filter(name=item, approved_at__isnull=False, in_force_from__lte=scene.now)
    row = adopted.select_related("proposed_by", "approved_by").last()
    note = (
        f"Verified by {row.proposed_by.full_name}, adopted {row.approved_at:%Y-%m-%d}: {row.why}"
        if row
        else ""
    )
    return Evidence(label, f"{scene.parameters.days(item).days} days", "good", note)


_TONES: Final = {AuthorisationState.IN_FORCE: "good", AuthorisationState.ENDING: "warning"}


def authorisation(scene: Scene) -> list[Evidence]:
    """Say how the standing authorisation to destroy stands; its lapse keeps nothing."""
    latest = latest_authorisation()
    given_at = latest.given_at if latest else None
    state = retention.authorisation_stands(given_at, parameters=scene.parameters, now=scene.now)
    note = "The administrator gives it on the page on retention. Destruction goes on meanwhile."
    if latest:
        ends_at = retention.authorisation_ends_at(latest.given_at, parameters=scene.parameters)
        note = f"Given by {latest.given_by.full_name}, ledger entry {latest.entry}; until {ends_at:%Y-%m-%d}."
    return [Evidence("Standing authorisation to destroy", state, _TONES.get(state, "danger"), note)]
