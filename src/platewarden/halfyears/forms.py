"""Drawing a report up, concluding, signing, acknowledging."""

from django import forms


class BuildForm(forms.Form):
    """Which period, and for a correction why."""

    use_required_attribute = False

    period = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=2000,
        required=False,
        label="What is to be corrected",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CheckForm(forms.Form):
    """What the auditor concludes, after looking at what is open."""

    use_required_attribute = False

    conclusion = forms.CharField(
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What you found, what is to be done, and what is to become of what is still open.",
    )


class SignForm(forms.Form):
    """The auditor's password, once more."""

    use_required_attribute = False

    password = forms.CharField(
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        label="Your password",
        help_text="Signing delivers the report to the Undersheriff. It stays as it is from then on.",
    )


class AcknowledgeForm(forms.Form):
    """What the Undersheriff says to the report, if anything."""

    note = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you order or will look into, if you wish to say it here.",
    )
