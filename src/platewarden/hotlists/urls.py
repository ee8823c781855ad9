"""Addresses of the hotlists app."""

app_name = "hotlists"
urlpatterns: list[object] = []
