"""The app as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class Sharing(AppConfig):
    """Requests, splits, waybills."""

    name = "muster.web.sharing"
    label = "sharing"
