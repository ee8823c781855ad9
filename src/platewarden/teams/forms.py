"""Saying who answers for whom."""

from typing import Any

from django import forms

from platewarden.accounts.models import User
from platewarden.policy.actor import Role


class SupervisorForm(forms.Form):
    """One person, and who answers for their use."""

    use_required_attribute = False

    person = forms.ModelChoiceField(queryset=User.objects.none(), empty_label="Choose somebody")
    supervisor = forms.ModelChoiceField(
        queryset=User.objects.none(),
        empty_label="Choose somebody",
        help_text="They see the person's searches, refusals and sign-ins from now on.",
    )

    def __init__(self, *arguments: Any, agency_id: int, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        people = User.objects.filter(agency_id=agency_id, is_active=True).order_by("full_name")
        above = User.objects.holding(Role.SUPERVISOR, Role.UNDERSHERIFF, Role.SHERIFF)
        above = above.filter(agency_id=agency_id).order_by("full_name")
        for name, queryset in (("person", people), ("supervisor", above)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset
