"""What people may say of an alert: closed vocabularies, and two notes that go with the hit's day."""

from django import forms

from platewarden.alerts.actions import Disposition
from platewarden.policy.hits import ActionTaken, Comparison, Finding, StatusCheck, Verification

_SEEN = {
    Comparison.MATCH: "Match",
    Comparison.DIFFER: "Differ",
    Comparison.UNREADABLE: "Unreadable",
}
_CHECKED = {
    StatusCheck.CONFIRMED: "Confirmed",
    StatusCheck.CONTRADICTED: "Contradicted",
    StatusCheck.NOT_POSSIBLE: "Not possible",
}


class VerificationForm(forms.Form):
    """Characters, state, and the entry's present status (HIT-2); nothing is chosen beforehand."""

    characters = forms.ChoiceField(
        label="Characters on the plate image", choices=list(_SEEN.items()), widget=forms.RadioSelect
    )
    state = forms.ChoiceField(
        label="State of registration on the plate image",
        choices=list(_SEEN.items()),
        widget=forms.RadioSelect,
    )
    status_check = forms.ChoiceField(
        label="Status through dispatch or vehicle query",
        choices=list(_CHECKED.items()),
        widget=forms.RadioSelect,
    )
    status_note = forms.CharField(
        label="What was said, or why it was not possible",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @property
    def verification(self) -> Verification:
        """What was said; the form must be valid."""
        said = self.cleaned_data
        return Verification(
            characters=Comparison(said["characters"]),
            state=Comparison(said["state"]),
            status_check=StatusCheck(said["status_check"]),
            status_note=said["status_note"],
        )


class DispositionForm(forms.Form):
    """What was found and what was done (HIT-3)."""

    finding = forms.ChoiceField(
        label="What was found",
        choices=[(finding, finding.label.capitalize()) for finding in Finding],
        widget=forms.RadioSelect,
    )
    action = forms.ChoiceField(
        label="What was done",
        choices=[(action, action.label.capitalize()) for action in ActionTaken],
        widget=forms.RadioSelect,
    )
    case_number = forms.CharField(
        label="Case or incident number",
        required=False,
        max_length=40,
        help_text="Needed for a stop, an arrest or a recovery; the hit is then kept in that case.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @property
    def disposition(self) -> Disposition:
        """What was said; the form must be valid."""
        said = self.cleaned_data
        return Disposition(
            finding=Finding(said["finding"]),
            action=ActionTaken(said["action"]),
            case_number=said["case_number"],
            note=said["note"],
        )
