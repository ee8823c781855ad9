"""Addresses of the cameras app."""

from django.urls import path

from platewarden.cameras import areas, credential_views, deployment_views, move_views, statement_views, views

app_name = "cameras"
urlpatterns = [
    path("", views.list_cameras, name="list"),
    path("new/", views.register, name="register"),
    path("areas/", areas.list_areas, name="areas"),
    path("<int:camera_id>/", views.detail, name="detail"),
    path("<int:camera_id>/change/", views.change, name="change"),
    path("<int:camera_id>/area/", views.place, name="place"),
    path("<int:camera_id>/suspend/", views.suspend, name="suspend"),
    path("<int:camera_id>/credential/", credential_views.issue, name="credential"),
    path("<int:camera_id>/credential/revoke/", credential_views.revoke, name="revoke"),
    path("<int:camera_id>/sign/", statement_views.sign, name="sign"),
    path("<int:camera_id>/sign/sent/", statement_views.look_at_sent, name="look_at_sent"),
    path("<int:camera_id>/statements/<int:statement_id>/", statement_views.look, name="look"),
    path("<int:camera_id>/statements/<int:statement_id>/approve/", statement_views.approve, name="approve"),
    path("<int:camera_id>/statements/<int:statement_id>/decline/", statement_views.decline, name="decline"),
    path("<int:camera_id>/findings/<int:finding_id>/unmoved/", move_views.unmoved, name="unmoved"),
    path("<int:camera_id>/findings/<int:finding_id>/confirm/", move_views.confirm, name="confirm_unmoved"),
    path("<int:camera_id>/deploy/", deployment_views.ask, name="deploy"),
    path(
        "<int:camera_id>/deployments/<int:deployment_id>/authorise/",
        deployment_views.authorise,
        name="authorise",
    ),
    path("<int:camera_id>/deployments/<int:deployment_id>/end/", deployment_views.end, name="end_deployment"),
]
