"""Addresses of the public pages, and of the switch."""

from __future__ import annotations

from django.urls import path

from muster.web.openly import views

app_name = "openly"
urlpatterns = [
    path("public/place/<str:place>", views.place, name="open-place"),
    path("public/places", views.places, name="open-places"),
    path("public", views.switch, name="switch"),
]
