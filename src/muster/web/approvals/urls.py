"""Addresses of the requests."""

from __future__ import annotations

from django.urls import path

from muster.web.approvals import views

app_name = "approvals"
urlpatterns = [
    path("approvals", views.listed, name="listed"),
    path("approvals/<int:key>", views.act, name="act"),
]
