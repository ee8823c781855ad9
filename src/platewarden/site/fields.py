"""Form fields that every app uses: what the policy judges, and times on the agency's clock."""

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import RegexValidator, slug_re

_IS_CODE: Final = RegexValidator(
    slug_re, "Use letters, digits, hyphens and underscores only, without spaces."
)


class PolicyField(forms.CharField):
    """Text that the policy asks for: when it is missing the policy refuses and says so, not the form."""

    def validate(self, value: str) -> None:
        """Leave what is missing to the policy, so that the refusal is recorded."""


class PolicyChoiceField(forms.ChoiceField):
    """A choice that the policy asks for; otherwise as `PolicyField`."""

    def validate(self, value: str) -> None:
        """Leave what is missing to the policy; what is none of the choices is the form's."""
        if value:
            super().validate(value)


class PolicyFloatField(forms.FloatField):
    """A number that the policy asks for in some cases; otherwise as `PolicyField`."""

    def validate(self, value: Any) -> None:
        """Leave what is missing to the policy; what is given must be a number."""
        if value not in self.empty_values:
            super().validate(value)


class PolicyFileField(forms.FileField):
    """A file that the policy asks for; otherwise as `PolicyField`."""

    def validate(self, value: Any) -> None:
        """Leave what is missing to the policy, so that the refusal is recorded."""


class PolicyDateField(forms.DateField):
    """A day that the policy asks for; otherwise as `PolicyField`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **options)

    def validate(self, value: Any) -> None:
        """Leave what is missing to the policy, so that the refusal is recorded."""


class CodeField(forms.SlugField):
    """A short name for reports, credentials and addresses, which stays."""

    def __init__(self, **options: Any) -> None:
        self.default_validators = [_IS_CODE]
        super().__init__(**options)


class AgencyTimeField(forms.Field):
    """A time on the agency's clock, with minutes; gives an aware moment in UTC.

    Attributes:
        zone: The agency's time zone; the form sets it.
        fold: Which of two equal readings is meant when clocks go back: 0 the first, 1 the second (PEP 495).
    """

    zone = ZoneInfo("UTC")

    def __init__(self, *, fold: int, **options: Any) -> None:
        super().__init__(widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"), **options)
        self.fold = fold

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment that the text *value* names.

        Raises:
            forms.ValidationError: It is no time, or one with an offset of its own.
        """
        if not value:
            return None
        try:
            local = datetime.fromisoformat(value).replace(fold=self.fold)
            moment = local.replace(tzinfo=self.zone).astimezone(UTC)
        except (ValueError, OverflowError):
            local = None
        if local is None or local.tzinfo is not None:
            raise forms.ValidationError("Give a date and time on the agency's clock, e.g. 2026-11-20T14:30.")
        return moment
