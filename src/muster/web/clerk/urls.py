"""Addresses of the clerk's pages."""

from __future__ import annotations

from django.urls import path

from muster.web.clerk import views

app_name = "clerk"
urlpatterns = [
    path("", views.day, name="day"),
    path("enter/<str:name>", views.form, name="form"),
    path("put-right/<uuid:id>", views.put_right, name="put-right"),
    path("count/<uuid:id>", views.close, name="close"),
    path("count/<uuid:id>/discard", views.discard, name="discard"),
    path("card/<str:resource>", views.card, name="card"),
    path("sync", views.sync, name="sync"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("worker.js", views.worker, name="worker"),
]
