"""Addresses of the ledger app."""

from django.urls import path

from platewarden.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.entries, name="list"),
    path("checkpoint/", views.checkpoint, name="checkpoint"),
    path("<int:seq>/", views.entry, name="entry"),
    path("<int:seq>/receipt/", views.receipt, name="receipt"),
]
