"""The app as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class Approvals(AppConfig):
    """Requests for the approval of another person."""

    name = "muster.web.approvals"
    label = "approvals"
