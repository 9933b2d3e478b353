"""The app as Django sees it."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class Pages(AppConfig):
    """Pages of those who decide and of those who check."""

    name = "muster.web.pages"
    label = "pages"

    def ready(self) -> None:
        """Make known what takes a second person."""
        import_module("muster.web.pages.answers")
