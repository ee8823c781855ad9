"""Addresses of the retention app."""

from django.urls import path

from platewarden.retention import views

app_name = "retention"
urlpatterns = [
    path("", views.ahead, name="ahead"),
    path("records/", views.records, name="records"),
    path("authorise/", views.authorise, name="authorise"),
]
