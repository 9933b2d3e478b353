"""Every address of the web application, as its routes say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

WORDS = {"place": "hill", "plan": "two-villages", "key": "1", "id": "0198abcd-ef01-7000-8000-000000000001"}
"""What stands for the words of an address; any others are given as ``x``."""


def routes(patterns: list[Any], above: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield name (``clerk:day``), address and view of every route."""
    for each in patterns:
        route = above + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from routes(each.url_patterns, route, each.namespace or space)
            continue
        for converter in each.pattern.converters:
            kind = next(part for part in route.split("<") if part.endswith(f"{converter}>") or f"{converter}>" in part)
            route = route.replace(f"<{kind.partition('>')[0]}>", WORDS.get(converter, "x"))
        yield f"{space}:{each.name}" if space else each.name, f"/{route}", each.callback
