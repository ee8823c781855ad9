"""Addresses about webhooks."""

from django.urls import path

from platewarden.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.show, name="show"),
    path("propose/", views.propose, name="propose"),
    path("<int:endpoint_id>/adopt/", views.adopt, name="adopt"),
    path("<int:endpoint_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:endpoint_id>/test/", views.send_test, name="test"),
    path("messages/<uuid:delivery_id>/again/", views.send_again, name="again"),
]
