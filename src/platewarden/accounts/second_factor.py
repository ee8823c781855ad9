"""The second factor: codes of an authenticator, passkeys and recovery codes, with evidence of each change (ADM-3)."""

import base64
import json
from typing import Any, Final

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.views import AddWebAuthnView
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from platewarden.accounts import sign_ins
from platewarden.accounts.actors import actor_for, address_of, anonymous_actor
from platewarden.accounts.factors import SECOND_FACTORS
from platewarden.accounts.models import SignInOutcome, User
from platewarden.accounts.sign_ins import SHUT, attempt_of
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest

_COUNTER: Final = "last_counter"
_WRONG: Final = "This code is not right, or it was used before. Wait for the next one."


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's hooks: secrets are sealed under a key outside the database, and the last factor stays."""

    def encrypt(self, text: str) -> str:
        """Return *text* sealed; the database alone gives nobody a second factor."""
        return _sealing().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what `encrypt` sealed."""
        return _sealing().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Nobody is left without a second factor by their own hand."""
        return bool(_others(authenticator).exists())

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 - the name is given
        """Return a name for a further passkey of *user*."""
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"


def _sealing() -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"platewarden second factor")
    return Fernet(base64.urlsafe_b64encode(derive.derive(str(settings.SECRET_KEY).encode())))


def _others(authenticator: Authenticator) -> Any:
    mine = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=SECOND_FACTORS)
    return mine.exclude(pk=authenticator.pk)


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The code of an authenticator, or a recovery code; each counts once, and failures shut the way in."""

    code = forms.CharField(
        max_length=16,
        label="Code",
        help_text="Six digits from your authenticator, or a recovery code.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

    def clean_code(self) -> str:
        """Return the code if it is right and new.

        Raises:
            ValidationError: It is not, or the way in is shut.
        """
        request, code = context.request, str(self.cleaned_data["code"])
        attempt = attempt_of(request, self.user.username)
        if sign_ins.is_shut(attempt, now=utc_now()):
            sign_ins.record_refused(attempt=attempt, actor=anonymous_actor(request), now=utc_now())
            raise ValidationError(SHUT)
        found = _used(self.user, code)
        if found is None:
            sign_ins.record_failure(
                attempt=attempt,
                outcome=SignInOutcome.SECOND_FAILED,
                actor=anonymous_actor(request),
                now=utc_now(),
            )
            raise ValidationError(_WRONG)
        self.authenticator = found
        return code


@transaction.atomic
def _used(user: User, code: str) -> Authenticator | None:
    """Use *code* up and return the authenticator that it is of; None if it is wrong or was used before."""
    code = "".join(code.split()).replace("-", "")
    mine = Authenticator.objects.select_for_update().filter(user=user).exclude(type="webauthn")
    for found in mine:
        if found.type == Authenticator.Type.TOTP:
            if (counter := _counter_of(found, code)) is not None:
                found.data[_COUNTER] = counter
                found.save(update_fields=["data"])
                return found
        elif found.wrap().validate_code(code):
            return found
    return None


def _counter_of(authenticator: Authenticator, code: str) -> int | None:
    """Return which interval *code* is of, if later than any used: a code that was seen is worth nothing (RFC 6238)."""
    secret, last = decrypt(authenticator.data["secret"]), authenticator.data.get(_COUNTER, 0)
    for counter in yield_hotp_counters_from_time():
        if counter > last and format_hotp_value(hotp_value(secret, counter)) == code:
            return int(counter)
    return None


def code_now(user: User) -> str:
    """Return the code that the authenticator of *user* would show: for demonstrations and tests alone."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if found is None:
        return ""
    secret, last = decrypt(found.data["secret"]), found.data.get(_COUNTER, 0)
    later = [counter for counter in yield_hotp_counters_from_time() if counter > last]
    ordered = sorted(later, key=lambda counter: abs(counter - list(yield_hotp_counters_from_time())[1]))
    return str(format_hotp_value(hotp_value(secret, ordered[0]))) if ordered else ""


@transaction.atomic
def set_up_authenticator(*, user: User, actor: Actor) -> None:
    """Give an invented person of a demonstration an authenticator with a secret of its own."""
    TOTP.activate(user, generate_totp_secret())
    ledger.append(
        Kind.SECOND_FACTOR_ADDED,
        actor=actor,
        subject=f"person:{user.pk}",
        details={"factor": "authenticator"},
    )


class Authenticate(AuthenticateView):  # type: ignore[misc]
    """The page that asks for the second factor; in a demonstration it plays the authenticator itself."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the code that an invented person's authenticator would show."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        found["js_data"]["request_options_json"] = _as_json(found["js_data"]["request_options"])
        if settings.PLATEWARDEN_MODE == "demo":
            found["demo_code"] = code_now(self.stage.login.user)
        return found


def _as_json(options: Any) -> str:
    return json.dumps(options, cls=DjangoJSONEncoder)


def _record(request: HttpRequest, kind: Kind, what: str) -> None:
    assert isinstance(request.user, User)  # the middleware sends everybody else to the sign-in page
    actor = actor_for(request.user, address=address_of(request))
    ledger.append(kind, actor=actor, subject=f"person:{request.user.pk}", details={"factor": what})


class ActivateTOTP(ActivateTOTPView):  # type: ignore[misc]
    """Adding an authenticator; it is on the ledger or it is not added."""

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Add it and record that."""
        response: HttpResponse = super().form_valid(form)
        _record(self.request, Kind.SECOND_FACTOR_ADDED, "authenticator")
        return response


class DeactivateTOTP(DeactivateTOTPView):  # type: ignore[misc]
    """Removing the authenticator, where a passkey remains."""

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Remove it and record that."""
        response: HttpResponse = super().form_valid(form)
        _record(self.request, Kind.SECOND_FACTOR_REMOVED, "authenticator")
        return response


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """Adding a passkey; it is on the ledger or it is not added."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the browser is asked for, as text."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        found["js_data"]["creation_options_json"] = _as_json(found["js_data"]["creation_options"])
        return found

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Add it and record that."""
        response: HttpResponse = super().form_valid(form)
        _record(self.request, Kind.SECOND_FACTOR_ADDED, "passkey")
        return response


class NewRecoveryCodes(GenerateRecoveryCodesView):  # type: ignore[misc]
    """Making new recovery codes; those before stop working."""

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Make them and record that."""
        response: HttpResponse = super().form_valid(form)
        _record(self.request, Kind.SECOND_FACTOR_ADDED, "recovery codes")
        return response


@require_POST
def remove_passkey(request: ActorRequest, key_id: int) -> HttpResponse:
    """Remove one of the person's own passkeys, unless it is the last second factor they have."""
    found = Authenticator.objects.filter(pk=key_id, user_id=request.user.pk, type="webauthn").first()
    if found is None:
        raise Http404("no such passkey")
    if not _others(found).exists():
        messages.error(request, "This is your only second factor: add another before you remove it.")
        return redirect("mfa_index")
    with transaction.atomic():
        found.delete()
        _record(request, Kind.SECOND_FACTOR_REMOVED, "passkey")
    messages.success(request, "The passkey is removed.")
    return redirect("mfa_index")
