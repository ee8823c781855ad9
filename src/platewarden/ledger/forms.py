"""How the ledger page is narrowed down."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import JSONField, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerLeaf


class FilterForm(forms.Form):
    """What to show of the ledger; every field may stay empty."""

    kind = forms.ChoiceField(
        required=False, choices=[("", "Any"), *((kind.value, kind.value) for kind in sorted(Kind))]
    )
    actor = forms.CharField(required=False, max_length=150, help_text="Sign-in name, camera or command")
    subject = forms.CharField(required=False, max_length=150, help_text="As type:id, e.g. alert:12")
    outcome = forms.ChoiceField(
        required=False,
        choices=[("", "Any"), ("done", "Done"), ("refused", "Refused"), ("failed", "Failed")],
        help_text="Failed: broken off, overdue or found wrong",
    )
    since = forms.DateField(required=False, label="From", widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput({"type": "date"}))
    before = forms.IntegerField(required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput)

    def narrow(self, leaves: QuerySet[LedgerLeaf], *, zone: ZoneInfo) -> QuerySet[LedgerLeaf]:
        """Return those of *leaves* that the valid form asks for; days are days in *zone*, both included."""
        asked: dict[str, Any] = {
            "kind": self.cleaned_data["kind"],
            "kept_body__actor": self.cleaned_data["actor"].strip(),
            "kept_body__subject": self.cleaned_data["subject"].strip(),
            "at__gte": _midnight(self.cleaned_data["since"], zone),
            "at__lt": _midnight(self.cleaned_data["until"], zone, days_later=1),
        }
        narrowed = leaves.filter(**{field: value for field, value in asked.items() if value})
        if outcome := self.cleaned_data["outcome"]:
            result = KeyTextTransform("result", Cast("kept_body__body", JSONField()))
            narrowed = narrowed.alias(result=result).filter(result=outcome)
        before = self.cleaned_data["before"]
        return narrowed if before is None else narrowed.filter(seq__lt=before)


def _midnight(day: Any, zone: ZoneInfo, *, days_later: int = 0) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time(), zone) + timedelta(days=days_later)
