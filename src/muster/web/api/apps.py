"""The app as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class Api(AppConfig):
    """The interface for programs."""

    name = "muster.web.api"
    label = "api"
