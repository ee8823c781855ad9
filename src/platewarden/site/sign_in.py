"""Of allauth's addresses the few that an agency needs: signing in, signing out, changing one's password."""

from allauth.account.views import login, logout, password_change
from django.urls import path

urlpatterns = [
    path("", login, name="account_login"),
    path("out/", logout, name="account_logout"),
    path("password/", password_change, name="account_change_password"),
]
