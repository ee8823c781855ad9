"""What people say of a list and of a plate entered by hand; what the policy asks for is left to the policy."""

import re
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator

from platewarden.hotlists.models import Entry
from platewarden.hotlists.readers import ANY_STATE, LENGTHS, MAX_BYTES
from platewarden.matching.plates import PlateError, normalise
from platewarden.policy.decision import Decision
from platewarden.policy.hotlists import Category, ManualEntryFacts, may_hold
from platewarden.policy.parameters import Parameters
from platewarden.site.fields import AgencyTimeField, PolicyField

_TWO_LETTERS: Final = re.compile(r"[A-Z]{2}")
_TYPED: Final = {"autocomplete": "off"}


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


class HotlistForm(ShowsRefusal):
    """A new list: what it is called, whose it is, and from what age it is stale."""

    name = forms.CharField(max_length=80, widget=forms.TextInput(_TYPED))
    source = forms.CharField(
        max_length=160,
        label="Source",
        help_text="Who keeps it and how often it comes, e.g. State police extract, twice a day.",
    )
    max_age_hours = forms.IntegerField(
        min_value=1, required=False, label="Stale after, in hours", help_text="Empty: as the policy says."
    )

    def __init__(self, *arguments: Any, parameters: Parameters) -> None:
        super().__init__(*arguments)
        longest = int(parameters.hours("hotlist.max_age_hours").total_seconds() // 3600)
        age = self.fields["max_age_hours"]
        age.help_text = f"At most {longest}, as the policy says; empty means {longest}."
        age.validators.append(MaxValueValidator(longest))


class LoadForm(ShowsRefusal):
    """A file, and the moment from which its list holds."""

    file = forms.FileField(
        label="List file", help_text="CSV in UTF-8, with the columns plate, state and category at least."
    )
    effective_at = AgencyTimeField(
        label="In effect since", fold=0, help_text="When its source made the list, on the agency's clock."
    )

    def __init__(self, *arguments: Any, zone: ZoneInfo) -> None:
        super().__init__(*arguments)
        self.fields["file"].widget.attrs["accept"] = ".csv,text/csv"
        effective_at = self.fields["effective_at"]
        assert isinstance(effective_at, AgencyTimeField)
        effective_at.zone = zone

    def clean_file(self) -> Any:
        """Refuse what is too large before a byte of it is read."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_BYTES // 1024**2} MB: split the list.")
        return upload


class _Justified(ShowsRefusal):
    """Why a plate is wanted, and until when: what entering and renewing have in common."""

    reason = PolicyField(
        label="Reason",
        max_length=LENGTHS["reason"],
        help_text="Why this vehicle is looked for now. Officers see it with the alert.",
        widget=forms.Textarea({"rows": 3}),
    )
    case_number = PolicyField(
        label="Case or incident number", max_length=LENGTHS["case_number"], widget=forms.TextInput(_TYPED)
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
        widget=forms.TextInput({"data-plate": "", "spellcheck": "false", **_TYPED}),
    )
    state = PolicyField(
        max_length=2,
        label="State of registration",
        help_text="Two letters, e.g. NY.",
        widget=forms.TextInput({"data-plate": "", "spellcheck": "false", **_TYPED}),
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
