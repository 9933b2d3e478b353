"""Addresses of requests, splits and notes."""

from __future__ import annotations

from django.urls import path

from muster.web.sharing import notes, requests, splits

app_name = "sharing"
urlpatterns = [
    path("requests", requests.listed, name="requests"),
    path("requests/new", requests.new, name="new"),
    path("requests/planned", requests.planned, name="planned"),
    path("requests/<int:key>/close", requests.close, name="close"),
    path("splits", splits.listed, name="splits"),
    path("splits/new", splits.make, name="make"),
    path("splits/preview", splits.preview, name="preview"),
    path("split/<int:key>", splits.one, name="split"),
    path("split/<int:key>/change", splits.change, name="change"),
    path("split/<int:key>/withdraw", splits.withdraw, name="withdraw"),
    path("split/<int:key>/send", splits.send, name="send"),
    path("split/<int:key>/notes", notes.every, name="notes"),
    path("note/<int:key>", notes.one, name="note"),
]
