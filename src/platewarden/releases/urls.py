"""Addresses of the releases app; ids only."""

from django.urls import path

from platewarden.releases import handing_views, views

app_name = "releases"
urlpatterns = [
    path("", views.list_releases, name="list"),
    path("new/", views.receive, name="receive"),
    path("choose/<uuid:query_id>/", views.choose, name="choose"),
    path("<int:request_id>/", views.show, name="request"),
    path("<int:request_id>/document/", views.document, name="document"),
    path("<int:request_id>/selection/", views.selection, name="selection"),
    path("<int:request_id>/decide/", views.decide, name="decide"),
    path("<int:request_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:request_id>/phrase/", handing_views.phrase, name="phrase"),
    path("<int:request_id>/fetch/", handing_views.fetch, name="fetch"),
    path("<int:request_id>/hand-over/", handing_views.hand_over, name="hand-over"),
    path("<int:request_id>/acknowledge/", handing_views.acknowledge, name="acknowledge"),
]
