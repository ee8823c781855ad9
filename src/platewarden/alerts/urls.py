"""Addresses of the alerts app; ids only."""

from django.urls import path

from platewarden.alerts import views

app_name = "alerts"
urlpatterns = [
    path("", views.list_alerts, name="list"),
    path("count/", views.count, name="count"),
    path("rows/<uuid:alert_id>/", views.row, name="row"),
    path("<uuid:alert_id>/", views.detail, name="detail"),
    path("<uuid:alert_id>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("<uuid:alert_id>/look/", views.look, name="look"),
    path("<uuid:alert_id>/verify/", views.verify, name="verify"),
    path("<uuid:alert_id>/dispose/", views.dispose, name="dispose"),
]
