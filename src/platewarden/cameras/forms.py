"""What people say of a camera."""

from dataclasses import fields
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django import forms

from platewarden.adapters.formats import presented_by
from platewarden.cameras.actions import Device
from platewarden.cameras.models import Area
from platewarden.policy.cameras import CredentialStyle, Protocol, Travel
from platewarden.policy.capture import CameraKind
from platewarden.site.fields import AgencyTimeField, CodeField, PolicyFileField, PolicyFloatField
from platewarden.site.limits import STILL_BYTES

_KINDS: Final = {
    CameraKind.FIXED: "Fixed to a structure",
    CameraKind.MOBILE: "Mounted on a vehicle",
    CameraKind.PORTABLE: "Portable, set up where it is needed",
}
_OF_THE_STATES: Final = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam", "UTC"),
)
_OTHERS: Final = sorted(
    zone
    for zone in available_timezones() - set(_OF_THE_STATES)
    if zone.startswith(("America/", "Pacific/", "US/"))
)
_ZONES: Final = frozenset({*_OF_THE_STATES, *_OTHERS})


def zone_offered(zone: str) -> str:
    """Return *zone* if it is among those that can be chosen, else UTC: a form must not begin with another by chance."""
    return zone if zone in _ZONES else "UTC"


def _zones(first: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the zones in groups, as they are looked for: *first* by itself, those of the states, all others."""
    own = [first] if first in _ZONES else []
    groups = (
        ("On this form now", own),
        ("United States, and UTC", [zone for zone in _OF_THE_STATES if zone not in own]),
        ("Others in the Americas and the Pacific", [zone for zone in _OTHERS if zone not in own]),
    )
    return [(name, [(zone, zone.replace("_", " ")) for zone in zones]) for name, zones in groups if zones]


class _PlaceFields(forms.Form):
    """Where a camera stands and looks."""

    use_required_attribute = False

    place = forms.CharField(max_length=160, help_text="Where it stands, or what carries it.")
    latitude: forms.FloatField = PolicyFloatField(
        min_value=-90,
        max_value=90,
        help_text="Degrees, e.g. 42.4512. A fixed camera must have one; for others leave it empty.",
    )
    longitude: forms.FloatField = PolicyFloatField(
        min_value=-180,
        max_value=180,
        help_text="Degrees, e.g. -76.5033. A fixed camera must have one; for others leave it empty.",
    )
    heading_degrees = forms.IntegerField(
        required=False, min_value=0, max_value=359, label="Heading", help_text="Degrees from north, 0 to 359."
    )

    def clean(self) -> dict[str, Any]:
        """Refuse half a position: it is no place on a map."""
        said = super().clean() or self.cleaned_data
        if (said.get("latitude") is None) != (said.get("longitude") is None) and not self.errors:
            self.add_error("latitude", "Give both latitude and longitude: one alone is no place.")
        return said


class ChangeForm(_PlaceFields):
    """What the register says of a camera, apart from what never changes."""

    name = forms.CharField(max_length=80, help_text="What people call it.")
    lane = forms.CharField(max_length=40, required=False, help_text="Which it looks at, e.g. right lane.")
    travel = forms.ChoiceField(
        required=False,
        label="Direction of travel",
        choices=[("", "not said"), *((each.value, each.label) for each in Travel)],
    )
    owner = forms.CharField(max_length=80, required=False, help_text="Empty for the agency's own.")
    make = forms.CharField(max_length=40, required=False)
    model = forms.CharField(max_length=60, required=False)
    protocol = forms.ChoiceField(
        choices=[(each.value, each.label) for each in Protocol], help_text="The format in which it sends."
    )
    clock_zone = forms.ChoiceField(
        label="Time zone of its clock",
        choices=_zones(),
        help_text="Matters only for devices that send times without a zone.",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["clock_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _zones(str(self.initial.get("clock_zone", "")))

    @property
    def device(self) -> Device:
        """What the form says of the thing itself."""
        return Device(**{field.name: self.cleaned_data[field.name] for field in fields(Device)})

    @property
    def standing(self) -> dict[str, Any]:
        """What it says of the name and the place."""
        names = ("name", "place", "latitude", "longitude", "heading_degrees")
        return {name: self.cleaned_data[name] for name in names}


class RegisterForm(ChangeForm):
    """A camera for the register (CAP-5)."""

    field_order = ("kind", "code", "name")

    kind = forms.ChoiceField(
        choices=[(kind.value, text) for kind, text in _KINDS.items()], widget=forms.RadioSelect
    )
    code = CodeField(
        max_length=40, help_text="Short, for credentials and reports: letters, digits, hyphens. It stays."
    )

    def clean_code(self) -> str:
        """Return the code in lower case: two that differ only in case would be mistaken for each other."""
        code: str = self.cleaned_data["code"]
        return code.lower()


class StatementForm(forms.Form):
    """What a camera sees, signed by whoever has looked (CAP-1)."""

    use_required_attribute = False

    statement = forms.CharField(
        max_length=2000,
        label="What the camera sees",
        help_text="Say that it sees public places only, and how that is made sure.",
        widget=forms.Textarea({"rows": 4}),
    )
    still = PolicyFileField(
        label="Still",
        help_text="A picture that the camera took where it stands now: JPEG or PNG, 10 MB at most.",
        widget=forms.ClearableFileInput({"accept": "image/jpeg,image/png"}),
    )
    sent = forms.BooleanField(
        required=False,
        label="The picture that its device sent shows what the camera sees",
        help_text="Without a file of your own it becomes the still of this statement.",
    )

    @property
    def picture(self) -> bytes:
        """The bytes of the still; no more of them than it takes to refuse it. Empty for none."""
        upload = self.cleaned_data["still"]
        return bytes(upload.read(STILL_BYTES + 1)) if upload else b""


class DeclineForm(forms.Form):
    """Why a statement is declined."""

    use_required_attribute = False

    why = forms.CharField(
        max_length=300, label="Why", help_text="What is to be changed about the camera or the statement."
    )


class UnmovedForm(forms.Form):
    """How somebody knows that a camera did not move."""

    use_required_attribute = False

    why = forms.CharField(
        max_length=300,
        label="How you know",
        help_text="E.g. who looked at it and when, and what makes it seem moved.",
        widget=forms.Textarea({"rows": 2}),
    )


class CredentialForm(forms.Form):
    """How the device presents its secret, and what becomes of the old one; it begins with what such devices can do."""

    style = forms.ChoiceField(choices=[(each.value, each.label) for each in CredentialStyle])
    keep_old = forms.BooleanField(required=False, label="Let the old one work a while longer")

    def __init__(self, *arguments: Any, protocol: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        can, field = presented_by(protocol), self.fields["style"]
        field.initial = can
        field.help_text = f"{Protocol(protocol).label}: such devices can send {_SENT[can]}. {_BETTER[can]}"


_SENT: Final = {
    CredentialStyle.BEARER: "a header",
    CredentialStyle.BASIC: "a user name and a password",
    CredentialStyle.PATH: "it in the address alone",
}
_FOR_IT: Final = "Where a relay or bridge of yours sends for it, take the header"
_BETTER: Final = {
    CredentialStyle.BEARER: "Take another only for one that cannot: addresses are written into logs.",
    CredentialStyle.BASIC: f"{_FOR_IT}.",
    CredentialStyle.PATH: f"{_FOR_IT}: addresses are written into logs.",
}


class DeploymentForm(_PlaceFields):
    """Where and when a portable camera is to be set up, and why (CAP-5)."""

    latitude = forms.FloatField(min_value=-90, max_value=90, help_text="Degrees, e.g. 42.4512.")
    longitude = forms.FloatField(min_value=-180, max_value=180, help_text="Degrees, e.g. -76.5033.")
    starts_at = AgencyTimeField(label="From", fold=0, help_text="On the agency's clock.")
    ends_at = AgencyTimeField(label="Until", fold=1, help_text="On the agency's clock.")
    reason = forms.CharField(
        max_length=300, help_text="What it is needed there for.", widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *arguments: Any, zone: ZoneInfo) -> None:
        super().__init__(*arguments)
        for name in ("starts_at", "ends_at"):
            field = self.fields[name]
            assert isinstance(field, AgencyTimeField)
            field.zone = zone


class AreaForm(forms.Form):
    """A new area."""

    use_required_attribute = False

    name = forms.CharField(max_length=60, help_text="As people on duty call it.")
    code = CodeField(
        max_length=24, help_text="Short, for hotlists and reports: letters, digits, hyphens. It stays."
    )

    def clean_code(self) -> str:
        """Return the code in lower case: two that differ only in case would be mistaken for each other."""
        code: str = self.cleaned_data["code"]
        return code.lower()


class PlacementForm(forms.Form):
    """The area a camera belongs to."""

    use_required_attribute = False

    area = forms.ModelChoiceField(
        queryset=Area.objects.none(),
        required=False,
        empty_label="none: its alerts concern every area",
        help_text="People on duty sign on for areas; alerts of this camera go to those of its area.",
    )

    def __init__(self, *arguments: Any, agency_id: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["area"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Area.objects.filter(agency_id=agency_id)
