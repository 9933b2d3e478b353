"""Shapes of places as GeoJSON."""

from __future__ import annotations

import json
from typing import Any

from muster.economy.csv_text import decode
from muster.economy.format import shown
from muster.errors import Fault


def read_shapes(data: bytes, *, file: str) -> tuple[dict[str, Any] | None, list[Fault]]:
    """Return the feature collection in a GeoJSON file, or ``None`` where it is none, and its faults."""
    text, faults = decode(data, file=file)
    if text is None or faults:
        return None, faults
    try:
        shapes = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as broken:
        line = broken.lineno if isinstance(broken, json.JSONDecodeError) else 1
        seen = shown(text.split("\n")[line - 1].strip()) if text else "nothing"
        return None, [Fault("The shapes are not JSON.", f"{file}:{line}", seen, "export them again as GeoJSON", "F13")]
    features = shapes.get("features") if isinstance(shapes, dict) else None
    if not isinstance(features, list) or shapes.get("type") != "FeatureCollection":
        do = 'export them as GeoJSON with "type": "FeatureCollection"'
        return None, [
            Fault("The shapes are not a GeoJSON feature collection.", f"{file}:1", shown(text[:80]), do, "F13")
        ]
    nameless = [str(i + 1) for i, feature in enumerate(features) if not _place(feature)]
    if nameless:
        seen = "feature " + ", ".join(nameless[:5]) + (f" and {len(nameless) - 5} more" if len(nameless) > 5 else "")
        what = (
            "A shape does not name its place."
            if len(nameless) == 1
            else f"{len(nameless)} shapes do not name their place."
        )
        do = 'give every feature a property "place" with the id of a place'
        return None, [Fault(what, file, seen, do, "F13", count=len(nameless))]
    return shapes, []


def written(shapes: dict[str, Any]) -> str:
    """Return a feature collection as compact JSON."""
    return json.dumps(shapes, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _place(feature: object) -> str | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    place = properties.get("place") if isinstance(properties, dict) else None
    return place.strip() or None if isinstance(place, str) else None


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
