"""Addresses of the ledger app."""

from django.urls import path

from platewarden.ledger import audit_views, views

app_name = "ledger"
urlpatterns = [
    path("", views.entries, name="list"),
    path("export/", audit_views.export, name="export"),
    path("verifier/", audit_views.verifier, name="verifier"),
    path("checkpoints/", audit_views.checkpoints, name="checkpoints"),
    path("consistency/", audit_views.consistency, name="consistency"),
    path("checkpoint/", views.checkpoint, name="checkpoint"),
    path("<int:seq>/", views.entry, name="entry"),
    path("<int:seq>/receipt/", views.receipt, name="receipt"),
]
