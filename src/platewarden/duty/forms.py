"""What people say at the start of a shift, and when they want quiet."""

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms

from platewarden.cameras.models import Area
from platewarden.policy.audiences import Priority
from platewarden.policy.parameters import Parameters

_HOURS: Final = (4, 6, 8, 10, 12, 14, 16, 18)
_MINUTES: Final = (5, 10, 15, 30, 60, 120)
_MUTED: Final = {
    Priority.NORMAL: "Normal and low priority",
    Priority.LOW: "Low priority only",
}


class ShiftForm(forms.Form):
    """The areas a person signs on for, and for how long."""

    use_required_attribute = False

    areas = forms.ModelMultipleChoiceField(
        queryset=Area.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="You are told of what is seen there, and of high-priority alerts everywhere. None ticked: all areas.",
    )
    hours = forms.TypedChoiceField(
        label="For", coerce=int, help_text="The shift ends by itself then, or when you sign out."
    )

    def __init__(self, *arguments: Any, agency_id: int, parameters: Parameters, **options: Any) -> None:
        super().__init__(*arguments, **options)
        areas, hours = self.fields["areas"], self.fields["hours"]
        assert isinstance(areas, forms.ModelMultipleChoiceField)
        assert isinstance(hours, forms.TypedChoiceField)
        areas.queryset = Area.objects.filter(agency_id=agency_id)
        longest = parameters.hours("hits.shift_hours_most") // timedelta(hours=1)
        offered = [count for count in _HOURS if count <= longest]
        hours.choices = [(count, f"{count} hours") for count in offered]
        hours.initial = offered[-1]

    def ends_at(self, now: datetime) -> datetime:
        """Return when the shift ends; the form must be valid."""
        return now + timedelta(hours=self.cleaned_data["hours"])


class MuteForm(forms.Form):
    """What is to be silent, and for how long; the policy judges both."""

    use_required_attribute = False

    priority = forms.ChoiceField(
        label="Mute",
        choices=[(priority.value, text) for priority, text in _MUTED.items()],
        initial=Priority.NORMAL,
        widget=forms.RadioSelect,
    )
    minutes = forms.TypedChoiceField(label="For", coerce=int)

    def __init__(self, *arguments: Any, parameters: Parameters, **options: Any) -> None:
        super().__init__(*arguments, **options)
        minutes, priority = self.fields["minutes"], self.fields["priority"]
        assert isinstance(minutes, forms.TypedChoiceField)
        assert isinstance(priority, forms.ChoiceField)
        longest = parameters.minutes("hits.mute_minutes_most") // timedelta(minutes=1)
        minutes.choices = [(count, f"{count} minutes") for count in _MINUTES if count <= longest]
        if (
            self.is_bound
        ):  # what is asked for beyond the offer is the policy's to refuse, so that it is recorded
            priority.choices = [(one.value, one.value) for one in Priority]
            minutes.choices = [(count, "") for count in range(1, 24 * 60)]

    def until(self, now: datetime) -> datetime:
        """Return when it is over; the form must be valid."""
        return now + timedelta(minutes=self.cleaned_data["minutes"])
