"""Whether a session is still its person's one live session, in the browser that began it, with both factors (ADM-3)."""

import time
from datetime import datetime
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.http import HttpRequest

from platewarden.accounts import sign_ins
from platewarden.accounts.actors import actor_for, address_of, browser_of, network_of_request, session_digest
from platewarden.accounts.factors import SECOND_FACTORS
from platewarden.accounts.models import User
from platewarden.policy.sign_ins import network_of

_BROWSER: Final = "browser"
_ADDRESS: Final = "address"
_BEGUN: Final = "begun"
_FRESH_SECONDS: Final = 300
_SECOND_FACTOR: Final = "second_factor"


def mark_begun(request: HttpRequest) -> None:
    """Note in the session which browser began it, and from where."""
    request.session[_BROWSER], request.session[_ADDRESS] = browser_of(request), address_of(request)
    request.session[_BEGUN] = time.time()


def has_just_begun(request: HttpRequest) -> bool:
    """Whether the person behind *request* signed in within the last few minutes."""
    return bool(time.time() - request.session.get(_BEGUN, 0) < _FRESH_SECONDS)


def is_live(request: HttpRequest, user: User) -> bool:
    """Whether the session of *request* is the one live session of *user*."""
    key = request.session.session_key or ""
    return bool(key) and user.live_session == session_digest(key)


def is_over(request: HttpRequest, *, user: User, now: datetime) -> bool:
    """Whether the session of *request* is over; if it is, nothing of it stays.

    It is over when its person has signed in elsewhere, when somebody has ended it, and when another browser than the
    one that began it presents it: then it was stolen, and ends for both.
    """
    if not is_live(request, user):
        logout(request)
        return True
    if request.session.setdefault(_BROWSER, browser_of(request)) != browser_of(request):
        actor = actor_for(user, address=address_of(request))
        sign_ins.end_session(user=user, because="presented by another browser", actor=actor)
        logout(request)
        return True
    before = request.session.setdefault(_ADDRESS, address_of(request))
    if network_of(before) != network_of_request(
        request
    ):  # IPv6 changes its address within one network by itself
        request.session[_ADDRESS] = address_of(request)
        sign_ins.note_address(user=user, address=address_of(request), browser=browser_of(request), now=now)
    return False


def has_second_factor(request: HttpRequest) -> bool:
    """Whether the person behind *request* has set up a second factor; the session remembers that they have."""
    if request.session.get(_SECOND_FACTOR):
        return True
    user_id = request.user.pk
    found: bool = Authenticator.objects.filter(user_id=user_id, type__in=SECOND_FACTORS).exists()
    if found:
        request.session[_SECOND_FACTOR] = True
    return found
