"""Whether the pages of places are public: the last row holds."""

from __future__ import annotations

from django.db import models


class Switch(models.Model):
    """Somebody switched the public pages on or off; rows are added and never changed."""

    at = models.DateTimeField()
    who = models.CharField(max_length=150)
    on = models.BooleanField()
    listed = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.who}: {'on' if self.on else 'off'}"


def is_on() -> bool:
    """Return whether places have a public page."""
    last = Switch.objects.order_by("-id").first()
    return last is not None and last.on


def is_listed() -> bool:
    """Return whether search engines may list the public pages."""
    last = Switch.objects.order_by("-id").first()
    return last is not None and last.on and last.listed
