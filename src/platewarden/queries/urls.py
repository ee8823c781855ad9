"""Addresses of the queries app; a query is named by an opaque id, never by what it asks for."""

from django.urls import path

from platewarden.queries import views

app_name = "queries"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("<uuid:query_id>/", views.answer, name="answer"),
    path("<uuid:query_id>/reads/<uuid:read_id>/", views.image, name="image"),
]
