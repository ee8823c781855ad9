"""What people say of agencies, agreements, guests and misuse."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import RegexValidator

from platewarden.accounts.models import Agency
from platewarden.cameras.models import Area, Camera
from platewarden.policy.agencies import AgencyKind
from platewarden.policy.misuse import Concern, Outcome
from platewarden.policy.use import Purpose
from platewarden.sharing.agreements import Prepared
from platewarden.sharing.models import AgreementVersion
from platewarden.sharing.register import Entered
from platewarden.site.fields import AgencyTimeField, PolicyField

_TYPED: Final = {"autocomplete": "off"}


def _choices(words: Any) -> list[tuple[str, str]]:
    return [(word.value, word.label[:1].upper() + word.label[1:]) for word in words]


class _PolicyChoices(forms.TypedMultipleChoiceField):
    """Choices that the policy asks for: when there are none the policy refuses and says so, not the form."""

    def validate(self, value: list[str]) -> None:
        """Leave what is missing to the policy, so that the refusal is recorded."""
        if value:
            super().validate(value)


class AgencyForm(forms.Form):
    """What the register says of an agency."""

    use_required_attribute = False
    name = forms.CharField(label="Name", max_length=120, widget=forms.TextInput(_TYPED))
    kind = forms.ChoiceField(
        label="What it is",
        choices=_choices(AgencyKind),
        help_text="A federal office is one wherever it is located; it never has users here.",
    )
    state = forms.RegexField(
        r"\A[A-Za-z]{2}\Z",
        label="State",
        initial="NY",
        max_length=2,
        help_text="Two letters: the state it belongs to, or is located in.",
        error_messages={"invalid": "A state has two letters, e.g. NY."},
        widget=forms.TextInput(_TYPED),
    )
    county = forms.CharField(label="County or place", max_length=80, widget=forms.TextInput(_TYPED))
    contact = forms.CharField(
        label="Contact",
        max_length=200,
        help_text="Who speaks for it, and how they are reached.",
        widget=forms.TextInput(_TYPED),
    )

    @property
    def entered(self) -> Entered:
        """What was said; of a valid form."""
        said = self.cleaned_data
        return Entered(said["name"], AgencyKind(said["kind"]), said["state"], said["county"], said["contact"])


class AgreementForm(forms.Form):
    """What a version of an agreement is to say."""

    use_required_attribute = False
    purposes = _PolicyChoices(
        label="Purposes its people may search for",
        choices=_choices(purpose for purpose in Purpose if purpose.justifies_query),
        widget=forms.CheckboxSelectMultiple,
    )
    cameras = _PolicyChoices(
        label="Cameras whose past reads they may search",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    areas = forms.TypedMultipleChoiceField(
        label="Areas",
        required=False,
        coerce=int,
        help_text="An area stands for the cameras in it today. One added later is shared only by a new version.",
        widget=forms.CheckboxSelectMultiple,
    )
    reach_days = forms.IntegerField(
        label="How many days back a search reaches", min_value=1, max_value=366, initial=14
    )
    begins_at = AgencyTimeField(label="Begins", fold=0)
    ends_at = AgencyTimeField(label="Ends by itself", fold=1)
    text = forms.CharField(
        label="Terms",
        max_length=8000,
        help_text="As both agencies signed them. Every later change is a new version.",
        widget=forms.Textarea({"rows": 8}),
    )

    def __init__(
        self,
        *arguments: Any,
        zone: ZoneInfo,
        cameras: Iterable[Camera],
        areas: Iterable[Area],
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self._cameras = list(cameras)
        choices = [(camera.pk, f"{camera.name}, {camera.place}") for camera in self._cameras]
        self._offer("cameras", choices)
        self._offer("areas", [(area.pk, area.name) for area in areas])
        for field in self.fields.values():
            if isinstance(field, AgencyTimeField):
                field.zone = zone

    def _offer(self, name: str, choices: list[tuple[int, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = choices
        if not choices:
            del self.fields[name]

    @property
    def prepared(self) -> Prepared:
        """What was said; of a valid form."""
        said = self.cleaned_data
        areas = set(said.get("areas", ()))
        within = {camera.pk for camera in self._cameras if camera.area_id in areas}
        return Prepared(
            purposes=frozenset(Purpose(code) for code in said["purposes"]),
            cameras=frozenset({*said.get("cameras", ()), *within}),
            reach_days=said["reach_days"],
            begins_at=said["begins_at"],
            ends_at=said["ends_at"],
            text=said["text"],
        )


def initial_of(
    version: AgreementVersion | None, *, zone: ZoneInfo, now: datetime, until: datetime
) -> dict[str, Any]:
    """Return what the form for a new version starts with: what holds now, and a fresh term."""

    def local(moment: datetime) -> datetime:
        return moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)

    term = {"begins_at": local(now), "ends_at": local(until)}
    if version is None:
        return term
    said = {"purposes": version.purposes, "cameras": version.camera_ids, "reach_days": version.reach_days}
    return {**said, "text": version.text, **term}


class BecauseForm(forms.Form):
    """Why something is done."""

    use_required_attribute = False
    because = PolicyField(
        label="Why",
        max_length=500,
        help_text="Without a plate: it stays on the ledger.",
        widget=forms.Textarea({"rows": 2}),
    )


class GuestForm(forms.Form):
    """A person of a partner agency who is to be invited."""

    use_required_attribute = False
    full_name = forms.CharField(max_length=120, label="Full name", widget=forms.TextInput(_TYPED))
    username = forms.CharField(
        max_length=64,
        label="Name to sign in with",
        help_text="Letters, digits, dots and hyphens. It stays.",
        validators=[
            RegexValidator(
                r"\A[A-Za-z0-9][A-Za-z0-9.-]*\Z", "Use the letters a to z, digits, dots and hyphens."
            )
        ],
        widget=forms.TextInput({"spellcheck": "false", **_TYPED}),
    )
    word = PolicyField(
        label="Their agency's written word",
        max_length=300,
        help_text="Which letter or message names this person, from whom, and its date.",
    )


class ReportForm(forms.Form):
    """A report of misuse."""

    use_required_attribute = False
    agency = forms.ModelChoiceField(
        label="Which agency", queryset=Agency.objects.none(), empty_label="Choose one"
    )
    concern = forms.ChoiceField(
        label="Whom it is about", choices=_choices(Concern), initial=Concern.PEOPLE, widget=forms.RadioSelect
    )
    whom = forms.CharField(
        label="Who, if you know",
        max_length=120,
        required=False,
        help_text="A name. If you know the name they sign in with, write that: they will not see the report.",
        widget=forms.TextInput(_TYPED),
    )
    account = PolicyField(
        label="What happened",
        max_length=4000,
        help_text="Write no plate and no name of a driver here: this text is never erased. Where a search is meant, "
        "say when it was made and by whom, or give its ledger entry's number.",
        widget=forms.Textarea({"rows": 6}),
    )

    def __init__(self, *arguments: Any, agencies: Any) -> None:
        super().__init__(*arguments)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = agencies


class NoteForm(forms.Form):
    """What was found."""

    use_required_attribute = False
    text = PolicyField(
        label="Note",
        max_length=4000,
        help_text="Whoever reported reads it. No plate: it is never erased.",
        widget=forms.Textarea({"rows": 3}),
    )


class DecisionForm(forms.Form):
    """How a report is decided, and why."""

    use_required_attribute = False
    outcome = forms.ChoiceField(label="Decision", choices=[("", "Choose one"), *_choices(Outcome)])
    text = PolicyField(
        label="Reasons",
        max_length=4000,
        help_text="Whoever reported reads them. No plate: they are never erased.",
        widget=forms.Textarea({"rows": 3}),
    )
