"""Forms about people."""

from django import forms


class EnrolForm(forms.Form):
    """A one-time code and the person's own first password, twice."""

    code = forms.CharField(max_length=64, label="One-time code", help_text="From your administrator.")
    password = forms.CharField(
        max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), label="New password",
        help_text="At least 12 characters; a few unrelated words are best.",
    )
    again = forms.CharField(
        max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), label="The same again"
    )

    def clean(self) -> dict[str, object]:
        """Check that both passwords agree."""
        cleaned = super().clean() or {}
        if cleaned.get("password") != cleaned.get("again"):
            self.add_error("again", "The two passwords differ: type the same one twice.")
        return cleaned


class UnlockForm(forms.Form):
    """The password of the person whose console is locked."""

    password = forms.CharField(
        max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), label="Password"
    )
