"""Addresses of the cases app; ids only: neither plates nor case numbers stand in an address."""

from django.urls import path

from platewarden.cases import export_views, hold_views, views

app_name = "cases"
urlpatterns = [
    path("", views.cases, name="list"),
    path("find/", views.find, name="find"),
    path("<int:case_id>/", views.case, name="case"),
    path("<int:case_id>/reads/<int:kept_id>/", views.read, name="read"),
    path("<int:case_id>/reads/<int:kept_id>/take/", views.take_held, name="take-held"),
    path("<int:case_id>/hits/<int:kept_id>/", views.hit, name="hit"),
    path("hits/<uuid:alert_id>/preserve/", views.preserve, name="preserve"),
    path("answers/<uuid:query_id>/reads/<uuid:read_id>/take/", views.take, name="take"),
    path("answers/<uuid:query_id>/hold/", hold_views.ask, name="ask-hold"),
    path("<int:case_id>/export/", export_views.ask, name="ask-export"),
    path("exports/<uuid:export_id>/", export_views.export, name="export"),
    path("exports/<uuid:export_id>/progress/", export_views.progress, name="export-progress"),
    path("exports/<uuid:export_id>/fetch/", export_views.fetch, name="fetch-export"),
    path("holds/<int:hold_id>/", hold_views.hold, name="hold"),
    path("holds/<int:hold_id>/place/", hold_views.place, name="place-hold"),
    path("holds/<int:hold_id>/decline/", hold_views.decline, name="decline-hold"),
    path("holds/<int:hold_id>/lift/", hold_views.lift, name="lift-hold"),
]
