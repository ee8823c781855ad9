"""Addresses of the reports on all searches."""

from django.urls import path

from platewarden.halfyears import views

app_name = "halfyears"
urlpatterns = [
    path("", views.list_reports, name="list"),
    path("build/", views.build, name="build"),
    path("<int:report_id>/", views.show, name="report"),
    path("<int:report_id>/file/", views.file, name="file"),
    path("<int:report_id>/check/", views.check, name="check"),
    path("<int:report_id>/sign/", views.sign, name="sign"),
    path("<int:report_id>/acknowledge/", views.acknowledge, name="acknowledge"),
]
