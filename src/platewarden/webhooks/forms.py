"""What an administrator says of an endpoint."""

from django import forms


class EndpointForm(forms.Form):
    """Where messages are to go; the policy judges the address."""

    use_required_attribute = False

    name = forms.CharField(max_length=80, help_text="What it is, e.g. Dispatch system.")
    url = forms.CharField(
        label="Address",
        max_length=500,
        help_text="https only. What is sent holds no plate, no picture and no place.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
