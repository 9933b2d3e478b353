"""The app as Django sees it."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class Clerk(AppConfig):
    """The clerk's pages."""

    name = "muster.web.clerk"
    label = "clerk"

    def ready(self) -> None:
        """Make known what takes a second person."""
        import_module("muster.web.clerk.overrides")
