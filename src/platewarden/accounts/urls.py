"""Addresses about people."""

from django.urls import path

from platewarden.accounts import oversight_views, people, recovery_views, terminal_views, views

app_name = "accounts"
urlpatterns = [
    path("enrol/", views.enrol, name="enrol"),
    path("locked/", views.locked, name="locked"),
    path("people/", people.list_people, name="people"),
    path("people/new/", people.create, name="create"),
    path("people/<int:user_id>/", people.person, name="person"),
    path("people/review/", oversight_views.review, name="review"),
    path("people/<int:user_id>/name/", oversight_views.name, name="name"),
    path("people/export/", people.export, name="export"),
    path("people/locks/<int:lock_id>/release/", people.release, name="release"),
    path("people/terminals/", terminal_views.manage, name="terminals"),
    path("people/terminals/<int:terminal_id>/revoke/", terminal_views.revoke, name="revoke_terminal"),
    path("terminal/", terminal_views.enrol, name="enrol_terminal"),
    path("rights/", people.rights, name="rights"),
    path("sign-ins/", people.mine, name="sign_ins"),
    path("people/<int:user_id>/decide/", people.decide, name="decide"),
    path("people/<int:user_id>/reset/", recovery_views.ask, name="ask_reset"),
    path("people/<int:user_id>/reset/decide/", recovery_views.decide, name="decide_reset"),
    path("people/<int:user_id>/close/", people.close, name="close"),
    path("people/<int:user_id>/reopen/", people.reopen, name="reopen"),
    path("people/<int:user_id>/code/", people.code, name="code"),
    path("people/<int:user_id>/mail/", people.mail, name="mail"),
    path("people/<int:user_id>/grant/", people.grant, name="grant"),
    path("people/<int:user_id>/withdraw/", people.withdraw, name="withdraw"),
]
