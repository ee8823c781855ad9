"""What people say of suppressions, correction notices and complaints: closed vocabularies wherever there can be."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms

from platewarden.corrections.complaints import Told
from platewarden.matching.plates import PlateError, normalise
from platewarden.policy.corrections import Answer, Channel, Concern, Outcome
from platewarden.policy.hits import Finding
from platewarden.site.fields import AgencyTimeField, PolicyField

_TYPED: Final = {"autocomplete": "off"}
_WRONG: Final = [(finding, finding.label.capitalize()) for finding in Finding if finding.blames_entry]


def _choices(words: Any) -> list[tuple[str, str]]:
    return [(word.value, word.label[:1].upper() + word.label[1:]) for word in words]


class LiftForm(forms.Form):
    """Why an entry is to alert again."""

    use_required_attribute = False
    reason = PolicyField(
        label="Why it is to alert again", max_length=500, help_text="Without a plate: it stays on the ledger."
    )


class LetterForm(forms.Form):
    """To whom a correction notice goes, and in what form."""

    addressed_to = forms.CharField(label="Addressed to", max_length=160, widget=forms.TextInput(_TYPED))
    form = forms.ChoiceField(
        label="As", choices=[("pdf", "A letter (PDF)"), ("text", "Plain text")], initial="pdf"
    )


class SentForm(forms.Form):
    """How a correction notice went out."""

    channel = forms.ChoiceField(label="Sent by", choices=_choices(Channel))


class AnswerForm(forms.Form):
    """What the owner of the entry answered."""

    answer = forms.ChoiceField(label="Answer", choices=_choices(Answer))


class OutcomeForm(forms.Form):
    """How a complaint was answered."""

    outcome = forms.ChoiceField(label="Answered with", choices=_choices(Outcome))


class SuppressForm(forms.Form):
    """Which entry behind a complaint is wrong, and how."""

    entry = forms.IntegerField(widget=forms.HiddenInput)
    finding = forms.ChoiceField(label="It is", choices=_WRONG)


class ComplaintForm(forms.Form):
    """A resident's complaint, as it is taken in."""

    received_at = AgencyTimeField(label="Received", fold=0)
    channel = forms.ChoiceField(label="Received by", choices=_choices(Channel))
    concern = forms.ChoiceField(label="Concern", choices=_choices(Concern))
    name = forms.CharField(label="Name", max_length=120, widget=forms.TextInput(_TYPED))
    contact = forms.CharField(
        label="How to reach them", max_length=200, required=False, widget=forms.TextInput(_TYPED)
    )
    plate = forms.CharField(
        label="Their plate",
        max_length=32,
        widget=forms.TextInput({"data-plate": "", "spellcheck": "false", **_TYPED}),
    )
    state = forms.CharField(
        label="Its state",
        max_length=2,
        min_length=2,
        widget=forms.TextInput({"data-plate": "", "class": "alert-state", **_TYPED}),
    )
    account = forms.CharField(label="What happened", max_length=4000, widget=forms.Textarea({"rows": 6}))

    def __init__(self, *arguments: Any, zone: ZoneInfo, now: datetime) -> None:
        super().__init__(*arguments)
        received_at = self.fields["received_at"]
        received_at.initial = now.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
        assert isinstance(received_at, AgencyTimeField)
        received_at.zone = zone
        self._now = now

    def clean_received_at(self) -> datetime:
        """Refuse a complaint from the future: its deadline would be one, too."""
        moment: datetime = self.cleaned_data["received_at"]
        if moment > self._now:
            raise forms.ValidationError("That is in the future: give the time at which it came in.")
        return moment

    def clean_plate(self) -> str:
        """Return the plate as written, once it can be one."""
        plate: str = self.cleaned_data["plate"]
        try:
            normalise(plate)
        except PlateError as error:
            raise forms.ValidationError(str(error)) from error
        return plate

    @property
    def told(self) -> Told:
        """What the resident told; the form must be valid."""
        said = self.cleaned_data
        state = said["state"].strip().upper()
        return Told(said["name"], said["contact"], said["plate"], state, said["account"])
