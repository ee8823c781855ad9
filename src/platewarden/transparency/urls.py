"""Addresses of the portal, and of what people do before figures stand on it."""

from datetime import date

from django.urls import path, register_converter

from platewarden.transparency import staff_views, views
from platewarden.transparency.texts import LANGUAGES


class MonthConverter:
    """A month in an address, as 2026-11, given as its first day; what the calendar does not know is no address."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Return the first day of the month *value*; ValueError, which means another address, if there is none."""
        return date.fromisoformat(f"{value}-01")

    def to_url(self, month: date) -> str:
        """Return *month* as addresses have it."""
        return month.isoformat()[:7]


register_converter(MonthConverter, "month")
app_name = "transparency"
urlpatterns = [
    path("", views.portal, name="portal"),
    *(path(f"{code}/", views.portal, {"language": code}, name=f"portal_{code}") for code in LANGUAGES),
    path("data.json", views.data_json, name="json"),
    path("data.csv", views.data_csv, name="csv"),
    path("checkpoint.txt", views.checkpoint, name="checkpoint"),
    path("figures/", staff_views.figures, name="figures"),
    path("figures/<month:month>/review/", staff_views.review, name="review"),
    path("figures/<month:month>/publish/", staff_views.publish, name="publish"),
    path("figures/check/", staff_views.check, name="check"),
]
