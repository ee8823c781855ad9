"""What people say of a plate entered by hand; what the policy asks for is left to the policy."""

import re
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms

from platewarden.hotlists.formats.rows import ANY_STATE, LENGTHS
from platewarden.hotlists.models import Entry
from platewarden.matching.plates import PlateError, normalise
from platewarden.policy.decision import Decision
from platewarden.policy.hotlists import Category, ManualEntryFacts, may_hold
from platewarden.policy.parameters import Parameters
from platewarden.site.fields import AgencyTimeField, PolicyField

_TWO_LETTERS: Final = re.compile(r"[A-Z]{2}")
TYPED: Final = {"autocomplete": "off"}


class PolicyTimeField(AgencyTimeField):
    """A time that the policy asks for: when it is missing the policy refuses and says so, not the form."""

    def validate(self, value: datetime | None) -> None:
        """Leave what is missing to the policy, so that the refusal is recorded."""


class ShowsRefusal(forms.Form):
    """A form that can carry the policy's refusal beside the field at fault."""

    use_required_attribute = False

    def show_refusal(self, decision: Decision) -> None:
        """Put *decision* beside its field, where it names one of this form."""
        if decision.field in self.fields:
            self.add_error(decision.field, f"{decision.reason} {decision.remedy} ({decision.clause})")


class _Justified(ShowsRefusal):
    """Why a plate is wanted, and until when: what entering and renewing have in common."""

    reason = PolicyField(
        label="Reason",
        max_length=LENGTHS["reason"],
        help_text="Why this vehicle is looked for now. Officers see it with the alert.",
        widget=forms.Textarea({"rows": 3}),
    )
    case_number = PolicyField(
        label="Case or incident number", max_length=LENGTHS["case_number"], widget=forms.TextInput(TYPED)
    )
    expires_at = PolicyTimeField(label="Ends", fold=1)
    requested_by = forms.CharField(
        label="Made for", max_length=120, required=False, help_text="The colleague who asked you, if one did."
    )

    def __init__(self, *arguments: Any, zone: ZoneInfo, parameters: Parameters, now: datetime) -> None:
        ends = now + parameters.days("hotlist.manual_default_days")
        local = ends.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
        super().__init__(*arguments)
        expires_at = self.fields["expires_at"]
        expires_at.initial = local
        assert isinstance(expires_at, AgencyTimeField)
        expires_at.zone = zone
        longest = parameters.days("hotlist.manual_max_days").days
        expires_at.help_text = f"At most {longest} days from now; it can be renewed with a fresh reason."
        example = parameters.text("query.case_number_example")
        self.fields["case_number"].help_text = f"For example {example}."

    def clean(self) -> dict[str, Any]:
        """Refuse characters that cannot be seen: a word could hide behind them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and not re.sub(r"[\r\n\t]", "", value).isprintable():
                self.add_error(name, "It holds characters that cannot be seen: type it again.")
        return cleaned


class EntryForm(_Justified):
    """A plate entered by hand (HOT-2)."""

    plate = forms.CharField(
        max_length=LENGTHS["plate"],
        help_text="Blanks and hyphens do not count.",
        widget=forms.TextInput({"data-plate": "", "spellcheck": "false", **TYPED}),
    )
    state = PolicyField(
        max_length=2,
        label="State of registration",
        help_text="Two letters, e.g. NY.",
        widget=forms.TextInput({"data-plate": "", "spellcheck": "false", **TYPED}),
    )
    any_state = forms.BooleanField(required=False, label="Any state is meant")
    category = forms.ChoiceField()
    exigent = forms.BooleanField(required=False, label="Exigent: life or grave harm, and no number yet")
    instructions = forms.CharField(
        label="Instructions",
        max_length=LENGTHS["instructions"],
        required=False,
        help_text="What an officer should know or do first.",
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *arguments: Any, zone: ZoneInfo, parameters: Parameters, now: datetime) -> None:
        super().__init__(*arguments, zone=zone, parameters=parameters, now=now)
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = [
            (entry.value, entry.label) for entry in Category if may_hold(entry, parameters=parameters).allowed
        ]
        category.initial = Category.MANUAL.value
        hours = int(parameters.hours("hotlist.exigent_completion_hours").total_seconds() // 3600)
        self.fields["exigent"].help_text = f"The number must follow within {hours} hours."

    def clean_plate(self) -> str:
        """Return the plate as typed, once it can be one."""
        plate: str = self.cleaned_data["plate"]
        try:
            normalise(plate)
        except PlateError as error:
            raise forms.ValidationError(str(error)) from error
        return plate

    def clean_state(self) -> str:
        """Return two capital letters, or nothing: whether that is enough is for the policy to say."""
        state: str = self.cleaned_data["state"].strip().upper()
        if state and not _TWO_LETTERS.fullmatch(state):
            raise forms.ValidationError("A state has two letters, e.g. NY.")
        return state

    @property
    def facts(self) -> ManualEntryFacts:
        """What was said, for the policy; of a valid form."""
        said = self.cleaned_data
        return ManualEntryFacts(
            reason=said["reason"],
            case_number=said["case_number"],
            state=said["state"],
            any_state=said["any_state"],
            expires_at=said["expires_at"],
            exigent=said["exigent"],
            category=Category(said["category"]),
            requested_by=said["requested_by"],
        )


class RenewForm(_Justified):
    """A new end for an entry, with a fresh reason (HOT-2)."""

    def __init__(
        self, *arguments: Any, entry: Entry, zone: ZoneInfo, parameters: Parameters, now: datetime
    ) -> None:
        super().__init__(*arguments, zone=zone, parameters=parameters, now=now)
        self._entry = entry
        self.fields["case_number"].initial = entry.case_number

    @property
    def facts(self) -> ManualEntryFacts:
        """What was said, with what stays as it was; of a valid form."""
        said, entry = self.cleaned_data, self._entry
        return ManualEntryFacts(
            reason=said["reason"],
            case_number=said["case_number"],
            state="" if entry.state == ANY_STATE else entry.state,
            any_state=entry.state == ANY_STATE,
            expires_at=said["expires_at"],
            exigent=entry.is_exigent,
            category=Category(entry.category),
            requested_by=said["requested_by"],
        )
