"""What people say of a list and of a file to load into it."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator

from platewarden.hotlists.formats.lines import MAX_BYTES
from platewarden.hotlists.forms import TYPED, ShowsRefusal
from platewarden.policy.parameters import Parameters
from platewarden.site.fields import AgencyTimeField


class HotlistForm(ShowsRefusal):
    """A new list: what it is called, whose it is, and from what age it is stale."""

    name = forms.CharField(max_length=80, widget=forms.TextInput(TYPED))
    source = forms.CharField(
        max_length=160,
        label="Source",
        help_text="Who keeps it and how often it comes, e.g. State police extract, twice a day.",
    )
    max_age_hours = forms.IntegerField(
        min_value=1, required=False, label="Stale after, in hours", help_text="Empty: as the policy says."
    )

    def __init__(self, *arguments: Any, parameters: Parameters) -> None:
        super().__init__(*arguments)
        longest = int(parameters.hours("hotlist.max_age_hours").total_seconds() // 3600)
        age = self.fields["max_age_hours"]
        age.help_text = f"At most {longest}, as the policy says; empty means {longest}."
        age.validators.append(MaxValueValidator(longest))


class LoadForm(ShowsRefusal):
    """A file, and the moment from which its list holds."""

    file = forms.FileField(
        label="List file", help_text="CSV in UTF-8, with the columns plate, state and category at least."
    )
    effective_at = AgencyTimeField(
        label="In effect since", fold=0, help_text="When its source made the list, on the agency's clock."
    )

    def __init__(self, *arguments: Any, zone: ZoneInfo) -> None:
        super().__init__(*arguments)
        self.fields["file"].widget.attrs["accept"] = ".csv,text/csv"
        effective_at = self.fields["effective_at"]
        assert isinstance(effective_at, AgencyTimeField)
        effective_at.zone = zone

    def clean_file(self) -> Any:
        """Refuse what is too large before a byte of it is read."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_BYTES // 1024**2} MB: split the list.")
        return upload
