"""What people say of a device."""

from typing import Any, Final

from django import forms

from platewarden.cameras.models import Camera
from platewarden.edge.gate import Region, RegionError
from platewarden.edge.settings import BOUNDS, BOUNDS_OF_A_SOURCE, MOST_REGION, Settings, SourceSettings
from platewarden.site.fields import CodeField

_LABELS: Final = {
    "least_confidence": ("Least confidence", "Percent. A read less sure than this is not kept."),
    "spool_megabytes": (
        "Room for reads",
        "Megabytes. When it is full, the oldest that hit nothing go first.",
    ),
    "retention_hours": ("Kept for at most", "Hours. What could not be submitted by then goes (RET-1)."),
    "batch": ("Reads in one submission", "Fewer for a slow line."),
    "report_seconds": ("Reports every", "Seconds."),
    "rest_ms": ("Looks at least every", "Milliseconds, though nothing moves."),
    "share": (
        "Looks sooner when there has changed",
        "Ten-thousandths of the picture, or of the region. Fewer notice more, and cost more.",
    ),
}


class CodeForm(forms.Form):
    """A device that is to enrol."""

    use_required_attribute = False

    code = CodeField(max_length=40, help_text="Short, for reports: letters, digits, hyphens. It stays.")
    name = forms.CharField(max_length=80, help_text="What people call the box, or where it is.")
    cameras = forms.ModelMultipleChoiceField(
        queryset=Camera.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label="It reads for",
        help_text="From then on these cameras are known by the device's key alone; their credentials end.",
    )

    def __init__(self, *arguments: Any, agency_id: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["cameras"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Camera.objects.filter(agency_id=agency_id).exclude(kind="rendered")

    def clean_code(self) -> str:
        """Return the code in lower case: two that differ only in case would be mistaken for each other."""
        code: str = self.cleaned_data["code"]
        return code.lower()


class SettingsForm(forms.Form):
    """How a device works: the closed list of what can be set from afar."""

    use_required_attribute = False

    def __init__(self, *arguments: Any, current: Settings, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.initial = current.numbers()
        for name, (least, most) in BOUNDS.items():
            label, said = _LABELS[name]
            self.fields[name] = forms.IntegerField(
                min_value=least, max_value=most, label=label, help_text=f"{said} {least} to {most}."
            )


class SourceForm(forms.Form):
    """What of one source a device looks at."""

    use_required_attribute = False

    region = forms.CharField(
        required=False,
        max_length=MOST_REGION,
        help_text="Only plates in it are read. Its corners in turn, as shares of width and height from the top left: "
        "0,0.4;1,0.4;1,1;0,1 is all below four tenths. Empty: what the box's own file says, or the whole picture.",
    )

    def __init__(self, *arguments: Any, current: SourceSettings, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.initial = current.values()
        for name, (least, most) in BOUNDS_OF_A_SOURCE.items():
            label, said = _LABELS[name]
            self.fields[name] = forms.IntegerField(
                min_value=least, max_value=most, label=label, help_text=f"{said} {least} to {most}."
            )

    def clean_region(self) -> str:
        """Return the region in its one form."""
        text: str = self.cleaned_data["region"]
        try:
            region = Region.parse(text).text if text else ""
        except RegionError as error:
            raise forms.ValidationError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
        if len(region) > MOST_REGION:  # no box would take it, nor anything else that is set with it
            raise forms.ValidationError("It has too many corners: name fewer, or with fewer decimals.")
        return region
