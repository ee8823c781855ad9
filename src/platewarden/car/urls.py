"""Addresses of the page in the car."""

from django.urls import path

from platewarden.car import views

app_name = "car"
urlpatterns = [
    path("", views.show, name="show"),
    path("<uuid:alert_id>/", views.press, name="press"),
]
