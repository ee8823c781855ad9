"""Addresses about witnesses."""

from django.urls import path

from platewarden.witnesses import views

app_name = "witnesses"
urlpatterns = [
    path("", views.show, name="show"),
    path("propose/", views.propose, name="propose"),
    path("<int:witness_id>/adopt/", views.adopt, name="adopt"),
    path("<int:witness_id>/withdraw/", views.withdraw, name="withdraw"),
    path("hand-in/", views.hand_in, name="hand_in"),
]
