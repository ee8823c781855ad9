"""Proposing a value for a parameter."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from platewarden.policy.parameters import Value, definition, definitions
from platewarden.site.fields import AgencyTimeField


class ProposeForm(forms.Form):
    """One value for one parameter, why, and from when on."""

    name = forms.ChoiceField(label="Parameter")
    value = forms.CharField(
        label="Value", max_length=400, help_text="A whole number, a text, or codes with commas between them."
    )
    why = forms.CharField(label="Why", max_length=500, widget=forms.Textarea({"rows": 2}))
    in_force_from = AgencyTimeField(
        label="In force from", fold=0, help_text="Never before a second person has adopted it."
    )

    def __init__(self, data: QueryDict | None, *, zone: ZoneInfo, now: datetime) -> None:
        local = now.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
        super().__init__(data, initial={"in_force_from": local})
        name, moment = self.fields["name"], self.fields["in_force_from"]
        assert isinstance(name, forms.ChoiceField)
        assert isinstance(moment, AgencyTimeField)
        name.choices = [(found.name, f"{found.clause}: {found.meaning}") for found in definitions().values()]
        moment.zone = zone

    def clean(self) -> dict[str, Any]:
        """Give the value the type that its parameter has; whether it fits is the parameter's to say."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "name" in cleaned and "value" in cleaned:
            try:
                cleaned["value"] = parse_value(definition(cleaned["name"]).unit, cleaned["value"])
            except ValueError as error:
                self.add_error("value", str(error))
        return cleaned


def parse_value(unit: str, text: str) -> Value:
    """Return what *text* says as a value given in *unit*.

    Raises:
        ValueError: It is no such value.
    """
    match unit:
        case "text" | "pattern":
            return text
        case "codes":
            return tuple(code for code in text.replace(",", " ").split())
        case "switch":
            if text.lower() in {"true", "false"}:
                return text.lower() == "true"
            raise ValueError("Write true or false.")
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"Write a whole number of {unit}.") from None


def in_words(value: Value, unit: str) -> str:
    """Return *value* as people read it, with its unit."""
    if isinstance(value, tuple):
        return ", ".join(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return f"{value} {unit}" if is_number and unit != "count" else str(value)
