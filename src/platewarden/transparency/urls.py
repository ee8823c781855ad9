"""Addresses of the portal, and of what people do before figures stand on it."""

from django.urls import path, register_converter

from platewarden.transparency import staff_views, views
from platewarden.transparency.texts import LANGUAGES


class LanguageConverter:
    """One of the portal's languages."""

    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        """Return *value*."""
        return value

    def to_url(self, value: str) -> str:
        """Return *value*."""
        return value


register_converter(LanguageConverter, "language")

app_name = "transparency"
urlpatterns = [
    path("", views.portal, name="portal"),
    path("<language:language>/", views.portal, name="portal_in"),
    path("data.json", views.data_json, name="json"),
    path("data.csv", views.data_csv, name="csv"),
    path("checkpoint.txt", views.checkpoint, name="checkpoint"),
    path("figures/", staff_views.figures, name="figures"),
    path("figures/<int:year>-<int:month>/review/", staff_views.review, name="review"),
    path("figures/<int:year>-<int:month>/publish/", staff_views.publish, name="publish"),
    path("figures/check/", staff_views.check, name="check"),
]
