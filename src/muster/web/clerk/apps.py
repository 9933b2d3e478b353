"""The app as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class Clerk(AppConfig):
    """The clerk's pages."""

    name = "muster.web.clerk"
    label = "clerk"
