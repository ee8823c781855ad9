"""Addresses of the portal, and of what people do before figures stand on it."""

from django.urls import path

from platewarden.transparency import staff_views, views
from platewarden.transparency.texts import LANGUAGES

app_name = "transparency"
urlpatterns = [
    path("", views.portal, name="portal"),
    *(path(f"{code}/", views.portal, {"language": code}, name=f"portal_{code}") for code in LANGUAGES),
    path("data.json", views.data_json, name="json"),
    path("data.csv", views.data_csv, name="csv"),
    path("checkpoint.txt", views.checkpoint, name="checkpoint"),
    path("figures/", staff_views.figures, name="figures"),
    path("figures/<int:year>-<int:month>/review/", staff_views.review, name="review"),
    path("figures/<int:year>-<int:month>/publish/", staff_views.publish, name="publish"),
    path("figures/check/", staff_views.check, name="check"),
]
