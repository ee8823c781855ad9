"""Addresses of the hotlists app; a list and an entry are named by number, never by what they hold."""

from django.urls import path

from platewarden.hotlists import category_views, entry_views, load_views, views

app_name = "hotlists"
urlpatterns = [
    path("", views.list_hotlists, name="list"),
    path("new/", load_views.create, name="create"),
    path("categories/", category_views.categories, name="categories"),
    path("enter/", entry_views.enter, name="enter"),
    path("<int:hotlist_id>/", views.detail, name="detail"),
    path("<int:hotlist_id>/load/", load_views.load, name="load"),
    path("uploads/<uuid:upload_id>/", load_views.upload, name="upload"),
    path("uploads/<uuid:upload_id>/progress/", load_views.progress, name="progress"),
    path("uploads/<uuid:upload_id>/confirm/", load_views.confirm, name="confirm"),
    path("uploads/<uuid:upload_id>/cancel/", load_views.cancel, name="cancel"),
    path("entries/<int:entry_id>/renew/", entry_views.renew, name="renew"),
    path("mine/", entry_views.mine, name="mine"),
    path("entries/<int:entry_id>/approve/", entry_views.approve, name="approve"),
    path("entries/<int:entry_id>/withdraw/", entry_views.withdraw, name="withdraw"),
]
