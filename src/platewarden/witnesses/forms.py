"""What people say of a witness, and what they hand in for one."""

from django import forms


class WitnessForm(forms.Form):
    """Who it is, and how they are known and reached; the policy judges key and address."""

    use_required_attribute = False

    who = forms.CharField(
        label="Who", max_length=120, help_text="Person and office, e.g. Jane Roe, Office of the County Clerk."
    )
    key = forms.CharField(
        label="Public key",
        max_length=300,
        help_text="The line that “platewarden witness new” printed, from the witness's own hand.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    url = forms.CharField(
        label="Address",
        max_length=500,
        required=False,
        help_text="https only; empty for a witness who takes checkpoints from the folder or by hand.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )


class CosignedForm(forms.Form):
    """A co-signed checkpoint that came by mail or on a stick."""

    use_required_attribute = False

    note = forms.CharField(
        label="Co-signed checkpoint",
        max_length=20_000,
        strip=False,
        help_text="The whole text, from the log's name to the last signature.",
        widget=forms.Textarea({"rows": 7, "spellcheck": "false", "class": "mono"}),
    )

    def clean_note(self) -> str:
        """Return the note with the line ends that it was signed with."""
        note: str = self.cleaned_data["note"]
        return note.replace("\r\n", "\n").strip("\n") + "\n"
