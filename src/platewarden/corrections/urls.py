"""Addresses of the corrections app; ids only."""

from django.urls import path

from platewarden.corrections import complaint_views, views

app_name = "corrections"
urlpatterns = [
    path("", views.register, name="register"),
    path("export/", views.export, name="export"),
    path("suppressions/", views.suppressions, name="suppressions"),
    path("suppressions/<int:suppression_id>/", views.suppression, name="suppression"),
    path("suppressions/<int:suppression_id>/confirm/", views.confirm, name="confirm"),
    path("suppressions/<int:suppression_id>/lift/", views.lift, name="lift"),
    path("suppressions/<int:suppression_id>/write/", views.write, name="write"),
    path("notices/<int:notice_id>/sent/", views.sent, name="sent"),
    path("notices/<int:notice_id>/answered/", views.answered, name="answered"),
    path("complaints/", complaint_views.list_complaints, name="complaints"),
    path("complaints/new/", complaint_views.record, name="record"),
    path("complaints/<int:complaint_id>/", complaint_views.complaint, name="complaint"),
    path("complaints/<int:complaint_id>/trace/", complaint_views.trace, name="trace"),
    path("complaints/<int:complaint_id>/suppress/", complaint_views.suppress, name="suppress"),
    path("complaints/<int:complaint_id>/answer/", complaint_views.answer, name="answer"),
]
