"""What is said of a records request: closed vocabularies wherever there can be."""

from typing import Any

from django import forms

from platewarden.policy.decision import Decision
from platewarden.policy.records import RecordsFacts, RecordsKind, RecordsOutcome
from platewarden.records.actions import Written
from platewarden.site.fields import PolicyChoiceField, PolicyDateField, PolicyField

_TYPED = {"autocomplete": "off"}


def _choices(words: Any) -> list[tuple[str, str]]:
    return [("", "Choose one"), *((word.value, word.label[:1].upper() + word.label[1:]) for word in words)]


class _PolicyForm(forms.Form):
    """A form whose missing parts the policy names, so that a refusal is recorded."""

    use_required_attribute = False

    def show_refusals(self, *decisions: Decision) -> None:
        """Put each refusal beside the field at fault."""
        for decision in decisions:
            if decision.field in self.fields:
                self.add_error(decision.field, f"{decision.reason} {decision.remedy} ({decision.clause})")


class RegisterForm(_PolicyForm):
    """A records request, as it is taken in."""

    kind = PolicyChoiceField(label="Kind of request", choices=_choices(RecordsKind))
    received_on = PolicyDateField(label="Received on")
    answer_on = PolicyDateField(
        label="To be answered by",
        required=False,
        help_text="Of a subpoena or a discovery demand: the day that its paper names.",
    )
    requester = PolicyField(label="Who asks", max_length=160, widget=forms.TextInput(_TYPED))
    contact = forms.CharField(
        label="How to reach them", max_length=200, required=False, widget=forms.TextInput(_TYPED)
    )
    what = PolicyField(
        label="What they ask for",
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text="In their own words. It is sealed, and each reading of it is recorded.",
    )

    @property
    def facts(self) -> RecordsFacts:
        """What the rules look at; the form must be valid."""
        said = self.cleaned_data
        kind = RecordsKind(said["kind"]) if said["kind"] else None
        return RecordsFacts(kind=kind, received_on=said["received_on"], answer_on=said["answer_on"])

    @property
    def written(self) -> Written:
        """What the requester wrote; the form must be valid."""
        return Written(*(self.cleaned_data[name] for name in ("requester", "contact", "what")))


class ExtendForm(_PolicyForm):
    """A later day, and why."""

    extended_to = PolicyDateField(label="New day")
    reason = PolicyField(label="Why, as the requester was told", max_length=500)


class AnswerForm(_PolicyForm):
    """How a request was answered."""

    outcome = PolicyChoiceField(label="Outcome", choices=_choices(RecordsOutcome))
    reason = PolicyField(
        label="Reason that the requester was given",
        max_length=500,
        required=False,
        help_text="Needed where less was given than was asked for. Without a plate: it stays on the ledger.",
    )
