"""Forms about people."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import RegexValidator

from platewarden.accounts.actors import owning_agency
from platewarden.accounts.models import User
from platewarden.policy.actor import Role
from platewarden.policy.terminals import TerminalKind
from platewarden.site.clock import utc_now

_ROLES: Final = {
    Role.OFFICER: "Officer: takes alerts, searches, enters plates",
    Role.DISPATCHER: "Dispatcher: takes alerts, checks status, enters plates",
    Role.INVESTIGATOR: "Investigator: also preserves records in cases",
    Role.SUPERVISOR: "Supervisor: also approves cameras, loads lists, reads the ledger",
    Role.ADMINISTRATOR: "Administrator: accounts, cameras, lists, purge",
    Role.AUDITOR: "Auditor: reads the whole ledger; never also administrator",
    Role.APPROVER: "Approver: approves accounts and roles; never also administrator or auditor",
    Role.VENDOR: "Vendor: configures cameras, and nothing else",
    Role.SHERIFF: "Sheriff, or a designee: decides on copies for others",
    Role.UNDERSHERIFF: "Undersheriff: reads the audits, decides on reports of misuse",
    Role.RECORDS_OFFICER: "Records officer: answers requests for records, and nothing else; sees no plate",
}


class LastDayField(forms.DateField):
    """The last day of a role, on the agency's calendar; empty for none."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            label="Last day",
            widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
            help_text="Of an assignment or a contract; the role ends with it by itself. Empty for none.",
        )

    def validate(self, value: Any) -> None:
        """Refuse a day that is over: the role would never be in force."""
        if value and (ends := ends_of(value)) and ends <= utc_now():
            raise forms.ValidationError("This day is over: choose a later one, or leave it empty.")


def ends_of(last_day: date | None) -> datetime | None:
    """Return the moment at which *last_day* is over in the agency's time zone."""
    if last_day is None:
        return None
    return datetime.combine(last_day + timedelta(days=1), time(), ZoneInfo(owning_agency().time_zone))


class EnrolForm(forms.Form):
    """A one-time code and the person's own first password, twice."""

    code = forms.CharField(max_length=64, label="One-time code", help_text="From your administrator.")
    password = forms.CharField(
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        label="New password",
        help_text="At least 12 characters; a few unrelated words are best.",
    )
    again = forms.CharField(
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        label="The same again",
    )

    def clean(self) -> dict[str, object]:
        """Check that both passwords agree."""
        cleaned = super().clean() or {}
        if cleaned.get("password") != cleaned.get("again"):
            self.add_error("again", "The two passwords differ: type the same one twice.")
        return cleaned


class UnlockForm(forms.Form):
    """The password of the person whose console is locked."""

    password = forms.CharField(
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        label="Password",
    )


class AccountForm(forms.Form):
    """A new account: one person, their name to sign in with, and what they may do."""

    use_required_attribute = False

    full_name = forms.CharField(max_length=120, label="Full name")
    username = forms.CharField(
        max_length=64,
        label="Name to sign in with",
        help_text="Letters, digits, dots and hyphens; capitals do not count. It stays.",
        validators=[
            RegexValidator(
                r"\A[A-Za-z0-9][A-Za-z0-9.-]*\Z", "Use the letters a to z, digits, dots and hyphens."
            )
        ],
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    roles = forms.MultipleChoiceField(
        choices=[(role.value, text) for role, text in _ROLES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text="Every grant is dated, approved by a second person, and on record.",
    )
    last_day = LastDayField()
    employer = forms.CharField(
        max_length=120,
        required=False,
        help_text="For a vendor: the company. Leave it empty for our own people.",
    )
    supervisor = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody",
        help_text="Who answers for this person's use of the system.",
    )

    def __init__(self, *arguments: Any, agency_id: int) -> None:
        super().__init__(*arguments)
        supervisor = self.fields["supervisor"]
        assert isinstance(supervisor, forms.ModelChoiceField)
        supervisor.queryset = (
            User.objects.holding(Role.SUPERVISOR).filter(agency_id=agency_id).order_by("full_name")
        )

    @property
    def chosen_roles(self) -> frozenset[Role]:
        """The roles ticked; of a valid form."""
        return frozenset(Role(role) for role in self.cleaned_data["roles"])


class RoleForm(forms.Form):
    """One role, to be granted or withdrawn; a granted one may have a last day."""

    role = forms.ChoiceField(choices=[(role.value, text) for role, text in _ROLES.items()])
    last_day = LastDayField()


class CloseForm(forms.Form):
    """Why an account is closed."""

    because = forms.CharField(
        max_length=200, label="Why", help_text="It takes effect at once, whatever is open."
    )


class ResetForm(forms.Form):
    """Why somebody's second factor is to be reset."""

    because = forms.CharField(
        max_length=200,
        label="Why the second factor is to be reset",
        help_text="All of it is lost, recovery codes too. An approver checks who asks and approves.",
    )


class MailForm(forms.Form):
    """Where a person is told by mail that there is a notice."""

    address = forms.EmailField(
        required=False,
        label="Mail about notices",
        help_text="Says only that there is a notice. Sent where the settings name a mail server; empty for none.",
    )


class TerminalForm(forms.Form):
    """A terminal to be registered."""

    use_required_attribute = False

    name = forms.CharField(max_length=60, label="Name", help_text="As people call it, e.g. Car 12.")
    kind = forms.ChoiceField(
        label="Where it stands",
        choices=[(kind.value, kind.label) for kind in TerminalKind],
        help_text="Where only people on duty sit.",
    )


class TerminalCodeForm(forms.Form):
    """The one-time code that makes this browser a terminal."""

    code = forms.CharField(
        max_length=64,
        label="One-time code",
        help_text="From your administrator.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class WhyForm(forms.Form):
    """Why a terminal is revoked."""

    because = forms.CharField(max_length=200, label="Why")
