"""Addresses about witnesses."""

from django.urls import path

from platewarden.witnesses import verify_views, views

app_name = "witnesses"
urlpatterns = [
    path("", views.show, name="show"),
    path("propose/", views.propose, name="propose"),
    path("<int:witness_id>/adopt/", views.adopt, name="adopt"),
    path("<int:witness_id>/withdraw/", views.withdraw, name="withdraw"),
    path("hand-in/", views.hand_in, name="hand_in"),
    path("verify/", verify_views.verify, name="verify"),
    path("verify/progress/", verify_views.progress, name="progress"),
]
