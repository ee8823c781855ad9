"""Addresses of the cameras app."""

app_name = "cameras"
urlpatterns: list[object] = []
