"""Addresses about duty."""

from django.urls import path

from platewarden.duty import views

app_name = "duty"
urlpatterns = [
    path("", views.show, name="show"),
    path("start/", views.start, name="start"),
    path("end/", views.end, name="end"),
    path("mute/", views.mute, name="mute"),
    path("unmute/", views.unmute, name="unmute"),
]
