"""The app as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class Pages(AppConfig):
    """Pages of those who decide and of those who check."""

    name = "muster.web.pages"
    label = "pages"
