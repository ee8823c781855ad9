"""What people may say of an alert: closed vocabularies, and two notes that go with the hit's day."""

import re
from typing import Final

from django import forms

from platewarden.alerts.actions import Disposition
from platewarden.policy.hits import (
    ActionTaken,
    Basis,
    Comparison,
    Finding,
    StatusCheck,
    StatusReason,
    Verification,
)
from platewarden.policy.verification import UNREADABLE, FirstLook, typed_characters

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


_CHOOSE: Final = ("", "choose if it was not possible")
_STATE: Final = re.compile(r"[A-Z]{2}")


class FirstLookForm(forms.Form):
    """What is seen on the plate image before the entry is shown (HIT-2)."""

    characters = forms.CharField(
        label="Characters on the plate",
        max_length=32,
        help_text="As you see them; ? for each that you cannot read.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "data-plate": ""}),
    )
    state = forms.CharField(
        label="State of registration",
        max_length=2,
        help_text="Two letters, e.g. NY; ? if you cannot read it.",
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "data-plate": "", "class": "alert-state"}
        ),
    )

    def clean_characters(self) -> str:
        """Return the characters without blanks and marks; nothing that a plate could carry is not an answer."""
        try:
            characters = typed_characters(self.cleaned_data["characters"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if not characters:
            raise forms.ValidationError("Type letters and digits, or ? for those you cannot read.")
        return characters

    def clean_state(self) -> str:
        """Return the postal code; empty when the state cannot be read."""
        state = str(self.cleaned_data["state"]).strip().upper()
        if state != UNREADABLE and not _STATE.fullmatch(state):
            raise forms.ValidationError("Type the state's two letters, or ? if you cannot read it.")
        return "" if state == UNREADABLE else state

    @property
    def look(self) -> FirstLook:
        """What was typed; the form must be valid."""
        return FirstLook(self.cleaned_data["characters"], self.cleaned_data["state"])


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
    status_reason = forms.ChoiceField(
        label="Why it was not possible",
        required=False,
        choices=[_CHOOSE, *((reason, reason.label.capitalize()) for reason in StatusReason)],
    )
    looked_again = forms.BooleanField(label="I compared again: it is as I say now", required=False)
    status_note = forms.CharField(
        label="What was said",
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
            status_reason=StatusReason(said["status_reason"]) if said["status_reason"] else None,
            looked_again=said["looked_again"],
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
    basis = forms.ChoiceField(
        label="What it rested on",
        required=False,
        choices=[
            ("", "for a stop, an arrest or a recovery"),
            *((basis, basis.label.capitalize()) for basis in Basis),
        ],
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
            basis=Basis(said["basis"]) if said["basis"] else None,
        )
