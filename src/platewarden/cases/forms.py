"""What people say when they keep a hit, ask for a hold, decide over one, or have a case copied."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from platewarden.cases.holds import Wish
from platewarden.policy.decision import Decision
from platewarden.policy.holds import Authority, stated_authority
from platewarden.site.fields import AgencyTimeField, PolicyField

OFFERED: Final = timedelta(days=30)
"""End that the form proposes for a hold."""


class EndField(AgencyTimeField):
    """An end that the policy asks for: when it is missing the policy refuses and says so, not the form."""

    def validate(self, value: Any) -> None:
        """Leave what is missing to the policy, so that the refusal is recorded."""


class PreserveForm(forms.Form):
    """The case that is to keep a hit."""

    case_number = PolicyField(
        label="Keep it in case",
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class NumberForm(forms.Form):
    """The number of a case to go to."""

    case_number = PolicyField(
        label="Case or incident number",
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class ChosenForm(forms.Form):
    """Which reads of an answer are meant: their ids, one a field; none for everything that was found."""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.chosen = [_uuid(text) for each in data.getlist("read") for text in each.split()]

    @property
    def ids(self) -> set[uuid.UUID]:
        """The ids that are ids."""
        return {each for each in self.chosen if each}


class HoldForm(forms.Form):
    """By whose authority, why and until when reads are to be held."""

    use_required_attribute = False

    authority = PolicyField(label="By whose authority", max_length=16, widget=forms.RadioSelect)
    authority_text = PolicyField(
        label="Which order, or whose word",
        max_length=200,
        help_text="For a court: its name, number and date. For a person: name, office and date.",
    )
    reason = PolicyField(
        label="Reason",
        max_length=500,
        help_text="Why these reads are needed beyond their day.",
        widget=forms.Textarea({"rows": 3}),
    )
    ends_at = EndField(label="Ends", fold=1, help_text="What the case file has not taken goes then.")

    def __init__(self, data: QueryDict | None, *, zone: ZoneInfo, now: datetime) -> None:
        local = (now + OFFERED).astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
        super().__init__(data, initial={"ends_at": local})
        authority, moment = self.fields["authority"].widget, self.fields["ends_at"]
        assert isinstance(authority, forms.RadioSelect)
        assert isinstance(moment, AgencyTimeField)
        authority.choices = [(each.value, each.label) for each in Authority]
        moment.zone = zone

    def wish(self, case_number: str) -> Wish:
        """Return what was asked for, for the case *case_number*."""
        said: dict[str, Any] = self.cleaned_data
        return Wish(
            case_number=case_number,
            authority=stated_authority(said["authority"]),
            authority_text=said["authority_text"],
            reason=said["reason"],
            ends_at=said["ends_at"],
        )

    def show_refusal(self, decision: Decision) -> None:
        """Mark the field at fault."""
        if decision.field in self.fields:
            self.add_error(decision.field, f"{decision.reason} {decision.remedy}")


class ReasonForm(forms.Form):
    """Why something is done."""

    use_required_attribute = False

    reason = PolicyField(label="Reason", max_length=500, widget=forms.Textarea({"rows": 2}))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
