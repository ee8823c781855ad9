"""Addresses of the reports app; ids only."""

from django.urls import path

from platewarden.reports import views

app_name = "reports"
urlpatterns = [
    path("<uuid:alert_id>/report/", views.make, name="make"),
    path("<uuid:alert_id>/reports/<int:report_id>/", views.fetch, name="fetch"),
]
