"""What people say of a list and of a file to load into it."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator

from platewarden.hotlists.formats.layouts import NAMES, title_of
from platewarden.hotlists.formats.lines import MAX_BYTES
from platewarden.hotlists.forms import TYPED, ShowsRefusal
from platewarden.hotlists.uploads import Said
from platewarden.policy.hotlists import Category, may_hold
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
    """A file, the moment from which its list holds, and what its content does not say."""

    file = forms.FileField(
        label="List file", help_text="Text in UTF-8, or a zip file that holds one. Nothing is loaded yet."
    )
    effective_at = AgencyTimeField(
        label="In effect since", fold=0, help_text="When its source made the list, on the agency's clock."
    )
    layout = forms.ChoiceField(
        required=False, help_text="Choose one only if the file is not recognised, or not rightly."
    )
    category = forms.ChoiceField(
        required=False,
        label="Category of all entries",
        help_text="Only for a CSV that has no column for it.",
    )

    def __init__(self, *arguments: Any, zone: ZoneInfo, parameters: Parameters) -> None:
        super().__init__(*arguments)
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.zip,.dat,text/csv,text/plain,application/zip"
        effective_at, layout, category = (
            self.fields[name] for name in ("effective_at", "layout", "category")
        )
        assert isinstance(effective_at, AgencyTimeField)
        assert isinstance(layout, forms.ChoiceField)
        assert isinstance(category, forms.ChoiceField)
        effective_at.zone = zone
        for name in (
            "file",
            "effective_at",
        ):  # the browser asks before it sends hundreds of megabytes in vain
            self.fields[name].widget.attrs["required"] = True
        layout.choices = [("", "Recognise it"), *((name, title_of(name)) for name in NAMES)]
        admitted = [code for code in Category if may_hold(code, parameters=parameters).allowed]
        category.choices = [("", "As the file says"), *((code.value, code.label) for code in admitted)]

    def clean_file(self) -> Any:
        """Refuse what is too large before a byte of it is read."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_BYTES // 1024**2} MB: split the list.")
        return upload

    @property
    def said(self) -> Said:
        """What was said of the file; of a valid form."""
        said = self.cleaned_data
        return Said(said["effective_at"], said["layout"], said["category"])
