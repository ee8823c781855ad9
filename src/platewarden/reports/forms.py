"""What the report of a hit is asked for with."""

from django import forms

from platewarden.site.fields import PolicyField


class ReportForm(forms.Form):
    """The case that a report is for; not asked where the hit has one."""

    case_number = PolicyField(
        label="Case or incident number",
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
