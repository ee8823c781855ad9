"""Addresses of the records app; ids only."""

from django.urls import path

from platewarden.records import views

app_name = "records"
urlpatterns = [
    path("", views.list_requests, name="list"),
    path("new/", views.register, name="register"),
    path("<int:request_id>/", views.show, name="request"),
    path("<int:request_id>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("<int:request_id>/extend/", views.extend, name="extend"),
    path("<int:request_id>/answer/", views.answer, name="answer"),
]
