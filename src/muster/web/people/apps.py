"""The app as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class People(AppConfig):
    """Accounts."""

    name = "muster.web.people"
    label = "people"
