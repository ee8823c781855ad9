"""Of allauth's addresses the few that an agency needs: signing in and out, the password, the second factor."""

from allauth.account.views import login, logout, password_change, reauthenticate
from allauth.mfa.base.views import index
from allauth.mfa.recovery_codes.views import view_recovery_codes
from django.urls import path

from platewarden.accounts import second_factor

urlpatterns = [
    path("", login, name="account_login"),
    path("out/", logout, name="account_logout"),
    path("password/", password_change, name="account_change_password"),
    path("again/", reauthenticate, name="account_reauthenticate"),
    path("code/", second_factor.Authenticate.as_view(), name="mfa_authenticate"),
    path("second-factor/", index, name="mfa_index"),
    path("second-factor/authenticator/", second_factor.ActivateTOTP.as_view(), name="mfa_activate_totp"),
    path(
        "second-factor/authenticator/remove/",
        second_factor.DeactivateTOTP.as_view(),
        name="mfa_deactivate_totp",
    ),
    path("second-factor/passkey/", second_factor.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("second-factor/passkey/<int:key_id>/remove/", second_factor.remove_passkey, name="remove_passkey"),
    path("second-factor/recovery/", view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-factor/recovery/new/",
        second_factor.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
]
