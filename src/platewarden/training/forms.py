"""Forms about training."""

from datetime import timedelta
from typing import Any

from django import forms

from platewarden.training.materials import Material
from platewarden.training.models import BulletinKind


class QuizForm(forms.Form):
    """The questions of one course, each with its choices; all of them are answered."""

    use_required_attribute = False

    def __init__(self, *arguments: Any, material: Material) -> None:
        super().__init__(*arguments)
        for place, question in enumerate(material.questions):
            self.fields[f"question_{place}"] = forms.TypedChoiceField(
                label=f"{place + 1}. {question.ask}",
                choices=[(number, choice) for number, choice in enumerate(question.choices)],
                coerce=int,
                widget=forms.RadioSelect,
            )

    @property
    def answers(self) -> list[int]:
        """The places of the chosen answers, in the questions' order; of a valid form."""
        return [self.cleaned_data[name] for name in self.fields]


class BulletinForm(forms.Form):
    """Something everybody is to read and acknowledge."""

    use_required_attribute = False

    kind = forms.ChoiceField(choices=[pair for pair in BulletinKind.choices if pair[0] != "policy"])
    title = forms.CharField(max_length=120)
    text = forms.CharField(
        max_length=8000,
        widget=forms.Textarea({"rows": 8}),
        help_text="What changes, from when on, and what people do differently. No plates and no names.",
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=30,
        initial=14,
        label="Days to acknowledge it",
        help_text="Then plate data closes.",
    )

    @property
    def time_given(self) -> timedelta:
        """How long people have; of a valid form."""
        return timedelta(days=self.cleaned_data["days"])


class ReviewForm(forms.Form):
    """What the yearly review of the policy found."""

    use_required_attribute = False

    findings = forms.CharField(
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
        label="What the review found",
        help_text="Which clauses were looked at, what has changed in law, equipment or practice.",
    )
    outcome = forms.ChoiceField(
        choices=[("stands", "The policy stands as it is"), ("amend", "The policy is to be amended")],
        widget=forms.RadioSelect,
    )
