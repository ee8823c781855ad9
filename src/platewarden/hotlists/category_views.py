"""The page of categories: what lists may hold, and proposing to switch one on or off."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from platewarden.hotlists.categories import lines_of_categories, propose_switch
from platewarden.hotlists.forms import ShowsRefusal
from platewarden.hotlists.refusals import agency_zone
from platewarden.policy.adoption import may_propose_parameter
from platewarden.policy.decision import require
from platewarden.policy.hotlists import Category
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.fields import AgencyTimeField
from platewarden.site.requests import ActorRequest


class SwitchForm(ShowsRefusal):
    """Which category is to be switched which way, why, and from when on."""

    category = forms.ChoiceField(choices=[(category.value, category.label) for category in Category])
    on = forms.TypedChoiceField(
        label="Switch it",
        choices=[("on", "on"), ("off", "off")],
        coerce=lambda said: said == "on",
        widget=forms.RadioSelect,
    )
    why = forms.CharField(label="Why", max_length=500, widget=forms.Textarea({"rows": 2}))
    in_force_from = AgencyTimeField(
        label="In force from", fold=0, help_text="Never before a second person has adopted it."
    )

    def __init__(self, *arguments: Any) -> None:
        zone, now = agency_zone(), utc_now()
        local = now.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
        super().__init__(*arguments)
        moment = self.fields["in_force_from"]
        assert isinstance(moment, AgencyTimeField)
        moment.zone, moment.initial = zone, local


@require_http_methods(["GET", "POST"])
def categories(request: ActorRequest) -> HttpResponse:
    """Show what lists may hold, since when, by whom and why; take a proposal to change it."""
    require(may(request.actor, Right.SEE_HOTLISTS), action="hotlist.categories")
    now = utc_now()
    form = SwitchForm(*((request.POST,) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        propose_switch(
            category=Category(said["category"]),
            on=said["on"],
            why=said["why"],
            in_force_from=said["in_force_from"],
            actor=request.actor,
            now=now,
        )
        messages.success(request, "Proposed. It holds once another person has adopted it.")
        return redirect("hotlists:categories")
    context = {
        "lines": lines_of_categories(agency_id=request.actor.agency_id, now=now),
        "form": form if may_propose_parameter(request.actor).allowed else None,
    }
    return render(request, "hotlists/categories.html", context, status=422 if form.errors else 200)
