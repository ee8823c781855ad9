"""What the log shows of itself: signed in time, vouched for by others, verified, and contradicted by nobody."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from platewarden.compliance.figures import RECENTLY, Evidence, Scene, count, span
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint, LedgerBody, LedgerLeaf
from platewarden.ledger.witnessing import NEWEST
from platewarden.witnesses import standing
from platewarden.witnesses.models import Witness

_LATE = """
select count(*) from (
    select size, signed_at, lag(size, 1, 0::bigint) over (order by size) as before from ledger_checkpoint
) signed join ledger_leaf first on first.seq = signed.before
where signed.signed_at >= %s and signed.signed_at - first.at > make_interval(secs => %s)
"""


def soundness(scene: Scene) -> list[Evidence]:
    """Return what is known about the log as a whole."""
    last = LedgerLeaf.objects.order_by("-seq").first()
    return [
        count("Entries on the ledger", last.seq + 1 if last else 0),
        _unsigned(scene),
        _signed_late(scene),
        _witnessed(scene),
        *_folder(),
        _contradicted(),
        _last_verified(scene),
    ]


def _due(scene: Scene) -> timedelta:
    return scene.parameters.minutes("ledger.checkpoint_due_minutes")


def _unsigned(scene: Scene) -> Evidence:
    """The oldest entry under no checkpoint shows whether the timer runs; a quiet ledger needs no new one."""
    label = "Oldest entry that no signed checkpoint covers"
    newest = Checkpoint.objects.order_by("-size").first()
    first = LedgerLeaf.objects.filter(seq__gte=newest.size if newest else 0).order_by("seq").first()
    if first is None:
        return Evidence(label, "none", "good")
    age = max(scene.now - first.at, timedelta(0))
    if age <= _due(scene):
        return Evidence(label, f"{span(age)} old", "good", "They are signed every hour.")
    return Evidence(
        label, f"{span(age)} old", "danger", "Start the worker, or run: platewarden ledger checkpoint."
    )


def _signed_late(scene: Scene) -> Evidence:
    with connection.cursor() as cursor:
        cursor.execute(_LATE, [scene.now - RECENTLY, _due(scene).total_seconds()])
        late = int(cursor.fetchall()[0][0])
    return count(
        "Checkpoints signed too late in 30 days", late, ill="The worker stood still, or the key was away."
    )


def _witnessed(scene: Scene) -> Evidence:
    label = "Newest checkpoint co-signed by a witness"
    signed = [line.signed_at for line in standing.lines() if line.signed_at and line.witness.is_live]
    if not signed:
        what = "they have signed nothing yet" if Witness.objects.exists() else "nobody is registered"
        return Evidence(label, "none", "warning", f"No witness: {what}. Nothing outside pins the log down.")
    age = max(scene.now - max(signed), timedelta(0))
    is_late = age > scene.parameters.hours("ledger.witness_due_hours")
    return Evidence(
        label, f"{span(age)} old", "warning" if is_late else "good", "Ask the witness." if is_late else ""
    )


def _folder() -> list[Evidence]:
    if not settings.PLATEWARDEN_CHECKPOINT_FOLDER:
        return []
    label, newest = "Copies of checkpoints in the folder", Checkpoint.objects.order_by("-size").first()
    path = Path(settings.PLATEWARDEN_CHECKPOINT_FOLDER) / NEWEST
    try:
        is_there = newest is None or path.read_text(encoding="utf-8", errors="replace") == newest.note
    except OSError as error:
        return [Evidence(label, "cannot be read", "danger", f"{error.strerror}: look at the folder.")]
    if is_there:
        return [Evidence(label, "up to date", "good")]
    return [Evidence(label, "behind", "warning", "The worker catches up every ten minutes.")]


def _contradicted() -> Evidence:
    found = standing.contradictions()
    told = f"{found[0][:1].upper()}{found[0][1:]}. Keep everything as it is and verify." if found else ""
    return count(
        "Signed checkpoints that the ledger contradicts", len(found), ill=told or "Verify.", tone="danger"
    )


def _last_verified(scene: Scene) -> Evidence:
    label = "Whole ledger last verified"
    verified = LedgerBody.objects.filter(leaf__kind=Kind.LEDGER_VERIFIED)
    body = verified.select_related("leaf").order_by("-pk").first()
    if body is None:
        return Evidence(label, "not known", note="No verification has been recorded on the ledger.")
    ago = span(max(scene.now - body.leaf.at, timedelta(0)))
    is_sound = body.content["outcome"] == "done"
    tone, told = ("good", "It was sound.") if is_sound else ("danger", "It was NOT sound.")
    return Evidence(label, f"{ago} ago", tone, f"{told} Ledger entry {body.pk}.")
