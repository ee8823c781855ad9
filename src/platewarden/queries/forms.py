"""The question as people put it: what is typed, in the agency's own time, turned into a scope and a justification."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from platewarden.cameras.models import Camera
from platewarden.matching.plates import PlateError
from platewarden.matching.vehicles import folded, names_of
from platewarden.policy.actor import GuestTerms
from platewarden.policy.areas import Area, AreaError, around, parse_area
from platewarden.policy.decision import Decision
from platewarden.policy.parameters import Parameters
from platewarden.policy.queries import Justification, QueryKind, QueryScope, VehicleAsked, latest_end
from platewarden.policy.use import Purpose, stated_purpose
from platewarden.queries.casesystem import standing_of
from platewarden.queries.maps import place_of
from platewarden.queries.search import STATE_UNKNOWN, canonical_text
from platewarden.site.fields import AgencyTimeField, PolicyField

KINDS: Final = {
    QueryKind.EXACT: "Exactly this plate",
    QueryKind.PATTERN: "A pattern: * for any characters, ? for one",
    QueryKind.NEAR: "Plates like it: look-alikes, or one character different",
    QueryKind.CAMERA_TIME: "Everything at cameras or in an area, for a short time",
}
"""The ways of searching, in words."""

DEFAULT_SPAN: Final = timedelta(days=7)
_WHILE_TYPING: Final = timedelta(hours=1)
_VEHICLE: Final = ("type", "make", "model", "colour")
_TYPED: Final = {"autocomplete": "off", "spellcheck": "false"}


def _any_of(part: str) -> list[tuple[str, str]]:
    return [("", "any"), *((name, name.replace("_", " ")) for name in names_of(part))]


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
        widget=forms.TextInput({"data-plate": "", "data-search": "", **_TYPED}),
    )
    state = forms.CharField(
        label="State as read",
        max_length=2,
        required=False,
        help_text="Two letters, e.g. NY. A ? finds reads whose state could not be read; empty finds all.",
        widget=forms.TextInput({"data-plate": "", **_TYPED}),
    )
    vehicle_type = forms.ChoiceField(label="Vehicle", required=False, choices=_any_of("type"))
    vehicle_make = forms.ChoiceField(label="Make", required=False, choices=_any_of("make"))
    vehicle_model = forms.CharField(
        label="Model", max_length=32, required=False, widget=forms.TextInput(_TYPED)
    )
    vehicle_colour = forms.ChoiceField(label="Colour", required=False, choices=_any_of("colour"))
    cameras = forms.TypedMultipleChoiceField(
        label="Cameras", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    area = forms.CharField(
        label="Corners of an area",
        max_length=4000,
        required=False,
        help_text="One corner a line: latitude, longitude. Two corners make a rectangle. The map writes them here.",
        widget=forms.Textarea({"rows": 4, "data-area-corners": "", **_TYPED}),
    )
    near_metres = forms.IntegerField(
        label="Or within so many metres", required=False, min_value=1, max_value=200_000
    )
    near_camera = forms.TypedChoiceField(label="of this camera", required=False, coerce=int, empty_value=None)
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
    exigent = forms.BooleanField(
        required=False,
        label="Exigent: life or grave harm, and no number yet",
        help_text="A second person co-signs it; give it its number within the time allowed.",
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
        again: Mapping[str, Any] | None = None,
        terms: GuestTerms | None = None,
    ) -> None:
        until = (
            latest_end(parameters=parameters, now=now)
            .astimezone(zone)
            .replace(tzinfo=None, second=0, microsecond=0)
        )
        span = min(DEFAULT_SPAN, terms.reach - _WHILE_TYPING) if terms else DEFAULT_SPAN
        initial = {"kind": QueryKind.EXACT.value, "seen_from": until - span, "seen_until": until}
        super().__init__(data, initial=initial | dict(again or {}))
        self.all_cameras = list(cameras)
        self.drawn: Area | None = None
        purpose, cameras_field = self.fields["purpose"].widget, self.fields["cameras"]
        near_camera = self.fields["near_camera"]
        assert isinstance(purpose, forms.RadioSelect)
        assert isinstance(cameras_field, forms.TypedMultipleChoiceField)
        assert isinstance(near_camera, forms.TypedChoiceField)
        purpose.choices = [
            (purpose.value, purpose.label)
            for purpose in Purpose
            if purpose.justifies_query and (terms is None or purpose.value in terms.purposes)
        ]
        cameras_field.choices = [(camera.pk, f"{camera.name}, {camera.place}") for camera in self.all_cameras]
        placed = [(camera.pk, camera.name) for camera in self.all_cameras if place_of(camera)]
        near_camera.choices = [("", "none"), *placed]
        if terms or not parameters.flag("query.exigent"):
            del self.fields["exigent"]
        for field in self.fields.values():
            if isinstance(field, AgencyTimeField):
                field.zone = zone
        self._help(parameters)
        if terms:
            self.fields[
                "cameras"
            ].help_text = "None ticked means all of these: the agreement names no others."
            self.fields["seen_from"].help_text = f"At most {terms.reach.days} days back, by the agreement."

    def _help(self, parameters: Parameters) -> None:
        days = parameters.days("query.max_window_days").days
        hours = int(parameters.hours("query.camera_window_hours").total_seconds() // 3600)
        minutes = int(parameters.minutes("query.minimum_age_minutes").total_seconds() // 60)
        example = parameters.text("query.case_number_example")
        most, largest = parameters.integer("query.max_cameras"), parameters.integer("query.max_area_km2")
        texts = {
            "cameras": f"None ticked means all, where a plate is given; without one at most {most}.",
            "case_number": f"For example {example}.",
            "seen_from": f"At most {days} days; {hours} hours without a plate or a firm pattern.",
            "seen_until": f"At least {minutes} minutes ago.",
            "near_metres": f"Without a plate an area has at most {largest} square kilometres.",
        }
        for name, text in texts.items():
            self.fields[name].help_text = text

    def clean_state(self) -> str:
        """Return the state in capitals; whatever names none is an error."""
        state: str = self.cleaned_data["state"].strip().upper()
        if state and state != STATE_UNKNOWN and not re.fullmatch(r"[A-Z]{2}", state):
            raise forms.ValidationError("A state has two letters, e.g. NY; ? stands for those not read.")
        return state

    def clean_vehicle_model(self) -> str:
        """Return the model as typed; it must hold something to compare."""
        model: str = self.cleaned_data["vehicle_model"].strip()
        if model and not folded(model):
            raise forms.ValidationError("Give a letter or digit of the model's name.")
        return model

    def clean(self) -> dict[str, Any]:
        """Bring the plate into its canonical form, and the area into cameras."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "kind" in cleaned and "plate_text" in cleaned:
            try:
                cleaned["plate_text"] = canonical_text(QueryKind(cleaned["kind"]), cleaned["plate_text"])
            except PlateError as error:
                self.add_error("plate_text", str(error))
        try:
            self.drawn = self._area(cleaned)
        except AreaError as error:
            self.add_error("area" if cleaned.get("area") else "near_metres", str(error))
        if self.drawn and not self._cameras_within(self.drawn):
            self.add_error("area" if cleaned.get("area") else "near_metres", "No camera stands in this area.")
        return cleaned

    def _area(self, cleaned: Mapping[str, Any]) -> Area | None:
        text, metres, camera_id = (cleaned.get(name) for name in ("area", "near_metres", "near_camera"))
        if text and (metres or camera_id):
            raise AreaError("Draw an area or name a distance from a camera, not both.")
        if text:
            return parse_area(text)
        if not metres and not camera_id:
            return None
        centre = next((place_of(camera) for camera in self.all_cameras if camera.pk == camera_id), None)
        if not metres or centre is None:
            raise AreaError("Give both: how many metres, and of which camera.")
        return around(centre, metres)

    def _cameras_within(self, area: Area) -> list[int]:
        return [camera.pk for camera in self.all_cameras if (at := place_of(camera)) and area.holds(at)]

    @property
    def scope(self) -> QueryScope:
        """What is looked for; of a valid form. An area stands for the cameras in it, beside those ticked."""
        cleaned = self.cleaned_data
        within = self._cameras_within(self.drawn) if self.drawn else []
        return QueryScope(
            kind=QueryKind(cleaned["kind"]),
            plate_text=cleaned["plate_text"],
            cameras=tuple(sorted({*cleaned["cameras"], *within})),
            seen_from=cleaned["seen_from"],
            seen_until=cleaned["seen_until"],
            state=cleaned["state"],
            vehicle=VehicleAsked(**{part: cleaned[f"vehicle_{part}"] for part in _VEHICLE}),
            area_km2=round(self.drawn.square_km, 3) if self.drawn else 0.0,
        )

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Corners of the area; of a valid form."""
        return self.drawn.corners if self.drawn else ()

    @property
    def justification(self) -> Justification:
        """Why; of a valid form. The case system is asked here what it says of the number."""
        cleaned = self.cleaned_data
        return Justification(
            purpose=stated_purpose(cleaned["purpose"]),
            reason=cleaned["reason"],
            case_number=cleaned["case_number"],
            requested_by=cleaned["requested_by"],
            standing=standing_of(cleaned["case_number"]),
            exigent=cleaned.get("exigent", False),
        )

    def show_refusal(self, decision: Decision) -> None:
        """Put the refusal beside the field at fault."""
        if decision.field in self.fields:
            self.add_error(decision.field, f"{decision.reason} {decision.remedy} ({decision.clause})")


class DecisionForm(forms.Form):
    """Why a held search is released or denied."""

    use_required_attribute = False
    note = PolicyField(
        label="Reason of your decision",
        max_length=500,
        help_text="It is told to whoever asked, and is read at the audit.",
        widget=forms.Textarea({"rows": 3}),
    )


class NumberForm(forms.Form):
    """The case number of an exigent search."""

    use_required_attribute = False
    case_number = PolicyField(
        label="Case or incident number", max_length=40, widget=forms.TextInput({"autocomplete": "off"})
    )
