"""Addresses of the pages of the second factor."""

from __future__ import annotations

from django.urls import path

from muster.web.codes import views

app_name = "codes"
urlpatterns = [
    path("code", views.own, name="own"),
    path("code/enter", views.enter, name="enter"),
    path("code/enrol", views.enrol, name="enrol"),
    path("code/paper", views.paper, name="paper"),
    path("code/drop", views.drop, name="drop"),
]
