"""Addresses about people."""

from django.urls import path

from platewarden.accounts import people, views

app_name = "accounts"
urlpatterns = [
    path("enrol/", views.enrol, name="enrol"),
    path("locked/", views.locked, name="locked"),
    path("people/", people.list_people, name="people"),
    path("people/new/", people.create, name="create"),
    path("people/<int:user_id>/", people.person, name="person"),
    path("people/<int:user_id>/code/", people.code, name="code"),
    path("people/<int:user_id>/mail/", people.mail, name="mail"),
    path("people/<int:user_id>/grant/", people.grant, name="grant"),
    path("people/<int:user_id>/withdraw/", people.withdraw, name="withdraw"),
]
