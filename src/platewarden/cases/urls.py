"""Addresses of the cases app; ids only."""

from django.urls import path

from platewarden.cases import views

app_name = "cases"
urlpatterns = [path("<uuid:alert_id>/preserve/", views.preserve, name="preserve")]
