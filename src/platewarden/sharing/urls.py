"""Addresses of the sharing app; ids only."""

from django.urls import path

from platewarden.sharing import agreement_views, guest_views, misuse_views, views

app_name = "sharing"
urlpatterns = [
    path("", views.list_agencies, name="agencies"),
    path("new/", views.enter, name="enter"),
    path("<int:agency_id>/", views.agency, name="agency"),
    path("<int:agency_id>/change/", views.change, name="change"),
    path("<int:agency_id>/end/", views.end, name="end"),
    path("<int:agency_id>/suspend/", views.suspend, name="suspend"),
    path("<int:agency_id>/lift/", views.lift, name="lift"),
    path("<int:agency_id>/invite/", views.invite, name="invite"),
    path("<int:agency_id>/prepare/", agreement_views.prepare, name="prepare"),
    path("agreements/<int:version_id>/", agreement_views.version, name="version"),
    path("agreements/<int:version_id>/decide/", agreement_views.decide, name="decide"),
    path("yours/", guest_views.mine, name="mine"),
    path("yours/use/", guest_views.used, name="use"),
    path("yours/use/take/", guest_views.take, name="take"),
    path("notices/<int:agency_id>/", guest_views.of_notice, name="of_notice"),
    path("misuse/", misuse_views.reports, name="misuse"),
    path("misuse/report/", misuse_views.report, name="report"),
    path("misuse/yours/<int:report_id>/", misuse_views.own_report, name="own_report"),
    path("misuse/<int:report_id>/", misuse_views.investigate, name="investigate"),
    path("misuse/<int:report_id>/step/", misuse_views.step, name="step"),
    path("misuse/<int:report_id>/notice/", misuse_views.of_notice, name="report_of_notice"),
]
