"""What people say of a camera."""

from typing import Any, Final

from django import forms

from platewarden.cameras.models import Area
from platewarden.policy.capture import CameraKind

_KINDS: Final = {
    CameraKind.FIXED: "Fixed to a structure",
    CameraKind.MOBILE: "Mounted on a vehicle",
    CameraKind.PORTABLE: "Portable, set up where it is needed",
}


class RegisterForm(forms.Form):
    """A camera for the register (CAP-5)."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        choices=[(kind.value, text) for kind, text in _KINDS.items()], widget=forms.RadioSelect
    )
    code = forms.SlugField(
        max_length=40, help_text="Short, for credentials and reports: letters, digits, hyphens. It stays."
    )
    name = forms.CharField(max_length=80, help_text="What people call it.")
    place = forms.CharField(max_length=160, help_text="Where it stands, or what carries it.")
    latitude = forms.FloatField(
        required=False, min_value=-90, max_value=90, help_text="Degrees, e.g. 42.4512."
    )
    longitude = forms.FloatField(
        required=False, min_value=-180, max_value=180, help_text="Degrees, e.g. -76.5033."
    )
    heading_degrees = forms.IntegerField(
        required=False, min_value=0, max_value=359, label="Heading", help_text="Degrees from north, 0 to 359."
    )

    def clean_code(self) -> str:
        """Return the code in lower case: two that differ only in case would be mistaken for each other."""
        code: str = self.cleaned_data["code"]
        return code.lower()


class StatementForm(forms.Form):
    """What a camera sees, signed by whoever approves it (CAP-1)."""

    use_required_attribute = False

    statement = forms.CharField(
        max_length=2000,
        label="What the camera sees",
        help_text="Look at its picture first. Say that it sees public places only, and how that is made sure.",
        widget=forms.Textarea({"rows": 4}),
    )


class AreaForm(forms.Form):
    """A new area."""

    use_required_attribute = False

    name = forms.CharField(max_length=60, help_text="As people on duty call it.")
    code = forms.SlugField(
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
