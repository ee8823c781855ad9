"""Addresses of the compliance app."""

from django.urls import path

from platewarden.compliance import views

app_name = "compliance"
urlpatterns = [
    path("", views.clauses, name="clauses"),
    path("print/", views.on_paper, name="print"),
    path("parameters/", views.parameters, name="parameters"),
    path("parameters/<int:proposal_id>/adopt/", views.adopt, name="adopt"),
    path("clock/", views.clock, name="clock"),
]
