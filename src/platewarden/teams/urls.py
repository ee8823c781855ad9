"""Addresses of the pages on teams."""

from django.urls import path

from platewarden.teams import views

app_name = "teams"
urlpatterns = [
    path("", views.team, name="team"),
    path("<int:user_id>/", views.member, name="member"),
    path("supervisors/", views.supervisors, name="supervisors"),
]
