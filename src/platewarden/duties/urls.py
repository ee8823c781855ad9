"""Addresses of the register."""

from django.urls import path

from platewarden.duties import views

app_name = "duties"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("all/", views.everything, name="all"),
    path("done/", views.done, name="done"),
    path("calendar/", views.make_calendar, name="make_calendar"),
    path("calendar/end/", views.end_calendar, name="end_calendar"),
    path("calendar/<str:secret>/duties.ics", views.calendar, name="calendar"),
]
