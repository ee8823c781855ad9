"""What people type about the portal."""

from django import forms


class CheckForm(forms.Form):
    """What the quarterly check found."""

    use_required_attribute = False

    found = forms.CharField(
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        label="What the check found",
        help_text="Which figures were compared with what, in which language the page was read, what is to change.",
    )
