"""What a hit is taken into a case with."""

from django import forms

from platewarden.site.fields import PolicyField


class PreserveForm(forms.Form):
    """The case that is to keep a hit."""

    case_number = PolicyField(
        label="Keep it in case",
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
