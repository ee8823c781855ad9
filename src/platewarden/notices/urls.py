"""Addresses of the inbox."""

from django.urls import path

from platewarden.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<int:notice_id>/handle/", views.handle, name="handle"),
]
