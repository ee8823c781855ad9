"""What is said of a release: the written request, decisions and their reasons, to whom it was handed over."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from platewarden.policy.agencies import AgencyKind
from platewarden.policy.decision import Decision
from platewarden.policy.release_requests import AskedFor
from platewarden.policy.releases import HandedBy
from platewarden.policy.use import Purpose, stated_purpose
from platewarden.releases.actions import Scope
from platewarden.releases.documents import MAX_BYTES, Document, DocumentError, checked
from platewarden.site.fields import (
    AgencyTimeField,
    PolicyChoiceField,
    PolicyDateField,
    PolicyField,
    PolicyFileField,
)

_TYPED: Final = {"autocomplete": "off"}
_PLATE: Final = {"data-plate": "", "spellcheck": "false", **_TYPED}


def _choices(words: Any) -> list[tuple[str, str]]:
    return [("", "Choose one"), *((word.value, word.label[:1].upper() + word.label[1:]) for word in words)]


class _TimeField(AgencyTimeField):
    """A time that the policy asks for: when it is missing the policy refuses and says so, not the form."""

    def validate(self, value: Any) -> None:
        """Leave what is missing to the policy, so that the refusal is recorded."""


class _PolicyForm(forms.Form):
    use_required_attribute = False

    def show_refusals(self, *decisions: Decision) -> None:
        """Put each refusal beside the field at fault."""
        for decision in decisions:
            if decision.field in self.fields:
                self.add_error(decision.field, f"{decision.reason} {decision.remedy} ({decision.clause})")


class RequestForm(_PolicyForm):
    """A written request, as it is taken in; each field is an element that it must have."""

    agency = PolicyField(label="Agency that asks", max_length=160, widget=forms.TextInput(_TYPED))
    kind = PolicyChoiceField(label="What it is", choices=_choices(AgencyKind))
    state = PolicyField(
        label="Its state",
        max_length=2,
        help_text="Two letters.",
        widget=forms.TextInput({"class": "short", **_TYPED}),
    )
    official = PolicyField(
        label="Person who asks",
        max_length=120,
        help_text="Name and rank or office.",
        widget=forms.TextInput(_TYPED),
    )
    contact = PolicyField(
        label="How to reach them",
        max_length=200,
        help_text="A number of the agency's own: the pass phrase is told by it.",
        widget=forms.TextInput(_TYPED),
    )
    received_on = PolicyDateField(label="Received on")
    purpose = PolicyChoiceField(
        label="Purpose", choices=_choices([purpose for purpose in Purpose if purpose.justifies_query])
    )
    case_number = PolicyField(label="Their case number", max_length=60, widget=forms.TextInput(_TYPED))
    need = PolicyField(
        label="What it is needed for",
        max_length=500,
        help_text="What happened and what they want to find out. Without a plate: it stays on the ledger.",
        widget=forms.Textarea({"rows": 3}),
    )
    plate = forms.CharField(
        label="Plate asked about", max_length=32, required=False, widget=forms.TextInput(_PLATE)
    )
    plate_state = forms.CharField(
        label="Its state", max_length=2, required=False, widget=forms.TextInput({"class": "short", **_TYPED})
    )
    about = forms.CharField(
        label="Place asked about",
        max_length=200,
        required=False,
        help_text="A plate, a place or both.",
        widget=forms.TextInput(_TYPED),
    )
    seen_from = _TimeField(label="From", fold=0)
    seen_until = _TimeField(label="Until", fold=1)
    document = PolicyFileField(
        label="The written request",
        help_text=f"PDF, JPEG or PNG, {MAX_BYTES // 1024 // 1024} MB at most. It is sealed.",
        widget=forms.ClearableFileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )
    attests_status = forms.BooleanField(
        label="It states that it is not for a person's immigration status (USE-5)", required=False
    )
    attests_grounds = forms.BooleanField(
        label="It states that it rests on no protected ground: religion, politics, race, origin and the like (USE-4)",
        required=False,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
        *,
        zone: ZoneInfo,
    ) -> None:
        super().__init__(data, files)
        for name in ("seen_from", "seen_until"):
            field = self.fields[name]
            assert isinstance(field, AgencyTimeField)
            field.zone = zone

    def clean_document(self) -> Document | None:
        """Return the file once it is one that may be taken; one that is missing is the policy's."""
        file: UploadedFile[Any] | None = self.cleaned_data["document"]
        if file is None:
            return None
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.")
        try:
            return checked(file.name or "", file.read())
        except DocumentError as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def written(self) -> Document | None:
        """The written request; the form must be valid."""
        found: Document | None = self.cleaned_data["document"]
        return found

    @property
    def asked(self) -> AskedFor:
        """What the rules look at; the form must be valid."""
        said = self.cleaned_data
        same = (
            *("agency", "state", "official", "contact", "need", "case_number"),
            *("seen_from", "seen_until", "received_on", "attests_status", "attests_grounds"),
        )
        return AskedFor(
            kind=AgencyKind(said["kind"]) if said["kind"] else None,
            purpose=stated_purpose(said["purpose"]),
            about=f"{said['plate']} {said['about']}".strip(),
            has_document=self.written is not None,
            **{name: said[name] for name in same},
        )

    @property
    def scope(self) -> Scope:
        """What is sealed; the form must be valid."""
        said = self.cleaned_data
        name = self.written.name if self.written else ""
        return Scope(said["plate"].strip(), said["plate_state"].strip().upper(), said["about"].strip(), name)


class FreezeForm(_PolicyForm):
    """Why reads go out that the request does not name."""

    because = PolicyField(
        label="Why reads of another plate go out too",
        max_length=500,
        required=False,
        help_text="Only where some are of another plate than the request names. Whoever decides reads it first, and it "
        "stays on the ledger: without a plate.",
        widget=forms.Textarea({"rows": 2}),
    )


class DecideForm(_PolicyForm):
    """Why a release is approved or denied."""

    reason = forms.CharField(
        label="Reason of your decision",
        max_length=500,
        required=False,
        help_text="A denial needs one. It is told to whoever prepared it, and stays on the ledger.",
        widget=forms.Textarea({"rows": 3}),
    )


class WithdrawForm(_PolicyForm):
    """Why a request is given up."""

    reason = PolicyField(label="Why it is withdrawn", max_length=500, widget=forms.Textarea({"rows": 2}))


class HandOverForm(_PolicyForm):
    """To whom, when and how."""

    to = PolicyField(
        label="Handed to", max_length=120, help_text="Name and office.", widget=forms.TextInput(_TYPED)
    )
    by = PolicyChoiceField(label="How", choices=_choices(HandedBy))
    at = AgencyTimeField(label="When", fold=0)

    def __init__(self, data: QueryDict | None = None, *, zone: ZoneInfo, now: datetime) -> None:
        local = now.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
        super().__init__(data, initial={"at": local})
        field = self.fields["at"]
        assert isinstance(field, AgencyTimeField)
        field.zone = zone


class AcknowledgeForm(_PolicyForm):
    """Who of the recipient's confirmed, and when."""

    by = PolicyField(label="Confirmed by", max_length=120, widget=forms.TextInput(_TYPED))
    on = forms.DateField(label="On", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
