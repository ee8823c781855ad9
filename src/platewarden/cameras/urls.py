"""Addresses of the cameras app."""

from django.urls import path

from platewarden.cameras import areas, views

app_name = "cameras"
urlpatterns = [
    path("", views.list_cameras, name="list"),
    path("new/", views.register, name="register"),
    path("areas/", areas.list_areas, name="areas"),
    path("<int:camera_id>/", views.detail, name="detail"),
    path("<int:camera_id>/area/", views.place, name="place"),
    path("<int:camera_id>/approve/", views.approve, name="approve"),
    path("<int:camera_id>/credential/", views.credential, name="credential"),
    path("<int:camera_id>/suspend/", views.suspend, name="suspend"),
]
