"""What people say of a plate entered by hand; what the policy asks for is left to the policy."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms

from platewarden.accounts.models import User
from platewarden.cameras.models import Area
from platewarden.hotlists.actions import canonical_plate
from platewarden.hotlists.formats.rows import ANY_STATE, LENGTHS
from platewarden.hotlists.models import Entry
from platewarden.matching.patterns import LEAST_KNOWN
from platewarden.matching.plates import PlateError
from platewarden.matching.vehicles import PARTS
from platewarden.policy.actor import Role
from platewarden.policy.audiences import ROLES, Audience, Priority
from platewarden.policy.decision import Decision
from platewarden.policy.entries import ManualEntryFacts, needs_approval, survives
from platewarden.policy.hotlists import Category, may_hold
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
        help_text=f"Blanks and hyphens do not count. Partly known: ? for one character, * for any number of them, "
        f"and at least {LEAST_KNOWN} known.",
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
    priority = forms.ChoiceField(
        choices=[(one.value, one.value.capitalize()) for one in Priority],
        initial=Priority.NORMAL.value,
        required=False,
        help_text="How loudly its alerts are told. A category about a life is always told loudly.",
    )
    vehicle_colour = forms.CharField(max_length=LENGTHS["colour"], required=False, label="Colour")
    vehicle_make = forms.CharField(max_length=LENGTHS["make"], required=False, label="Make")
    vehicle_model = forms.CharField(max_length=LENGTHS["model"], required=False, label="Model")
    vehicle_type = forms.CharField(max_length=LENGTHS["type"], required=False, label="Type")
    instructions = forms.CharField(
        label="What the officer should do",
        max_length=LENGTHS["instructions"],
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    cautions = forms.CharField(
        label="What the officer must not do",
        max_length=LENGTHS["instructions"],
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    roles = forms.MultipleChoiceField(
        choices=[(role.value, role.value.capitalize()) for role in ROLES],
        required=False,
        label="Roles",
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.MultipleChoiceField(
        required=False, label="People", help_text="Nobody chosen in either: everybody who sees alerts."
    )
    areas = forms.MultipleChoiceField(
        required=False,
        label="Areas",
        help_text="Whose consoles sound by themselves. None chosen: those of the area where the vehicle is seen.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *arguments: Any,
        people: Iterable[User],
        areas: Iterable[Area],
        zone: ZoneInfo,
        parameters: Parameters,
        now: datetime,
    ) -> None:
        super().__init__(*arguments, zone=zone, parameters=parameters, now=now)
        held = [one for one in Category if may_hold(one, parameters=parameters).allowed]
        _choose(self.fields["category"], ((one.value, one.label) for one in held))
        self.fields["category"].initial = Category.MANUAL.value
        _choose(self.fields["people"], ((str(person.pk), person.full_name) for person in people))
        _choose(self.fields["areas"], ((area.code, area.name) for area in areas))
        self.fields["category"].help_text = _approval_note(parameters)
        self.fields["exigent"].help_text = _exigent_note(parameters)

    def clean_plate(self) -> str:
        """Return the plate as typed, once it can be one."""
        plate: str = self.cleaned_data["plate"]
        try:
            canonical_plate(plate)
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
    def vehicle(self) -> dict[str, str]:
        """What was said of the vehicle, by part; of a valid form."""
        return {part: self.cleaned_data[f"vehicle_{part}"] for part in PARTS}

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
            instructions=said["instructions"],
            cautions=said["cautions"],
            audience=Audience(
                frozenset(map(Role, said["roles"])), frozenset(said["people"]), frozenset(said["areas"])
            ),
            priority=Priority(said["priority"] or Priority.NORMAL),
        )


def _choose(chosen: forms.Field, choices: Iterable[tuple[str, str]]) -> None:
    assert isinstance(chosen, forms.ChoiceField)
    chosen.choices = list(choices)


def _approval_note(parameters: Parameters) -> str:
    """Say which categories wait for a second person."""
    waiting = [one.label.lower() for one in Category if needs_approval(one, parameters=parameters)]
    return f"A second person must approve: {', '.join(waiting)}." if waiting else ""


def _exigent_note(parameters: Parameters) -> str:
    """Say what becomes of an exigent entry without its number."""
    hours = int(parameters.hours("hotlist.exigent_completion_hours").total_seconds() // 3600)
    staying = [one.label for one in Category if survives(one, parameters=parameters)]
    kept = f"; an entry of these stays and your supervisor is told: {', '.join(staying)}" if staying else ""
    return f"The number must follow within {hours} hours, or the entry ends{kept}."


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
            instructions=entry.instructions,
            cautions=entry.cautions,
            audience=Audience.from_codes(entry.audience),
        )
