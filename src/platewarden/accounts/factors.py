"""What counts as a second factor; recovery codes alone do not (ADM-3)."""

from typing import Final

from allauth.mfa.models import Authenticator

SECOND_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
