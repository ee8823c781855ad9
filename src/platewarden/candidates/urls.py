"""Addresses of the candidates app; a candidate is named by its id, never by what it holds."""

from django.urls import path

from platewarden.candidates import views

app_name = "candidates"
urlpatterns = [
    path("", views.list_candidates, name="list"),
    path("<uuid:candidate_id>/", views.detail, name="detail"),
    path("<uuid:candidate_id>/promote/", views.promote, name="promote"),
]
