"""Addresses of the devices app."""

from django.urls import path

from platewarden.devices import source_views, views

app_name = "devices"
urlpatterns = [
    path("", views.list_devices, name="list"),
    path("new/", views.code, name="code"),
    path("<int:device_id>/", views.detail, name="detail"),
    path("<int:device_id>/settings/", views.change_settings, name="settings"),
    path("<int:device_id>/sources/<slug:code>/", source_views.source, name="source"),
    path("<int:device_id>/revoke/", views.revoke, name="revoke"),
]
