"""Addresses of every place in the console, without the apps behind them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from platewarden.site.context import PLACES


def nothing(request: HttpRequest) -> HttpResponse:
    """Answer with an empty page."""
    return HttpResponse()


urlpatterns = [
    path(f"{app}/", include(([path(f"{name}/", nothing, name=name)], app)))
    for app, _, name in (place.view.partition(":") for place in PLACES)
]
urlpatterns += [
    path("sign-in/", nothing, name="account_login"),
    path("sign-in/out/", nothing, name="account_logout"),
    path("sign-in/password/", nothing, name="account_change_password"),
]
