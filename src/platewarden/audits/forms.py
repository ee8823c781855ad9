"""What auditors say of items, what people answer, and which plates are theirs."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any, Final

from django import forms

from platewarden.accounts.models import User
from platewarden.matching.plates import PlateError, normalise
from platewarden.policy.audits import Relation, RemedyKind, Verdict
from platewarden.site.fields import PolicyDateField, PolicyField

_TYPED: Final = {"autocomplete": "off"}
_PLATE: Final = {"data-plate": "", "spellcheck": "false", **_TYPED}


class MarkForm(forms.Form):
    """What is found of an item; replacing a mark asks for a reason."""

    use_required_attribute = False

    verdict = forms.ChoiceField(
        label="What you find", choices=[(one.value, one.label) for one in Verdict], widget=forms.RadioSelect
    )
    note = PolicyField(
        label="In words",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="A question: what the person is to explain; they read it. A violation: what was found, and which "
        "clause it breaks. Without a plate: it stays.",
    )
    why_again = PolicyField(
        label="Why it takes the place of the mark before",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="The mark before stays and is shown beside it.",
    )

    def __init__(self, *arguments: Any, is_marked: bool) -> None:
        super().__init__(*arguments)
        if not is_marked:
            del self.fields["why_again"]


class RemedyForm(forms.Form):
    """What follows a violation, and of whom."""

    use_required_attribute = False

    person = forms.ChoiceField(label="Of whom")
    kind = forms.ChoiceField(
        label="What follows", choices=[(one.value, one.label) for one in RemedyKind], widget=forms.RadioSelect
    )
    until = PolicyDateField(label="Suspended until", required=False, help_text="For a suspension alone.")
    note = forms.CharField(
        label="In words",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="For whoever carries it out. Without a plate.",
    )

    def __init__(self, *arguments: Any, people: Sequence[User]) -> None:
        super().__init__(*arguments)
        self._people = {str(person.pk): person for person in people}
        choice = self.fields["person"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(key, person.full_name) for key, person in self._people.items()]
        choice.initial = next(iter(self._people), None)

    @property
    def chosen(self) -> User:
        """Of whom it is ordered; of a valid form."""
        return self._people[self.cleaned_data["person"]]

    @property
    def until_moment(self) -> datetime | None:
        """The end of a suspension, the first moment of its day by UTC; of a valid form."""
        day = self.cleaned_data["until"]
        return datetime.combine(day, time(), UTC) if day else None


class NoteForm(forms.Form):
    """A few words to something that is done or closed."""

    use_required_attribute = False

    note = forms.CharField(
        label="In words", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )


class ExplanationForm(forms.Form):
    """What somebody answers to an auditor's question."""

    use_required_attribute = False

    text = forms.CharField(
        label="Your answer",
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text="What the searches were for, and where that can be seen. It stays as written. Without a plate.",
    )


class PlateForm(forms.Form):
    """A plate, checked for being one; it is kept as a digest alone."""

    use_required_attribute = False

    plate = forms.CharField(label="Plate", max_length=32, widget=forms.TextInput(_PLATE))

    def clean_plate(self) -> str:
        """Return the plate as written, once it can be one."""
        plate: str = self.cleaned_data["plate"]
        try:
            normalise(plate)
        except PlateError as error:
            raise forms.ValidationError(str(error)) from error
        return plate


class DeclareForm(PlateForm):
    """A plate of one's own or one's household."""

    relation = forms.ChoiceField(
        label="Whose it is", choices=[(one.value, one.label) for one in Relation], widget=forms.RadioSelect
    )


class PlantForm(PlateForm):
    """A plate that no vehicle has, and where it is planted."""

    where = forms.CharField(
        label="Where the curious will find it",
        max_length=200,
        help_text="For example: in a case file that nobody works on. Without the plate.",
    )
