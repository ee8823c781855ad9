"""Addresses of the queries app."""

app_name = "queries"
urlpatterns: list[object] = []
