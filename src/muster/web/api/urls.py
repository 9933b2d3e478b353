"""Addresses of the interface, and of the pages about it."""

from __future__ import annotations

from django.urls import path

from muster.web.api import views

app_name = "api"
urlpatterns = [
    path("api/", views.listed, name="listed"),
    path("api/openapi.json", views.openapi, name="openapi"),
    path("tokens", views.own, name="tokens"),
    path("tokens/<str:key>/revoke", views.revoke, name="revoke"),
]
