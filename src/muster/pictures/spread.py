"""Where to draw places that nothing locates: those with much between them lie close together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from muster.pictures.projection import Point

ROUNDS = 150


def spread(keys: Sequence[str], links: Sequence[tuple[str, str]]) -> dict[str, Point]:
    """Return a point in the unit square for each of P places; the same for the same places and links.

    Args:
        keys: The places.
        links: Pairs of them that are drawn together.
    Source:
        Fruchterman and Reingold 1991, "Graph drawing by force-directed placement", begun from a circle.
    """
    count = len(keys)
    if not count:
        return {}
    turns = 2 * math.pi * np.arange(count) / count
    at = 0.5 + 0.5 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    number = {key: position for position, key in enumerate(keys)}
    pairs = sorted({(number[a], number[b]) for a, b in links if a in number and b in number and a != b})
    one, other = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    apart = 1.0 / math.sqrt(count)
    for turn in range(ROUNDS):
        off = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.sqrt((off**2).sum(axis=2)), 1e-9)
        push = (off * (apart**2 / distance**2)[:, :, None]).sum(axis=1)
        if len(pairs):
            along = at[one] - at[other]
            pull = along * np.sqrt((along**2).sum(axis=1, keepdims=True)) / apart
            np.add.at(push, one, -pull)
            np.add.at(push, other, pull)
        length = np.maximum(np.sqrt((push**2).sum(axis=1, keepdims=True)), 1e-9)
        at = at + push / length * np.minimum(length, 0.1 * (1 - turn / ROUNDS))
    low, wide = at.min(axis=0), float(np.ptp(at, axis=0).max()) or 1.0
    return {key: (float(x), float(y)) for key, (x, y) in zip(keys, (at - low) / wide, strict=True)}
