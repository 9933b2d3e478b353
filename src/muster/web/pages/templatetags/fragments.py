"""What a template says so that htmx asks for a part of its page, and works without a script as a form or link."""

from __future__ import annotations

import json

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_htmx.jinja import htmx_script

from muster.web.fragments import CONFIG

register = template.Library()

_PAUSE_MS = 250


@register.simple_tag
def htmx() -> SafeString:
    """Load htmx, with what it may do: for the head of a page that asks for parts."""
    return format_html('<meta name="htmx-config" content="{}">{}', json.dumps(dict(CONFIG)), htmx_script())


@register.simple_tag(takes_context=True)
def shows(context: template.Context, part: str) -> SafeString:
    """Let a form show its answer in a part of its own page as soon as something is chosen: the attributes of ``form``.

    Args:
        part: Id of the part, in the page and in the answer.
    """
    request: HttpRequest = context["request"]
    return format_html(
        'hx-get="{}" hx-trigger="input delay:{}ms, submit" hx-target="#{}" hx-select="#{}" hx-swap="outerHTML"'
        ' hx-replace-url="true" hx-sync="this:replace"',
        request.path,
        _PAUSE_MS,
        part,
        part,
    )
