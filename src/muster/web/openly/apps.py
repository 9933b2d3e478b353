"""The app as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class Openly(AppConfig):
    """Public pages."""

    name = "muster.web.openly"
    label = "openly"
