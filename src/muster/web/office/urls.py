"""Addresses of the administrator's pages."""

from __future__ import annotations

from django.urls import path

from muster.web.office import backups, views

app_name = "office"
urlpatterns = [
    path("admin", views.people, name="people"),
    path("admin/new", views.new, name="new"),
    path("admin/people/<int:key>", views.person, name="person"),
    path("admin/units", views.units, name="units"),
    path("admin/goods", views.goods, name="goods"),
    path("admin/languages", views.languages, name="languages"),
    path("admin/changes", views.changed, name="changes"),
    path("admin/door", views.door, name="door"),
    path("admin/backups", backups.listed, name="backups"),
    path("admin/backups/<str:name>", backups.take, name="backup"),
]
