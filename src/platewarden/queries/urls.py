"""Addresses of the queries app; a query is named by an opaque id, never by what it asks for."""

from django.urls import path

from platewarden.queries import held_views, taking_views, views

app_name = "queries"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("held/", held_views.waiting, name="held"),
    path("held/<uuid:query_id>/", held_views.review, name="review"),
    path("files/<uuid:file_id>/settle/", taking_views.settle, name="settle"),
    path("<uuid:query_id>/", views.answer, name="answer"),
    path("<uuid:query_id>/notice/", held_views.of_notice, name="of_notice"),
    path("<uuid:query_id>/complete/", held_views.complete, name="complete"),
    path("<uuid:query_id>/export/", taking_views.export, name="export"),
    path("<uuid:query_id>/print/", taking_views.print_out, name="print"),
    path("<uuid:query_id>/reads/<uuid:read_id>/", views.image, name="image"),
]
