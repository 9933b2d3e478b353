"""The page that an administrator starts from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muster.web.people.access import role


@require_GET
@role("admin")
def admin(request: HttpRequest) -> HttpResponse:
    """Show the page that an administrator starts from."""
    return render(request, "pages/start.html")
