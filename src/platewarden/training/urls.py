"""Addresses of the training app."""

from django.urls import path

from platewarden.training import views

app_name = "training"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("people/", views.people, name="people"),
    path("review/", views.review, name="review"),
    path("bulletins/new/", views.publish, name="publish"),
    path("bulletins/<int:bulletin_id>/", views.bulletin, name="bulletin"),
    path("certificates/<int:attempt_id>/", views.certificate, name="certificate"),
    path("<slug:name>/", views.course, name="course"),
    path("<slug:name>/<int:number>/", views.course, name="screen"),
    path("<slug:name>/questions/", views.quiz, name="quiz"),
]
