"""Addresses of the weekly review, of what follows it, and of what concerns oneself."""

from django.urls import path

from platewarden.audits import own_views, views

app_name = "audits"
urlpatterns = [
    path("", views.weeks, name="weeks"),
    path("weeks/<str:name>/", views.week, name="week"),
    path("weeks/<str:name>/close/", views.close, name="close"),
    path("items/<int:item_id>/", views.item, name="item"),
    path("items/<int:item_id>/mark/", views.mark, name="mark"),
    path("items/<int:item_id>/order/", views.order, name="order"),
    path("after/", views.remedies, name="remedies"),
    path("after/<int:remedy_id>/done/", views.carry_out, name="carry_out"),
    path("planted/", views.planted, name="planted"),
    path("planted/<int:planted_id>/lift/", views.lift, name="lift"),
    path("you/", own_views.mine, name="mine"),
    path("you/questions/<int:mark_id>/", own_views.explain, name="explain"),
    path("you/plates/", own_views.declare, name="declare"),
    path("you/plates/<int:declared_id>/withdraw/", own_views.withdraw, name="withdraw"),
]
