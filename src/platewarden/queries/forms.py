"""The question as people put it: what is typed, in the agency's own time, turned into a scope and a justification."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from platewarden.cameras.models import Camera
from platewarden.matching.plates import PlateError
from platewarden.policy.decision import Decision
from platewarden.policy.parameters import Parameters
from platewarden.policy.queries import Justification, QueryKind, QueryScope, latest_end
from platewarden.policy.use import Purpose, stated_purpose
from platewarden.queries.search import canonical_text
from platewarden.site.fields import AgencyTimeField, PolicyField

KINDS: Final = {
    QueryKind.EXACT: "Exactly this plate",
    QueryKind.PATTERN: "A pattern: * for any characters, ? for one",
    QueryKind.NEAR: "Plates like it: look-alikes, or one character different",
    QueryKind.CAMERA_TIME: "Everything at cameras, for a short time",
}
"""The ways of searching, in words."""

DEFAULT_SPAN: Final = timedelta(days=7)


class AskForm(forms.Form):
    """What is looked for, and why."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label="Search for",
        choices=[(kind.value, text) for kind, text in KINDS.items()],
        widget=forms.RadioSelect,
    )
    plate_text = PolicyField(
        label="Plate",
        max_length=32,
        help_text="Blanks and hyphens do not count. Leave it empty for everything at cameras.",
        widget=forms.TextInput({"data-plate": "", "autocomplete": "off", "spellcheck": "false"}),
    )
    cameras = forms.TypedMultipleChoiceField(
        label="Cameras", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    seen_from = AgencyTimeField(label="From", fold=0)
    seen_until = AgencyTimeField(label="Until", fold=1)
    purpose = PolicyField(label="Purpose", max_length=40, widget=forms.RadioSelect)
    reason = PolicyField(
        label="Reason",
        max_length=500,
        help_text="What you want to find out, and why. It is read at every audit.",
        widget=forms.Textarea({"rows": 3}),
    )
    case_number = PolicyField(
        label="Case or incident number", max_length=40, widget=forms.TextInput({"autocomplete": "off"})
    )
    requested_by = forms.CharField(
        label="Made for", max_length=120, required=False, help_text="The colleague who asked you, if one did."
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        zone: ZoneInfo,
        cameras: Iterable[Camera],
        parameters: Parameters,
        now: datetime,
    ) -> None:
        until = (
            latest_end(parameters=parameters, now=now)
            .astimezone(zone)
            .replace(tzinfo=None, second=0, microsecond=0)
        )
        initial = {"kind": QueryKind.EXACT.value, "seen_from": until - DEFAULT_SPAN, "seen_until": until}
        super().__init__(data, initial=initial)
        purpose, cameras_field = self.fields["purpose"].widget, self.fields["cameras"]
        assert isinstance(purpose, forms.RadioSelect)
        assert isinstance(cameras_field, forms.TypedMultipleChoiceField)
        purpose.choices = [(purpose.value, purpose.label) for purpose in Purpose if purpose.justifies_query]
        cameras_field.choices = [(camera.pk, f"{camera.name}, {camera.place}") for camera in cameras]
        for field in self.fields.values():
            if isinstance(field, AgencyTimeField):
                field.zone = zone
        self._help(parameters)

    def _help(self, parameters: Parameters) -> None:
        days = parameters.days("query.max_window_days").days
        hours = int(parameters.hours("query.camera_window_hours").total_seconds() // 3600)
        minutes = int(parameters.minutes("query.minimum_age_minutes").total_seconds() // 60)
        example = parameters.text("query.case_number_example")
        self.fields["cameras"].help_text = "None ticked means all, where a plate is given."
        self.fields["case_number"].help_text = f"For example {example}."
        self.fields[
            "seen_from"
        ].help_text = f"At most {days} days; {hours} hours without a plate or a firm pattern."
        self.fields["seen_until"].help_text = f"At least {minutes} minutes ago."

    def clean(self) -> dict[str, Any]:
        """Bring the plate into its canonical form."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "kind" in cleaned and "plate_text" in cleaned:
            try:
                cleaned["plate_text"] = canonical_text(QueryKind(cleaned["kind"]), cleaned["plate_text"])
            except PlateError as error:
                self.add_error("plate_text", str(error))
        return cleaned

    @property
    def scope(self) -> QueryScope:
        """What is looked for; of a valid form."""
        cleaned = self.cleaned_data
        return QueryScope(
            kind=QueryKind(cleaned["kind"]),
            plate_text=cleaned["plate_text"],
            cameras=tuple(cleaned["cameras"]),
            seen_from=cleaned["seen_from"],
            seen_until=cleaned["seen_until"],
        )

    @property
    def justification(self) -> Justification:
        """Why; of a valid form."""
        cleaned = self.cleaned_data
        return Justification(
            purpose=stated_purpose(cleaned["purpose"]),
            reason=cleaned["reason"],
            case_number=cleaned["case_number"],
            requested_by=cleaned["requested_by"],
        )

    def show_refusal(self, decision: Decision) -> None:
        """Put the refusal beside the field at fault."""
        if decision.field in self.fields:
            self.add_error(decision.field, f"{decision.reason} {decision.remedy} ({decision.clause})")
