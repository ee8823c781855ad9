"""Addresses of every place in the console, without the apps behind them."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from platewarden.site.context import PLACES


def nothing(request: HttpRequest) -> HttpResponse:
    """Answer with an empty page."""
    return HttpResponse()


NAMES = [place.view for place in PLACES] + [
    "accounts:locked",
    "duty:show",
    "duties:mine",
    "training:overview",
    "audits:mine",
    "accounts:sign_ins",
    "accounts:enrol_terminal",
    "sharing:mine",
    "sharing:report",
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", nothing, name="account_login"),
    path("sign-in/out/", nothing, name="account_logout"),
    path("sign-in/second-factor/", nothing, name="mfa_index"),
    path("sign-in/password/", nothing, name="account_change_password"),
]
for app in {name.partition(":")[0] for name in NAMES}:
    views = [name.partition(":")[2] for name in NAMES if name.startswith(f"{app}:")]
    paths = [path("" if view == views[0] else f"{view}/", nothing, name=view) for view in views]
    urlpatterns.append(path(f"{app}/", include((paths, app))))
