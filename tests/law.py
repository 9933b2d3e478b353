"""How a law is tried: on economies drawn at random, within a solver's tolerance.

MUSTER_LAWS is the number of economies drawn for each law; the default keeps the test command short. Where it is set, an
economy that breaks a law is made smaller before it is shown, which takes minutes.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

DRAWN = int(os.environ.get("MUSTER_LAWS", "12"))
PHASES = set(Phase) - ({Phase.explain} if "MUSTER_LAWS" in os.environ else {Phase.explain, Phase.shrink})

LEVEL = 2e-6
"""Two levels are the same: the solver's tolerance on either side."""

law = settings(
    max_examples=DRAWN,
    deadline=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
"""Decorates a test that draws economies."""
