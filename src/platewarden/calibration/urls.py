"""Addresses of the calibration app."""

from django.urls import path

from platewarden.calibration import views

app_name = "calibration"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("set-up/", views.set_up, name="set_up"),
    path("run/", views.run, name="run"),
]
