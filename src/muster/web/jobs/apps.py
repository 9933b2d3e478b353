"""The app as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class Jobs(AppConfig):
    """Jobs of planning, and what they plan with."""

    name = "muster.web.jobs"
    label = "jobs"
