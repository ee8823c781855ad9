"""Addresses about people."""

from django.urls import path

from platewarden.accounts import views

app_name = "accounts"
urlpatterns = [
    path("enrol/", views.enrol, name="enrol"),
    path("locked/", views.locked, name="locked"),
    path("people/", views.people, name="people"),
]
