"""The schema of every table of a plan folder, as data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

_TEXT, _NUMBER, _WHOLE, _DATE = pl.String(), pl.Float64(), pl.Int64(), pl.Date()

PLAN_TABLES: Mapping[str, Mapping[str, pl.DataType]] = MappingProxyType(
    {
        "met": {
            "place": _TEXT,
            "group": _TEXT,
            "need": _TEXT,
            "period": _WHOLE,
            "start": _DATE,
            "people": _NUMBER,
            "floor": _NUMBER,
            "norm": _NUMBER,
            "covered": _NUMBER,
            "delivered": _NUMBER,
            "met_floor": _NUMBER,
            "met_norm": _NUMBER,
        },
        "given": {"place": _TEXT, "group": _TEXT, "resource": _TEXT, "period": _WHOLE, "quantity": _NUMBER},
        "dispatches": {
            "from": _TEXT,
            "to": _TEXT,
            "mode": _TEXT,
            "resource": _TEXT,
            "period": _WHOLE,
            "arrives": _WHOLE,
            "quantity": _NUMBER,
            "received": _NUMBER,
        },
        "runs": {"place": _TEXT, "recipe": _TEXT, "period": _WHOLE, "runs": _NUMBER},
        "balances": {
            "place": _TEXT,
            "resource": _TEXT,
            "period": _WHOLE,
            "opening": _NUMBER,
            "arrived": _NUMBER,
            "received": _NUMBER,
            "made": _NUMBER,
            "used": _NUMBER,
            "sent": _NUMBER,
            "given": _NUMBER,
            "lost": _NUMBER,
            "closing": _NUMBER,
        },
        "reserves": {
            "place": _TEXT,
            "need": _TEXT,
            "resource": _TEXT,
            "on": _WHOLE,
            "wanted": _NUMBER,
            "held": _NUMBER,
            "met": _NUMBER,
        },
        "levels": {
            "goal": _TEXT,
            "round": _WHOLE,
            "level": _NUMBER,
            "place": _TEXT,
            "group": _TEXT,
            "need": _TEXT,
            "period": _WHOLE,
        },
        "why": {
            "place": _TEXT,
            "group": _TEXT,
            "need": _TEXT,
            "period": _WHOLE,
            "rank": _WHOLE,
            "kind": _TEXT,
            "where": _TEXT,
            "resource": _TEXT,
            "when": _TEXT,
            "worth": _NUMBER,
            "sentence": _TEXT,
        },
        "lots": {
            "place": _TEXT,
            "resource": _TEXT,
            "expires": _DATE,
            "period": _WHOLE,
            "flow": _TEXT,
            "to": _TEXT,
            "mode": _TEXT,
            "arrives": _WHOLE,
            "quantity": _NUMBER,
        },
    }
)
"""Columns and polars types of every table a plan folder holds, in the order they are written.

``lots`` follows goods that expire, one row per flow (``given``, ``used`` by recipes and modes, ``sent``): only lots
with a date stand in it. A blank place in ``balances`` is the pool.
"""

PACKS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "from": _TEXT,
        "to": _TEXT,
        "mode": _TEXT,
        "resource": _TEXT,
        "period": _WHOLE,
        "arrives": _WHOLE,
        "quantity": _NUMBER,
        "pack": _NUMBER,
        "packs": _WHOLE,
        "trips": _WHOLE,
        "note": _TEXT,
    }
)
"""Columns and polars types of ``packs.csv``, which lies in a plan folder where whole packs were asked for.

A row without a resource is about all that goes on a way: its ``trips`` carry all the resources together.
"""
