"""What an auditor takes away from the ledger: the whole of it, the proof between two checkpoints, and the verifier."""

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from platewarden.ledger import actions, handout, store
from platewarden.ledger.actions import LedgerInconsistent
from platewarden.ledger.keys import LogKeyError
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import Checkpoint
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may, may_read_ledger
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download, download_headers
from platewarden.site.requests import ActorRequest

PAGE = 100


class ConsistencyForm(forms.Form):
    """Which two checkpoints to compare."""

    use_required_attribute = False

    old = forms.IntegerField(
        min_value=1, max_value=2**62, label="Earlier checkpoint", help_text="Its number of entries"
    )
    new = forms.IntegerField(
        min_value=1, max_value=2**62, label="Later checkpoint", help_text="Its number of entries"
    )

    def clean(self) -> dict[str, int]:
        """Find both; the earlier one comes first."""
        asked: dict[str, int] = self.cleaned_data
        for name in ("old", "new"):
            if name in asked and not Checkpoint.objects.filter(size=asked[name]).exists():
                self.add_error(name, f"There is no checkpoint of {asked[name]} entries.")
        if not self.errors and asked["old"] > asked["new"]:
            self.add_error("old", "This is the later one.")
        return asked


@require_POST
def export(request: ActorRequest) -> HttpResponse | StreamingHttpResponse:
    """Hand out the whole ledger, line by line; with what entries say only to whoever may take that away."""
    has_bodies = request.POST.get("bodies") == "yes"
    require(may(request.actor, Right.EXPORT_LEDGER), action="ledger.export")
    if has_bodies:
        require(may(request.actor, Right.EXPORT_BODIES), action="ledger.export_bodies")
    try:
        upto = handout.order_export(has_bodies=has_bodies, actor=request.actor, now=utc_now())
    except (LogKeyError, LedgerInconsistent) as error:
        return render(request, "ledger/unsigned.html", {"problem": str(error)}, status=409)
    return StreamingHttpResponse(
        handout.export(upto, has_bodies=has_bodies),
        content_type="application/jsonl; charset=utf-8",
        headers=download_headers(f"platewarden-{upto.size}.ledger"),
    )


@require_GET
def verifier(request: ActorRequest) -> HttpResponse:
    """Hand out the one file that checks everything else."""
    require(may_read_ledger(request.actor), action="ledger.read")
    return download(handout.verifier(), handout.VERIFIER_NAME, "text/x-python; charset=utf-8")


@require_GET
def checkpoints(request: ActorRequest) -> HttpResponse:
    """List the newest checkpoints, and ask which two to compare."""
    require(may_read_ledger(request.actor), action="ledger.read")
    return _checkpoints(request, ConsistencyForm())


def _checkpoints(request: ActorRequest, form: ConsistencyForm, *, status: int = 200) -> HttpResponse:
    shown = {"checkpoints": Checkpoint.objects.order_by("-size")[:PAGE], "form": form, "most": PAGE}
    return render(request, "ledger/checkpoints.html", shown, status=status)


@require_POST
def consistency(request: ActorRequest) -> HttpResponse:
    """Hand out the proof that one checkpoint goes on from another; taking it is an entry."""
    require(may_read_ledger(request.actor), action="ledger.read")
    form = ConsistencyForm(request.POST)
    if not form.is_valid():
        return _checkpoints(request, form, status=422)
    old, new = (Checkpoint.objects.get(size=form.cleaned_data[name]) for name in ("old", "new"))
    proof = store.consistency_between(old, new).encode()
    actions.record_handed_out(
        Kind.CONSISTENCY_DOWNLOADED,
        subject=f"checkpoint:{new.size}",
        details={"from": old.size},
        actor=request.actor,
    )
    return download(proof, f"platewarden-{old.size}-{new.size}.consistency", "application/json")
