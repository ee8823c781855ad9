"""The page of one camera, which many forms come back to."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.credentials import live_credentials
from platewarden.cameras.device_stills import still_waiting
from platewarden.cameras.drawing import days_of, plot_of, so_far, week_of
from platewarden.cameras.forms import CredentialForm, PlacementForm, UnmovedForm
from platewarden.cameras.health import counts_of, figures_of, healths_of
from platewarden.cameras.models import Camera, CameraPosition, CameraView
from platewarden.cameras.pages import CameraSheet, deployments_of, hours_of, sheets_of
from platewarden.devices.speaking import codes_out_for, with_devices
from platewarden.ledger import actions as ledger
from platewarden.policy.actor import Actor
from platewarden.policy.decision import PolicyRefusal
from platewarden.policy.deployments import may_plan_deployments
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

_FINDINGS: Final = 20


def show_camera(request: ActorRequest, camera: Camera, *, status: int = 200, **context: Any) -> HttpResponse:
    """Show one camera: its place, its statement, its deployments, and the reads of its last day as numbers."""
    now = utc_now()
    (sheet,) = sheets_of([camera], parameters=parameters_at(now), now=now)
    context |= {"camera": camera, "sheet": sheet, **rights_of(request.actor)}
    context |= _health_of(sheet, now)
    context["findings"] = camera.findings.filter(settled_at=None).select_related("unmoved_by")
    context["settled_findings"] = camera.findings.exclude(settled_at=None).select_related(
        "unmoved_by", "settled_by"
    )[:_FINDINGS]
    context["position"] = CameraPosition.objects.filter(camera=camera).first()
    context["seen"] = CameraView.objects.filter(camera=camera, statement=sheet.statement).first()
    context.setdefault("unmoved_form", UnmovedForm())
    context["deployments"] = deployments_of(camera, now=now)
    live = live_credentials(camera, now=now).select_related("issued_by")
    context["credentials"] = with_devices(live, camera)
    context["codes_out"] = codes_out_for(camera, now=now)
    context["credential_form"] = CredentialForm(protocol=camera.protocol)
    context["overlap"] = parameters_at(now).minutes("capture.credential_overlap_minutes")
    context["sent_still"] = still_waiting(camera, now=now)
    context["placement"] = PlacementForm(agency_id=camera.agency_id, initial={"area": camera.area_id})
    return render(request, "cameras/detail.html", context, status=status)


def _health_of(sheet: CameraSheet, now: datetime) -> dict[str, Any]:
    """Return how the camera of *sheet* does: the day in numbers, the week as a drawing, and what it was told."""
    camera, zone = sheet.camera, agency_zone()
    (health,) = healths_of([sheet], parameters=parameters_at(now), now=now)
    counts = counts_of([camera], now=now)[camera.pk]
    week = week_of(counts, zone=zone, now=now)
    return {
        "health": health,
        "hours": hours_of(camera, now=now),
        "figures": figures_of(camera, since=now - timedelta(hours=24)),
        "day_plot": plot_of(health.hours, zone, width=720, height=110),
        "week_plot": plot_of(week, zone, width=840, height=120),
        "week": days_of([*week, so_far(counts, now=now)], zone),
    }


def rights_of(actor: Actor) -> dict[str, bool]:
    """Return what *actor* may do about cameras, for templates."""
    may_register, may_approve = may(actor, Right.REGISTER_CAMERAS), may(actor, Right.APPROVE_CAMERAS)
    return {
        "may_register": may_register.allowed,
        "may_approve": may_approve.allowed,
        "may_sign": may_register.allowed or may_approve.allowed,
        "may_look": may(actor, Right.SEE_STILLS).allowed,
        "may_plan": may_plan_deployments(actor).allowed,
    }


def refused(request: ActorRequest, form: forms.Form | None, refusal: PolicyRefusal) -> dict[str, Any]:
    """Record *refusal*, put it beside its field, and return what the page says of it."""
    entry = ledger.record_refusal(refusal, actor=request.actor)
    decision = refusal.decision
    if form is not None and decision.field in form.fields:
        form.add_error(decision.field, f"{decision.reason} {decision.remedy} ({decision.clause})")
    return {"refusal": decision, "recorded": entry.seq}


def agency_zone() -> ZoneInfo:
    """Return the zone in which the agency reads and writes times."""
    return ZoneInfo(owning_agency().time_zone)
