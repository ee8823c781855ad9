"""Asking somebody who is signed in for their password once more; failures count as they do at the sign-in (ADM-3)."""

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError

from platewarden.accounts.models import User
from platewarden.site.requests import ActorRequest


def knows_password(request: ActorRequest, user: User, form: forms.Form) -> bool:
    """Whether the valid *form*'s field ``password`` is *user*'s; where it is not, the form says so."""
    try:
        credentials = {"username": user.username, "password": form.cleaned_data["password"]}
        known = get_adapter(request).authenticate(request, **credentials)
    except ValidationError as error:
        form.add_error("password", error)
        return False
    if known is None:
        form.add_error("password", "That is not your password. Try again, or sign out.")
    return known is not None
