"""What a caller may choose about a plan, and what planning says while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Stop = Callable[[], bool]
"""Says whether somebody wants planning to end; may be asked from another thread."""


@dataclass(frozen=True)
class PlanOptions:
    """Choices that override those of the economy; ``None`` keeps what the economy says.

    Attributes:
        goals: Stages in order, first matters most.
        step: Width of a band of fairness (0 to 1).
        slack: How far somebody may slip for others (fraction of their level).
        exact: One linear program per level instead of bands; for small cases.
        packs: Dispatches in whole packs, and trips counted.
        limit_seconds: Stop after about this long with the best plan so far.
        stop: Asked again and again while it is planned; from when it says yes, the same as when the time is over.
    """

    goals: tuple[str, ...] | None = None
    step: float | None = None
    slack: float | None = None
    exact: bool = False
    packs: bool = False
    limit_seconds: float | None = None
    stop: Stop | None = None


@dataclass(frozen=True)
class Progress:
    """Where planning stands.

    Attributes:
        goal: The stage being worked on.
        round: Linear programs solved so far in this stage.
        level: The level that was just reached (0 to 1).
        lifted: People who have that level in all their claims of this stage; reserves that have it, in theirs.
        message: The same in plain words.
        done: How much of this stage is done (0 to 1), by the linear programs it may still take.
    """

    goal: str
    round: int
    level: float
    lifted: float
    message: str
    done: float = 0.0


Listener = Callable[[Progress], None]
